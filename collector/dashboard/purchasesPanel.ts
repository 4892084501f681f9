import type { PurchasesReport } from './api.ts';
import { createColumns } from './columns.ts';
import { byId, element } from './element.ts';
import { formatCount, formatMoney } from './format.ts';

export interface PurchasesPanel {
  show(report: PurchasesReport): void;
}

/** Orders over time and what they were worth; gone while nobody bought anything. */
export function createPurchasesPanel(): PurchasesPanel {
  const panel = byId('purchases', HTMLElement);
  const totals = byId('purchases-totals', HTMLElement);
  const columns = createColumns(byId('purchases-columns', HTMLElement), byId('purchases-readout', HTMLElement), [
    { name: 'granted', words: (value) => formatCount(value, 'order') },
  ]);

  return {
    show({ rows, points, interval }) {
      panel.hidden = rows.length === 0;
      if (panel.hidden) return;
      totals.replaceChildren(
        ...rows.map(({ currency, orders, revenue }) =>
          element(
            'li',
            '',
            element('strong', 'total-money', formatMoney(revenue, currency)),
            element('span', 'total-note', formatCount(orders, 'order')),
          ),
        ),
      );
      columns.show(
        points.map(({ at, orders, revenue }) => ({
          at,
          values: [orders],
          note: Object.entries(revenue)
            .map(([currency, value]) => formatMoney(value, currency))
            .join(' + '),
        })),
        interval,
      );
    },
  };
}

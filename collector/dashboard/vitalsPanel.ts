import type { Vital, VitalsReport } from './api.ts';
import { byId, element } from './element.ts';
import { formatCount, formatVital } from './format.ts';

export interface VitalsPanel {
  show(report: VitalsReport): void;
}

const WORDS = { good: 'good', 'needs-improvement': 'needs improvement', poor: 'poor' } as const;
/** What a table of pages has room for: the three that search engines look at. */
const OF_PAGES = ['LCP', 'INP', 'CLS'];

/** How fast the pages felt; gone while nothing is measured. */
export function createVitalsPanel(): VitalsPanel {
  const panel = byId('vitals', HTMLElement);
  const list = byId('vitals-list', HTMLElement);
  const pages = byId('vitals-pages', HTMLElement);

  return {
    show(report) {
      panel.hidden = report.rows.length === 0;
      list.replaceChildren(
        ...report.rows.map((vital) => {
          const { metric, samples, good, poor } = vital;
          const bar = element(
            'span',
            'vital-bar',
            ...['good', 'middle', 'poor'].map((part) => element('span', `vital-part vital-${part}`)),
          );
          bar.style.setProperty('--good-part', String(good / samples));
          bar.style.setProperty('--poor-part', String(poor / samples));
          const item = element('li', 'vital', element('span', 'vital-name', metric), bar, showValue(vital));
          item.title = `${metric}: ${formatCount(samples, 'visit')}, ${good} good, ${poor} poor`;
          return item;
        }),
      );
      const shown = OF_PAGES.filter((metric) => report.rows.some((row) => row.metric === metric));
      pages.replaceChildren(
        row('th', '', ...shown),
        ...report.pages.map(({ path, metrics }) =>
          row(
            'td',
            path,
            ...shown.map((metric) => {
              const vital = metrics.find((one) => one.metric === metric);
              return vital ? showValue(vital) : '–';
            }),
          ),
        ),
      );
    },
  };
}

function showValue({ metric, p75, rating }: Vital): HTMLElement {
  const value = element('span', `vital-value${rating ? ` vital-${rating}` : ''}`, formatVital(metric, p75));
  if (rating) value.append(element('span', 'hidden-label', ` ${WORDS[rating]}`));
  return value;
}

function row(kind: 'th' | 'td', path: string, ...cells: (string | HTMLElement)[]): HTMLTableRowElement {
  const name = element('th', 'vital-path', path || 'Page');
  name.scope = kind === 'th' ? 'col' : 'row';
  name.title = path;
  return element('tr', '', name, ...cells.map((cell) => element(kind, '', cell)));
}

import { element } from './element.ts';
import { formatCount, formatNumber, formatShort } from './format.ts';

export interface Bar {
  label: string;
  /** Second line, smaller. */
  note?: string;
  value: number;
  visitors: number;
}

export interface BarList {
  show(bars: Bar[]): void;
}

interface Row {
  item: HTMLLIElement;
  note: HTMLElement;
  value: HTMLElement;
  visitors: HTMLElement;
}

/** A ranking as bars behind text. `unit` is what one of `value` is. */
export function createBarList(list: HTMLElement, nothing: HTMLElement, unit: string): BarList {
  // Rows are kept by label, so that a bar grows rather than being drawn anew every second.
  let rows = new Map<string, Row>();
  return {
    show(bars) {
      const most = Math.max(1, ...bars.map((bar) => bar.value));
      const next = new Map<string, Row>();
      for (const bar of bars) {
        const row = rows.get(bar.label) ?? createRow(bar.label);
        row.note.textContent = bar.note ?? '';
        row.value.textContent = formatShort(bar.value);
        row.value.title = formatNumber(bar.value);
        row.visitors.textContent = formatShort(bar.visitors);
        row.item.ariaLabel = `${bar.label}: ${formatCount(bar.value, unit)}, ${formatCount(bar.visitors, 'visitor')}`;
        row.item.style.setProperty('--share', String(bar.value / most));
        next.set(bar.label, row);
      }
      const items = [...next.values()].map((row) => row.item);
      if (items.length !== list.children.length || items.some((item, at) => item !== list.children[at])) {
        list.replaceChildren(...items);
      }
      nothing.hidden = bars.length > 0;
      rows = next;
    },
  };
}

function createRow(label: string): Row {
  const note = element('span', 'bar-note');
  const value = element('span', 'bar-value');
  const visitors = element('span', 'bar-visitors');
  const name = element('span', 'bar-name', label);
  name.title = label;
  const item = element('li', 'bar-row', element('span', 'bar-text', name, note), visitors, value);
  return { item, note, value, visitors };
}

import type { Interval } from './api.ts';
import { element } from './element.ts';
import { formatPoint, formatTick } from './format.ts';

/** One part of every column, from the bottom up. */
export interface Layer {
  /** Ends in a class: `layer-granted`. */
  name: string;
  /** As a sentence has it: `12 granted`. */
  words(value: number): string;
}

export interface Column {
  at: number;
  /** By layer. */
  values: readonly number[];
  /** Says more than the values do. */
  note?: string;
}

export interface Columns {
  show(columns: readonly Column[], interval: Interval): void;
}

/** A small chart of stacked columns. Pointer and arrow keys pick one; `readout` says it. */
export function createColumns(plot: HTMLElement, readout: HTMLElement, layers: readonly Layer[]): Columns {
  let shown: readonly Column[] = [];
  let interval: Interval = 'day';
  let picked = -1;

  const pick = (at: number) => {
    plot.children[picked]?.removeAttribute('data-picked');
    picked = at < shown.length ? at : -1;
    plot.children[picked]?.setAttribute('data-picked', '');
    const column = shown[picked];
    readout.textContent = column ? sentenceOf(column) : usual();
  };
  const sentenceOf = ({ at, values, note }: Column) =>
    [
      `${formatPoint(at, interval)}:`,
      [...layers.map(({ words }, index) => words(values[index] ?? 0)), note].filter(Boolean).join(', '),
    ].join(' ');
  const usual = () => {
    const [first, last] = [shown[0], shown.at(-1)];
    const span = first && last ? `${formatTick(first.at, interval)} – ${formatTick(last.at, interval)}, ` : '';
    return `${span}by ${interval}${interval === 'day' ? ' (UTC)' : ''}`;
  };

  plot.addEventListener('pointermove', ({ clientX }) => {
    const { left, width } = plot.getBoundingClientRect();
    pick(Math.max(0, Math.min(shown.length - 1, Math.floor(((clientX - left) / width) * shown.length))));
  });
  plot.addEventListener('pointerleave', () => pick(-1));
  plot.addEventListener('blur', () => pick(-1));
  plot.addEventListener('keydown', (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!step || shown.length === 0) return;
    event.preventDefault();
    const from = picked < 0 ? (step < 0 ? shown.length : -1) : picked;
    pick(Math.max(0, Math.min(shown.length - 1, from + step)));
  });

  return {
    show(columns, newInterval) {
      shown = columns;
      interval = newInterval;
      // Columns are kept by their place, so that they grow rather than being drawn anew.
      while (plot.children.length > columns.length) plot.lastElementChild?.remove();
      while (plot.children.length < columns.length) {
        plot.append(element('span', 'column', ...layers.map(({ name }) => element('span', `layer layer-${name}`))));
      }
      const most = Math.max(1, ...columns.map(({ values }) => sum(values)));
      for (const [index, { values }] of columns.entries()) {
        const parts = plot.children[index]?.children ?? [];
        for (const [at, part] of [...parts].entries()) {
          // A custom property, as the policy of the page forbids style attributes in its markup, and not this.
          (part as HTMLElement).style.setProperty('--part', String((values[at] ?? 0) / most));
        }
      }
      const totals = layers.map(({ words }, at) => words(sum(columns.map(({ values }) => values[at] ?? 0))));
      plot.ariaLabel = `${usual()}: ${totals.join(', ')} in all. Arrow keys read the columns.`;
      pick(picked);
    },
  };
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

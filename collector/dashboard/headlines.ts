import type { Summary } from './api.ts';
import { formatNumber, formatShort } from './format.ts';

export interface Headlines {
  show(summary: Summary): void;
}

/** The headline numbers: every element with `data-metric`, its raw number in `data-value`. */
export function createHeadlines(root: Element): Headlines {
  const numbers = [...root.querySelectorAll<HTMLElement>('[data-metric]')];
  return {
    show(summary) {
      for (const number of numbers) {
        // The four names stand in index.html.
        const value = summary[number.dataset.metric as keyof Summary];
        const before = number.dataset.value;
        if (before === String(value)) continue;
        number.dataset.value = String(value);
        number.textContent = formatShort(value);
        number.title = formatNumber(value);
        // The first number of all is no change.
        if (before) flash(number);
      }
    },
  };
}

function flash(number: HTMLElement): void {
  if (matchMedia('(prefers-reduced-motion: reduce)').matches) return;
  const accent = getComputedStyle(number).getPropertyValue('--visitors');
  number.animate({ color: [accent, accent, getComputedStyle(number).color] }, { duration: 900, easing: 'ease-out' });
}

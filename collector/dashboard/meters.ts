import { element } from './element.ts';

export interface Meter {
  label: string;
  /** 0 to 1. */
  share: number;
  /** What stands at its end. */
  value: string;
  /** Ends in a class: `meter-bad`. */
  tone?: string;
  /** Said on hovering and to screen readers, where the value alone is not enough. */
  title?: string;
}

/** A short list of labelled bars. */
export function showMeters(list: HTMLElement, meters: readonly Meter[]): void {
  list.replaceChildren(
    ...meters.map(({ label, share, value, tone, title }) => {
      const name = element('span', 'meter-label', label);
      name.title = label;
      const bar = element('span', 'meter-bar', element('span', 'meter-fill'));
      const item = element(
        'li',
        tone ? `meter meter-${tone}` : 'meter',
        name,
        bar,
        element('span', 'meter-value', value),
      );
      item.style.setProperty('--share', String(share));
      if (title) item.title = title;
      return item;
    }),
  );
}

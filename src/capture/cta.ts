import type { Capture } from './capture.ts';
import { checkOption, isSelector } from './checkOption.ts';
import { PLAIN_ID } from './selectorOf.ts';
import { watchClicks } from './watchClicks.ts';

export interface CtaOptions {
  /** Which elements call to action. @default '.cta-button, [data-cta="true"]' */
  selector?: string;
}

const STANDARD = '.cta-button,[data-cta="true"]';

/**
 * Emits `cta_click` for the nearest matching element around a click, one per physical click, beside what `clicks()` tells
 * of it.
 *
 * Such elements are marked by their owner: what is written on one, scrubbed, is its label where it has no
 * `data-track-label`, unless something in or around it can be typed into or is marked `data-private`.
 */
export function cta({ selector: given = STANDARD }: CtaOptions = {}): Capture {
  return (context) => {
    const { emit, warn } = context;
    const selector = checkOption(warn, 'cta.selector', given, STANDARD, 'a selector', isSelector);
    return watchClicks(context, selector, (data, readText, { id }) =>
      emit('cta_click', {
        ...data,
        label: data.label ?? (readText() || undefined),
        id: PLAIN_ID.test(id) ? id : undefined,
      }),
    );
  };
}

import type { Capture } from './capture.ts';
import { checkOption, isSelector } from './checkOption.ts';
import { CONTROLS } from './describeElement.ts';
import { watchClicks } from './watchClicks.ts';

export interface ClicksOptions {
  /** Which elements count. @default links, buttons, summaries, their ARIA twins and `[data-track]` */
  selector?: string;
  /** Whether the visible text of links and buttons, scrubbed, stands in for a missing `data-track-label`. @default false */
  text?: boolean;
}

const STANDARD = `${CONTROLS},[data-track]`;

/**
 * Emits `click` for the nearest matching element around a click, one per physical click, by mouse, touch or keyboard.
 *
 * Reads `data-track`, `data-track-label`, role and link target; never what a visitor typed, and what is written on the
 * element only by option. Clicks that scripts make do not count.
 */
export function clicks({ selector: given = STANDARD, text = false }: ClicksOptions = {}): Capture {
  return (context) => {
    const { emit, warn } = context;
    const selector = checkOption(warn, 'clicks.selector', given, STANDARD, 'a selector', isSelector);
    return watchClicks(context, selector, (data, readText) =>
      emit('click', { ...data, label: data.label ?? (text && data.kind !== 'element' ? readText() : undefined) }),
    );
  };
}

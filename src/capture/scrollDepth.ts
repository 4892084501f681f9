import type { Capture } from './capture.ts';
import { checkOption, isSelector } from './checkOption.ts';
import { selectorOf } from './selectorOf.ts';
import { watchScroll } from './watchScroll.ts';

export interface ScrollDepthOptions {
  /** Which depths are told, in percent. @default [25, 50, 75, 90, 100] */
  thresholds?: number[];
  /** Selects elements of the page whose own scrolling counts. @default all that take up half of the window or more */
  containers?: string;
}

const DEPTHS = [25, 50, 75, 90, 100];

/**
 * Emits `scroll_depth` when the lower edge of the window comes to a depth of the page, or of an element that scrolls:
 * once for each threshold on each page, however much the page grows. What shows without scrolling counts as well, once
 * the visitor has scrolled, clicked or pressed a key, or hides the page.
 */
export function scrollDepth({ thresholds = DEPTHS, containers }: ScrollDepthOptions = {}): Capture {
  return (context) => {
    const { emit, warn } = context;
    const areDepths = (given: number[]) => given.every((depth) => depth > 0 && depth <= 100);
    const remedy = 'numbers above 0, up to 100';
    const depths = checkOption(warn, 'scrollDepth.thresholds', thresholds, DEPTHS, remedy, areDepths);
    const chosen = containers && checkOption(warn, 'scrollDepth.containers', containers, '', 'a selector', isSelector);

    return watchScroll(context, (percent, before, container) => {
      if (container) {
        const { scrollHeight, clientHeight, clientWidth } = container;
        const isLarge = 2 * clientHeight * clientWidth >= innerHeight * innerWidth;
        // Some scroll sideways only.
        if (!(chosen ? container.matches(chosen) : isLarge) || scrollHeight <= clientHeight) return;
      }
      const name = container && (container.getAttribute('data-track') || selectorOf(container));
      for (const depth of depths) {
        if (depth > before && depth <= percent) emit('scroll_depth', { percent: depth, container: name });
      }
    });
  };
}

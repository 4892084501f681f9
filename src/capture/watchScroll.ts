import type { Page } from '../protocol/event.ts';
import type { CaptureContext } from './capture.ts';

/** How often it is looked how far a scroll has come. */
const LOOK_EVERY_MS = 100;

/**
 * Tells how far down visitors have seen the page, or an element of it that scrolls: in percent of its height, the lower
 * edge of the window counts, and how far they had seen it before. What shows without scrolling is told at the first
 * scroll, click or key on a page, and as the page is hidden.
 *
 * Never looks while an event is handled, where the browser would have to lay out the page.
 */
export function watchScroll(
  { clock, listen, guard, pages }: CaptureContext,
  onDepth: (percent: number, before: number, container?: Element) => void,
): () => void {
  const scrolled = new Set<EventTarget | null>();
  let page: Page | undefined;
  let deepest: WeakMap<Node, number>;
  let cancel: (() => void) | undefined;

  const stop = () => {
    cancel?.();
    cancel = undefined;
  };
  const look = guard(() => {
    stop();
    // What was scrolled on one page says nothing of the next.
    if (page === pages.current()) {
      for (const target of scrolled as Set<Element>) {
        const container = (target as Node) === document ? undefined : target;
        const element = container ?? document.scrollingElement ?? document.documentElement;
        // As a phone's address bar goes, the window grows and the element's height stays.
        const height = Math.max(element.clientHeight, container ? 0 : innerHeight);
        // Positions may be fractions of a pixel, heights are not; those that begin at their end count down from 0.
        const percent = Math.min(100, ((Math.abs(element.scrollTop) + height + 1) / element.scrollHeight) * 100);
        const before = deepest.get(target) ?? 0;
        if (height && percent > before) {
          deepest.set(target, percent);
          onDepth(percent, before, container);
        }
      }
    }
    scrolled.clear();
  });
  const note = ({ type, target }: Pick<Event, 'type' | 'target'>) => {
    const isScroll = type === 'scroll';
    if (page !== pages.current()) {
      page = pages.current();
      deepest = new WeakMap();
      scrolled.clear();
      scrolled.add(document);
    } else if (!isScroll) return;
    if (isScroll) scrolled.add(target);
    cancel ??= clock.after(isScroll ? LOOK_EVERY_MS : 0, look);
  };
  const lookNow = () => {
    note({ type: 'scroll', target: document });
    look();
  };

  for (const type of ['scroll', 'pointerdown', 'keydown']) listen(document, type, note, { capture: true });
  listen(document, 'visibilitychange', () => document.hidden && lookNow());
  // The page that is left is hidden a moment later; who never saw it has not seen any of it.
  listen(window, 'pagehide', () => document.hidden || lookNow());
  return stop;
}

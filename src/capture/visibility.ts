import type { Capture } from './capture.ts';

/**
 * Emits `visibility` when the page is hidden, by another tab or app or as it is left, and when it is shown again, with
 * the time that it was visible or hidden before.
 */
export function visibility(): Capture {
  return ({ emit, clock, listen }) => {
    // Nobody has hidden a page that waits to be shown.
    let wasHidden = document.hidden && !(document as { prerendering?: boolean }).prerendering;
    let since = clock.elapsed();
    return listen(document, 'visibilitychange', () => {
      const { hidden, visibilityState: state } = document;
      const now = clock.elapsed();
      if (hidden !== wasHidden) emit('visibility', { state, ms: Math.round(now - since) });
      wasHidden = hidden;
      since = now;
    });
  };
}

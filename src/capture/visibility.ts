import type { Capture } from './capture.ts';

/**
 * Emits `visibility` when the page is hidden, by another tab or app or as it is left, and when it is shown again, with
 * the time that it was visible or hidden before.
 */
export function visibility(): Capture {
  return ({ emit, clock, listen }) => {
    // Nobody has hidden a page that waits to be shown.
    let isHidden = document.hidden && !(document as { prerendering?: boolean }).prerendering;
    let since = clock.elapsed();
    const turn = (hidden: boolean) => {
      const now = clock.elapsed();
      if (hidden !== isHidden)
        emit('visibility', { state: hidden ? 'hidden' : 'visible', ms: Math.round(now - since) });
      isHidden = hidden;
      since = now;
    };
    listen(document, 'visibilitychange', () => turn(document.hidden));
    // Before the browser hides a page that is left, so that one request takes all that it has to tell.
    return listen(window, 'pagehide', () => turn(true));
  };
}

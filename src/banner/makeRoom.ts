import { addStyles } from './addStyles.ts';

const MARGIN_PX = 24;

/**
 * Lets the page scroll what lies under the banner out from under it, also when it gets the focus by keyboard. Returns
 * its undo.
 */
export function makeRoom(banner: HTMLElement): () => void {
  let undo: (() => void) | undefined;
  const observer = new ResizeObserver(() => {
    undo?.();
    const room = `${banner.offsetHeight + MARGIN_PX}px`;
    // A box behind the body, not a padding of it: however the page is laid out, nothing in it moves.
    undo = addStyles(
      document,
      `@media screen{html{scroll-padding-block-end:${room}}:where(html)::after{content:"";display:block;block-size:${room}}}`,
    );
  });
  observer.observe(banner);
  return () => {
    observer.disconnect();
    undo?.();
  };
}

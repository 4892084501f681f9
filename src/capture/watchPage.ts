import { onNavigate } from '../platform/onNavigate.ts';
import type { CaptureContext } from './capture.ts';

/**
 * Has `look` called soon, and again whenever the visitor may have come to another page: a task later, since whoever
 * counts the pages may hear of it after us. Owners who count pages by hand may be later still. Returns its undo.
 */
export function watchPage({ clock, listen, guard }: CaptureContext, look: () => void): () => void {
  let cancel = () => {};
  const lookSoon = () => {
    cancel();
    cancel = clock.after(0, guard(look));
  };
  const undo = onNavigate(lookSoon, listen, guard);
  listen(window, 'pageshow', lookSoon);
  listen(document, 'prerenderingchange', lookSoon);
  lookSoon();
  return () => {
    cancel();
    undo();
  };
}

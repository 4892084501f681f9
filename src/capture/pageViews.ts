import { onNavigate } from '../platform/onNavigate.ts';
import type { Capture } from './capture.ts';

export interface PageViewsOptions {
  /** Whether `#/…` and `#!/…` are pages of their own. @default false */
  hash?: boolean;
}

/** How the visitor came to see the page. */
export type PageViewKind = 'load' | 'navigation' | 'back_forward' | 'bfcache' | 'prerender';

/** How long a new view of a single-page app may take to set its title. */
const TITLE_MS = 100;

/**
 * Emits `page_view` for every page the visitor gets to see: page loads, new paths within a single-page app, returns from
 * the back/forward cache, and prerendered pages when they are shown. A changed query or fragment is no new page.
 *
 * Waits a moment for the title of a new view; the event keeps the time of the navigation.
 */
export function pageViews({ hash = false }: PageViewsOptions = {}): Capture {
  return ({ emit, clock, listen, guard, pages }) => {
    const place = () => `${location.pathname}${hash && /^#!?\/[^?]*/.exec(location.hash)}`;
    let seen: string;
    /** Emits the view that waits for its title, if there is one. */
    let finish = () => {};

    /** `wait` calls back when the title is there, and answers with what cancels that. */
    const view = (kind: PageViewKind, wait?: (ready: () => void) => () => void, referrer?: string) => {
      finish();
      seen = place();
      const page = pages.enter({ keepRoute: hash, referrer });
      const at = clock.now();
      let stopWaiting = () => {};
      const ready = guard(() => {
        finish = () => {};
        stopWaiting();
        pages.readTitle();
        // A prerendered page is seen when it is shown, not when it was fetched. The page's own id sorts the view before
        // what happened while it waited for its title.
        emit('page_view', { kind }, { at: kind === 'prerender' ? clock.now() : at, page, id: page.id });
      });
      finish = ready;
      if (wait) stopWaiting = wait(ready);
      else ready();
    };

    const undo = onNavigate(
      () => place() !== seen && view('navigation', (ready) => clock.after(TITLE_MS, ready)),
      listen,
      guard,
    );
    listen<PageTransitionEvent>(
      window,
      'pageshow',
      ({ persisted }) => persisted && view('bfcache', undefined, pages.current().referrer),
    );
    listen(document, 'visibilitychange', () => document.hidden && finish());
    listen(window, 'pagehide', () => finish());

    const [load] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[];
    if ((document as { prerendering?: boolean }).prerendering) {
      view('prerender', (ready) => listen(document, 'prerenderingchange', ready));
    } else {
      view(
        load?.type === 'back_forward' ? 'back_forward' : 'load',
        // An early script may run before the title has been parsed.
        document.readyState === 'loading' && !document.title
          ? (ready) => listen(document, 'DOMContentLoaded', ready)
          : undefined,
      );
    }
    return () => {
      finish();
      undo();
    };
  };
}

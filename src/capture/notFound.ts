import type { Page } from '../protocol/event.ts';
import type { Capture } from './capture.ts';
import { checkOption } from './checkOption.ts';
import { watchPage } from './watchPage.ts';

export interface NotFoundOptions {
  /** Says of the present page, whose title it is given, whether it is one that was not found. */
  when?: (title: string) => boolean;
}

/** How long a new view of a single-page app may take to show that it is none. */
const VIEW_MS = 300;

const never = (_title: string) => false;

/**
 * Emits `not_found` once for a page that does not exist: answered with 404 or 410, marked by
 * `<meta name="beaconry:status" content="404">`, or so that the owner knows it.
 */
export function notFound({ when = never }: NotFoundOptions = {}): Capture {
  return (context) => {
    const { emit, clock, guard, pages, warn } = context;
    const isRight = (given: unknown) => typeof given === 'function';
    const isMissing = checkOption(warn, 'notFound.when', when, never, 'a function', isRight);
    let told: Page | undefined;
    let cancel = () => {};

    const tell = (isGone: unknown) => {
      const page = pages.current();
      if (!isGone || page === told) return;
      told = page;
      emit('not_found', { url: page.url, referrer: page.referrer });
    };
    const look = () => {
      const [load] = performance.getEntriesByType('navigation') as (PerformanceNavigationTiming & {
        responseStatus?: number;
      })[];
      // What the server said of the document holds for no other view in it.
      tell(load?.name === location.href.split('#')[0] && /^4(04|10)$/.test(`${load?.responseStatus}`));
      cancel();
      cancel = clock.after(
        VIEW_MS,
        guard(() =>
          tell(document.querySelector('meta[name="beaconry:status"][content^="4"]') || isMissing(document.title)),
        ),
      );
    };
    const undo = watchPage(context, look);
    return () => {
      cancel();
      undo();
    };
  };
}

import type { MetricType } from 'web-vitals';
import type { Page } from '../protocol/event.ts';
import type { Capture, CaptureContext } from './capture.ts';

/** Begins to measure, for as long as the document lives: what measures cannot be stopped. */
type Measure<Metric> = (
  report: (metric: Metric) => void,
  options: { reportSoftNavs: boolean; generateTarget?: (node: Node | null) => string },
) => void;

/** Some metrics are final only when the next page has begun: so many pages are remembered. */
const PAGES = 5;

/**
 * Emits `web_vital` for what these functions measure: once per metric and page, when it is final. For CLS and INP that is
 * when the page is hidden for the first time, since nobody knows whether the visitor comes back.
 */
export function reportVitals<Metric extends MetricType>(
  measures: Measure<Metric>[],
  describe?: (metric: Metric, context: CaptureContext) => object,
  options?: { generateTarget(node: Node | null): string },
): Capture {
  /** Who listens, by tracker: one that starts to listen again goes on with what has been measured so far. */
  const listening = new Map<unknown, CaptureContext | undefined>();
  return (context) => {
    const { pages } = context;
    const isFirst = !listening.has(pages);
    listening.set(pages, context);
    if (isFirst) {
      /** By the time that it began. */
      const views = new Map<number, { page: Page; told: Set<string> }>();
      const tell = context.guard((metric: Metric) => {
        const { name, navigationType, navigationStartTime = 0 } = metric;
        const present = listening.get(pages);
        // A page out of the back/forward cache is entered only after this.
        if (!present || (name === 'TTFB' && navigationType === 'back-forward-cache')) return;
        let view = views.get(navigationStartTime);
        if (!view) {
          view = { page: pages.current(), told: new Set() };
          views.set(navigationStartTime, view);
          if (views.size > PAGES) views.delete(views.keys().next().value as number);
        }
        // Where nothing was asked of a server, the time it took says nothing.
        if (view.told.has(name) || (name === 'TTFB' && navigationType === 'soft-navigation')) return;
        view.told.add(name);
        present.emit(
          'web_vital',
          {
            metric: name,
            value: round(metric.value),
            rating: metric.rating,
            navigation_type: navigationType,
            ...describe?.(metric, present),
          },
          { page: view.page },
        );
      });
      for (const measure of measures) measure(tell, { reportSoftNavs: true, ...options });
    }
    return () => void listening.set(pages, undefined);
  };
}

/** Five digits: milliseconds, or the fractions of a score. */
export const round = (value: number) => Number(value.toPrecision(5));

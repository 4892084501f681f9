import type * as Vitals from 'web-vitals/attribution';
import type { Capture } from './capture.ts';
import { reportVitals, round } from './reportVitals.ts';
import { selectorOf } from './selectorOf.ts';

type Name = 'onCLS' | 'onFCP' | 'onINP' | 'onLCP' | 'onTTFB';

/** Loaded when it is wanted: it begins to observe the page as it loads. What came before is buffered by the browser. */
const measure =
  (name: Name) =>
  (report: (metric: Vitals.MetricWithAttribution) => void, options: Vitals.AttributionReportOpts): void => {
    import('web-vitals/attribution').then(
      (vitals) => vitals[name](report, options),
      // A file that does not load: there are no figures then.
      () => {},
    );
  };

/** As `webVitals()`; each event also says what made the metric what it is: the element, and the parts of the time. */
export const vitalsWithAttribution = (): Capture =>
  reportVitals<Vitals.MetricWithAttribution>(
    (['onTTFB', 'onFCP', 'onLCP', 'onCLS', 'onINP'] as const).map(measure),
    ({ attribution }, { scrubUrl }) => {
      const data: Record<string, unknown> = {};
      for (const [key, value] of Object.entries(attribution)) {
        const name = key.replace(/[A-Z]+/g, (letters) => `_${letters.toLowerCase()}`);
        if (typeof value === 'number') data[name] = round(value);
        else if (typeof value === 'string') data[name] = key === 'url' ? scrubUrl(value) : value;
      }
      return data;
    },
    {
      // Their own selectors hold whole ids and classes, and those may name someone.
      generateTarget: (node) => (node instanceof Element ? selectorOf(node) : ''),
    },
  );

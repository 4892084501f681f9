// Bundled into the pages of trackedSite.ts: starts a tracker as the attributes of its script element say.
import * as beaconry from '../../src/index.ts';
import type { TrackedPage } from './trackedSite.ts';

const { endpoint = '', settings = '{}' } = document.currentScript?.dataset ?? {};
const { tracker, pageViews, clicks, captures = [], isIdle } = JSON.parse(settings);

/** What no capture may do. */
const measureNow = () => document.body.scrollHeight;
const measures = (): beaconry.Capture => (context) => context.listen(window, 'click', () => void measureNow());

/** By the names of the exports that make them; one may make several. */
const makers: Record<string, unknown> = { ...beaconry, measures, measureNow };
type MakeCapture = (options?: object) => beaconry.Capture | beaconry.Capture[];

const start = () =>
  beaconry.createTracker({
    endpoint,
    site: 'pages',
    consent: 'granted',
    capture: [
      ...(pageViews === false ? [] : [beaconry.pageViews(pageViews)]),
      ...(clicks === false ? [] : [beaconry.clicks(clicks)]),
      ...captures.flatMap(([name, options]: [string, object?]) => (makers[name] as MakeCapture)(options)),
    ],
    ...tracker,
  });

const page: TrackedPage & { makers: object } = { beaconry, makers, start, ...(isIdle ? {} : { tracker: start() }) };
Object.assign(window, page);

// Bundled into the pages of trackedSite.ts: starts a tracker as the attributes of its script element say.
import * as beaconry from '../../src/index.ts';
import type { TrackedPage } from './trackedSite.ts';

const { endpoint = '', settings = '{}' } = document.currentScript?.dataset ?? {};
const { tracker, pageViews, clicks, isIdle } = JSON.parse(settings);

const start = () =>
  beaconry.createTracker({
    endpoint,
    site: 'pages',
    consent: 'granted',
    capture: [
      ...(pageViews === false ? [] : [beaconry.pageViews(pageViews)]),
      ...(clicks === false ? [] : [beaconry.clicks(clicks)]),
    ],
    ...tracker,
  });

const page: TrackedPage = { beaconry, start, ...(isIdle ? {} : { tracker: start() }) };
Object.assign(window, page);

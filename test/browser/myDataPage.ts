// The script of test/pages/my-data.html: starts what the page's meta element says.
import { createConsent } from '../../src/consent/createConsent.ts';
import type { ConsentApi, ConsentOptions, Tracker, TrackerOptions } from '../../src/index.ts';
import { attribution, createTracker, durableOutbox, pageViews } from '../../src/index.ts';
import { defineMyData, type MyDataOptions } from '../../src/myData/myData.ts';
import { readDatabase } from '../../src/platform/databases.ts';

export interface MyDataSettings {
  /** Options of `createConsent()`; without them there is none. */
  consent?: ConsentOptions;
  /** Options of the tracker that travel as JSON; without them there is none. */
  tracker?: Partial<TrackerOptions>;
  texts?: MyDataOptions['texts'];
  endpoint: string;
}

/** What the page has on `window`. */
export interface MyDataPage {
  consent?: ConsentApi;
  tracker?: Tracker;
  readDatabase: typeof readDatabase;
  /** In the element's shadow root. */
  inside<Found extends HTMLElement>(selector: string): Found;
  /** What can be read in the element. */
  words(): string;
}

const given = document.querySelector<HTMLMetaElement>('meta[name=my-data-options]')?.content ?? '{}';
const { consent: asked, tracker: wanted, texts, endpoint } = JSON.parse(given) as MyDataSettings;
const consent = asked && createConsent(asked);
const tracker =
  wanted &&
  createTracker({
    endpoint,
    site: 'pottery',
    consent,
    capture: [pageViews()],
    outbox: durableOutbox(),
    enrich: [attribution()],
    ...wanted,
  });

const root = () => document.querySelector('beaconry-my-data')?.shadowRoot as ShadowRoot;
const page: MyDataPage = {
  consent,
  tracker,
  readDatabase,
  inside(selector) {
    const found = root().querySelector(selector);
    if (!found) throw new Error(`no ${selector} in the element`);
    return found as never;
  },
  words: () => [...root().children].map((child) => (child as HTMLElement).innerText ?? '').join('\n'),
};
Object.assign(window, page);
defineMyData({ consent, texts });

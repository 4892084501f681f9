import { MAX_BATCH_BYTES, MAX_BATCH_EVENTS } from '../protocol/limits.ts';
import { SDK } from '../protocol/version.ts';
import { verdict } from './verdict.ts';
import type { Wire } from './wire.ts';

/** Our own format, the `Batch` of the protocol, put together from texts that were written once, at `track()`. */
export const beaconryWire: Wire = {
  url: ({ endpoint }) => endpoint,
  // Plain text needs no preflight.
  contentType: 'text/plain',
  gzip: true,
  maxEvents: MAX_BATCH_EVENTS,
  maxBytes: MAX_BATCH_BYTES,

  encode({ id, site, sentAt, counts, events }) {
    const envelope = JSON.stringify({ v: 1, id, site, sentAt, sdk: SDK, counts });
    const pages: Record<string, string> = {};
    for (const { id, page } of events) {
      const key = page.slice(1, 37);
      // What came before the page's title knows another one. The view has waited for it, and bears the page's id.
      if (page && (key === id || !pages[key])) pages[key] = page;
    }
    return `${envelope.slice(0, -1)},${events[0]?.head},"pages":{${Object.values(pages)}},"events":[${events.map(({ text }) => text)}]}`;
  },

  verdict(response, now) {
    const result = verdict(response, now);
    if (result.kind === 'accepted') {
      result.rejected = response
        .json()
        .then(({ rejected }) => [...rejected])
        // No receipt (a 204, or an endpoint that just says «ok») means that everything was taken.
        .catch(() => []);
    }
    return result;
  },
};

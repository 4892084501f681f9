import type { BeaconEvent } from '../protocol/event.ts';
import { channelOf } from './channelOf.ts';
import type { Enricher } from './enricher.ts';

/** Where a visit came from. */
export interface Touch {
  /** Epoch milliseconds. */
  at: number;
  /** How, in a word: see `channelOf`. */
  channel: string;
  /** Host of the page before, where it was another site's. */
  referrer?: string;
  /** Campaign parameters and click ids of the address, as they were: `utm_source`, `gclid`. */
  [parameter: string]: unknown;
}

export interface AttributionOptions {
  /** Events that carry it. @default ['page_view', 'conversion', 'purchase'] */
  events?: string[];
  /** Hosts that are ours: coming from there is no new touch. This host is one. */
  domains?: string[];
}

/** The first touch is kept so long. */
const YEAR_MS = 365 * 24 * 60 * 60_000;
const CAMPAIGN = /^(utm_\w+|\w*clk?id|[gw]braid|gad_\w+|mc_cid|li_fat_id|epik)$/i;

/**
 * Adds to events where the visit came from: `first_touch` and `last_touch`, kept between visits where consent allows, and
 * else those of this page load. A touch is an arrival with campaign parameters or click ids, or from another site.
 */
export function attribution({
  events = ['page_view', 'conversion', 'purchase'],
  domains = [],
}: AttributionOptions = {}): Enricher {
  return ({ stored, clock }) => {
    const kept = stored<{ first: Touch; last: Touch }>('touch');
    let touches = kept?.read();
    let seen = '';

    const touch = ({ page, at }: BeaconEvent) => {
      const url = new URL(page.url);
      const campaign = [...url.searchParams].filter(([name]) => CAMPAIGN.test(name));
      const host = page.referrer && new URL(page.referrer).hostname;
      const isOurs = [url.hostname, ...domains].some((ours) => `.${host}`.endsWith(`.${ours}`));
      const isArrival = campaign.length || (host && !isOurs);
      if (!isArrival && touches) return;
      const last: Touch = {
        at,
        channel: channelOf(host && !isOurs ? host : '', Object.fromEntries(campaign)),
        referrer: host && !isOurs ? host : undefined,
        ...Object.fromEntries(campaign),
      };
      const first = touches && clock.now() - touches.first.at < YEAR_MS ? touches.first : last;
      touches = { first, last };
      kept?.write(touches);
    };

    return (event) => {
      const { page } = event;
      if (page.url && seen !== page.id) {
        seen = page.id;
        touch(event);
      }
      if (!touches || !events.includes(event.name)) return event;
      return { ...event, data: { ...event.data, first_touch: touches.first, last_touch: touches.last } };
    };
  };
}

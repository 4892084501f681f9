import { consent } from './consent.ts';
import { consentRecords } from './consentRecords.ts';
import { errors } from './errors.ts';
import { events } from './events.ts';
import { loss } from './loss.ts';
import { pages } from './pages.ts';
import { purchases } from './purchases.ts';
import { referrers } from './referrers.ts';
import type { Report } from './report.ts';
import { sites } from './sites.ts';
import { summary } from './summary.ts';
import { timeseries } from './timeseries.ts';
import { vitals } from './vitals.ts';

/** Every question that can be asked at `/v1/query/{name}`. */
export const reports: ReadonlyMap<string, Report> = new Map(
  Object.entries({
    summary,
    timeseries,
    pages,
    referrers,
    events,
    sites,
    loss,
    consent,
    'consent/records': consentRecords,
    vitals,
    errors,
    purchases,
  }),
);

import type { ConsentApi, ConsentOptions, ConsentStatus } from '../consent/consent.ts';
import { systemClock } from '../platform/clock.ts';
import type { Purpose } from '../protocol/consent.ts';
import { choiceOf, isCurrent, recordOf } from '../protocol/consentRules.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

/** The options of `createConsent()`, and what a request tells beside its cookies. */
export interface ParseConsentOptions
  extends Pick<ConsentOptions, 'acceptLegacy' | 'cookieName' | 'gpc' | 'model' | 'purposes' | 'reask' | 'revision'> {
  /** The request's header `Sec-GPC`. */
  secGpc?: string | null;
  /** Epoch milliseconds. @default the present */
  now?: number;
}

/** A visitor's choice as a request tells it. What is here is as in the browser's `ConsentApi`. */
export type RequestConsent = Pick<ConsentApi, 'get' | 'has' | 'isDue' | 'record'>;

/**
 * Reads the visitor's choice from a request's header `Cookie`. It answers as `createConsent()` with the same options
 * will in that visitor's browser.
 *
 * @example
 * const consent = parseConsent(request.headers.get('cookie'), { secGpc: request.headers.get('sec-gpc') });
 * if (consent.has('analytics')) html = injectScript(html, options);
 */
export function parseConsent(
  cookieHeader: string | null | undefined,
  {
    acceptLegacy,
    cookieName = 'user_tracking_consent',
    gpc = 'all',
    model,
    purposes = ['analytics'],
    reask = 180,
    revision = 1,
    secGpc,
    now = systemClock.now(),
  }: ParseConsentOptions = {},
): RequestConsent {
  const rules = { revision, reaskMs: reask * DAY_MS, now };
  const asked = purposes
    .map((purpose) => (typeof purpose === 'string' ? purpose : purpose.name))
    .filter((purpose) => purpose !== 'necessary');
  const values = `${cookieHeader ?? ''}`
    .split(';')
    .map((cookie) => cookie.trim())
    .filter((cookie) => cookie.startsWith(`${cookieName}=`))
    .map((cookie) => cookie.slice(cookieName.length + 1));
  const record = recordOf(values, asked, rules, acceptLegacy) ?? null;

  const isOptOut = model === 'opt-out';
  const isSignalled = secGpc === '1' && gpc !== 'ignore';
  const isDeniedBySignal = (purpose: Purpose) => isSignalled && (gpc === 'all' || purpose === gpc);
  const get = (purpose: Purpose = 'analytics'): ConsentStatus => {
    const choice = choiceOf(record, purpose, rules);
    if (choice !== 'unknown') return choice;
    if (isDeniedBySignal(purpose)) return 'denied';
    return isOptOut && asked.includes(purpose) ? 'granted' : choice;
  };
  return {
    get,
    has: (purpose) => get(purpose) === 'granted',
    isDue: () =>
      !isOptOut &&
      asked.some((purpose) => !isDeniedBySignal(purpose) && !(record?.purposes[purpose] && isCurrent(record, rules))),
    record: () => record,
  };
}

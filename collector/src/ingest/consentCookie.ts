import { type ConsentRecord, formatConsent } from '../../../src/protocol/consent.ts';

/** How the collector sets the consent cookie, in words of `createConsent`: give both the same. */
export interface ConsentCookieOptions {
  /** `cookieName`. @default 'user_tracking_consent' */
  name?: string;
  /** `cookieExpiry`, at most 395. @default 365 */
  days?: number;
  /** `cookieDomain`. Pages on its hosts get the cookie from here even if the collector is on another of them. @default none */
  domain?: string;
}

export interface ConsentCookie {
  /** The `Set-Cookie` of the answer to a record; null where there is none to set. */
  valueFor(request: Request, record: ConsentRecord): string | null;
  /** The origin of a page that may send with cookies although it is on another host; null for every other. */
  allowedOrigin(request: Request): string | null;
}

const DAY_S = 24 * 60 * 60;
const MOST_DAYS = 395;

/**
 * Repeats the cookie that the page wrote by script: Safari forgets those after a week, and keeps those of a server.
 *
 * Only for pages of this origin, or of the owner's domain; never for a browser's opt-out signal, which is no choice to keep.
 */
export function createConsentCookie({
  name = 'user_tracking_consent',
  days = 365,
  domain,
}: ConsentCookieOptions = {}): ConsentCookie {
  const isOfDomain = (origin: URL) =>
    domain !== undefined && (origin.hostname === domain || origin.hostname.endsWith(`.${domain}`));

  const allowedOrigin = (request: Request) => {
    const origin = originOf(request);
    return origin && isOfDomain(origin) ? origin.origin : null;
  };

  return {
    allowedOrigin,
    valueFor: (request, record) => {
      const origin = originOf(request);
      if (!origin || record.source === 'gpc') return null;
      if (!isOfDomain(origin) && !isSameOrigin(request, origin)) return null;
      const parts = [`${name}=${formatConsent(record)}`, 'Path=/', `Max-Age=${days * DAY_S}`, 'SameSite=Lax'];
      if (isOfDomain(origin)) parts.push(`Domain=${domain}`);
      if (origin.protocol === 'https:') parts.push('Secure');
      return parts.join('; ');
    },
  };
}

/** Says what is wrong with the options, by name; null when nothing is. */
export function checkConsentCookie({ name, days, domain }: ConsentCookieOptions): string | null {
  if (name !== undefined && !/^[\w!#$%&'*+.^`|~-]+$/.test(name)) return 'name must be the name of a cookie';
  if (days !== undefined && !(Number.isInteger(days) && days >= 1 && days <= MOST_DAYS)) {
    return `days must be a whole number from 1 to ${MOST_DAYS}`;
  }
  if (domain !== undefined && !/^([a-z\d-]+\.)+[a-z\d-]+$|^localhost$/.test(domain)) {
    return 'domain must be a host name in small letters, such as example.org';
  }
  return null;
}

function originOf(request: Request): URL | null {
  try {
    return new URL(request.headers.get('origin') ?? '');
  } catch {
    // No browser, or one that hides it.
    return null;
  }
}

/** Told by the browser where it does; else by the hosts, as a proxy in front may hide whether it was https. */
function isSameOrigin(request: Request, origin: URL): boolean {
  const site = request.headers.get('sec-fetch-site');
  if (site) return site === 'same-origin';
  return origin.host === (request.headers.get('host') ?? new URL(request.url).host);
}

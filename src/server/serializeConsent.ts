import type { ConsentOptions } from '../consent/consent.ts';
import { type ConsentRecord, formatConsent, readConsent } from '../protocol/consent.ts';

const DAY_S = 24 * 60 * 60;
const MAX_EXPIRY = 395;

/** The options of `createConsent()`. */
export interface SerializeConsentOptions extends Pick<ConsentOptions, 'cookieDomain' | 'cookieExpiry' | 'cookieName'> {
  /** Whether the cookie is for https alone. @default true */
  secure?: boolean;
}

/**
 * Writes a choice as the value of a header `Set-Cookie`. A cookie that a server sets lives as long as it says, where
 * Safari ends one that a script wrote after seven days.
 *
 * @param record may be what a browser posted; what is no choice gives `null`
 */
export function serializeConsent(
  record: ConsentRecord,
  {
    cookieDomain,
    cookieExpiry = 365,
    cookieName = 'user_tracking_consent',
    secure = true,
  }: SerializeConsentOptions = {},
): string | null {
  const value = write(record);
  if (!value || !readConsent(value)) return null;
  const maxAge = Math.floor(Math.min(cookieExpiry, MAX_EXPIRY) * DAY_S);
  const scope = cookieDomain ? `; Domain=${cookieDomain}` : '';
  return `${cookieName}=${value}; Path=/; Max-Age=${maxAge}; SameSite=Lax${secure ? '; Secure' : ''}${scope}`;
}

function write(record: ConsentRecord): string | undefined {
  try {
    return formatConsent(record);
  } catch {
    // Anything at all may have been posted.
    return undefined;
  }
}

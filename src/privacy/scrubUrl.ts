import { scrubText } from './scrubText.ts';

const MAX_URL_LENGTH = 2048;
/** Campaign parameters and click ids: opaque by design, and what attribution is about. */
const CAMPAIGN = /^(utm_\w+|\w*clk?id|[gw]braid|gad_\w+|mc_cid|li_fat_id|epik)=/i;
/** A parameter of such a name, or what follows it in a path, opens something. What was scrubbed is none. */
const SECRET =
  /^(?!.*:(card|email|token)).*(token|secret|passw|pwd|auth|key|code|session|sid$|sig|otp|mail|reset|verif|invit|confirm|activat|magic)/i;

/**
 * Takes secrets and personal data out of an address, relative ones resolved against the page's.
 *
 * Kept: origin, path, campaign parameters; other parameters only with `keepQuery`; the fragment only where it is a route
 * and `keepRoute` is set. Addresses that are no web pages keep their scheme alone (`mailto:`). '' for what is no address.
 */
export function scrubUrl(raw: string, keepQuery?: boolean, keepRoute?: boolean): string {
  if (!raw) return '';
  try {
    const { protocol, origin, pathname, search, hash } = new URL(raw.slice(0, MAX_URL_LENGTH), document.baseURI);
    if (!/^http/.test(protocol)) return protocol;
    const query = search
      .slice(1)
      .split('&')
      .filter((parameter) => keepQuery || CAMPAIGN.test(parameter))
      .map((parameter) => scrubParts(parameter, CAMPAIGN.test(parameter)));
    const route = keepRoute ? hash.replace(/^#(?!!?\/).*|\?.*/, '') : '';
    return origin + scrubParts(pathname) + (query[0] ? `?${query.join('&')}` : '') + scrubParts(route);
  } catch {
    // Not an address; nothing of it is worth the risk of keeping.
    return '';
  }
}

/** Scrubs what stands between the separators of a path or parameter; what needs no scrubbing stays as it was encoded. */
function scrubParts(text: string, keepTokens?: boolean): string {
  let before = '';
  return text.replace(/[^/=]+/g, (part) => {
    let plain = part;
    try {
      // Twice, so that nothing hides behind a second encoding.
      plain = decodeURIComponent(plain);
      plain = decodeURIComponent(plain);
    } catch {
      // Not percent-encoded, or only once.
    }
    const isKey = !keepTokens && SECRET.test(before) && (/=/.test(text) || !/^[a-z-]{0,15}$/.test(plain));
    const scrubbed = isKey ? ':token' : scrubText(plain, keepTokens);
    before = plain;
    return scrubbed === plain ? part : encodeURI(scrubbed);
  });
}

import { scrubText } from './scrubText.ts';

const MAX_URL_LENGTH = 2048;
/** Campaign parameters and click ids: opaque by design, and what attribution is about. */
const CAMPAIGN = /^(utm_\w+|\w*clid|[gw]braid|gad_\w+|mc_cid|li_fat_id|epik)$/i;
/** A parameter of such a name, or what follows it in a path, opens something. */
const SECRET =
  /token|secret|passw|pwd|auth|key|code|session|sid$|sig|otp|mail|reset|verif|invit|confirm|activat|magic/i;

/**
 * Takes secrets and personal data out of an address, relative ones resolved against the page's.
 *
 * Kept: origin, path, campaign parameters; other parameters only with `keepQuery`; the fragment only where it is a route
 * and `keepRoute` is set. Addresses that are no web pages keep their scheme alone (`mailto:`). '' for what is no address.
 */
export function scrubUrl(raw: string, keepQuery = false, keepRoute = false): string {
  try {
    const { protocol, origin, pathname, search, hash } = new URL(raw.slice(0, MAX_URL_LENGTH), document.baseURI);
    if (!/^https?:$/.test(protocol)) return protocol;
    const [, lead, route = '', routeQuery] = (keepRoute && /^(#!?)(\/[^?]*)(.*)/.exec(hash)) || [];
    const fragment = lead ? lead + scrubPath(route) + scrubQuery(routeQuery ?? '', keepQuery) : '';
    return origin + scrubPath(pathname) + scrubQuery(search, keepQuery) + fragment;
  } catch {
    // Not an address; nothing of it is worth the risk of keeping.
    return '';
  }
}

function scrubPath(path: string): string {
  let before = '';
  return path
    .split('/')
    .map((segment) => {
      const text = decode(segment);
      const isKey = SECRET.test(before) && !/^[a-z-]{0,15}$/.test(text);
      before = text;
      const scrubbed = isKey ? ':token' : scrubText(text);
      return scrubbed === text ? segment : scrubbed;
    })
    .join('/');
}

function scrubQuery(query: string, keepQuery: boolean): string {
  const kept = new URLSearchParams();
  new URLSearchParams(query).forEach((value, name) => {
    const isCampaign = CAMPAIGN.test(name);
    if (isCampaign || (keepQuery && !SECRET.test(name))) {
      kept.append(scrubText(name), scrubText(decode(value), isCampaign));
    }
  });
  const text = `${kept}`;
  return text && `?${text}`;
}

/** Undoes percent-encoding, also where it was done twice, so that nothing hides behind it. */
function decode(text: string): string {
  try {
    return decodeURIComponent(decodeURIComponent(text));
  } catch {
    return text;
  }
}

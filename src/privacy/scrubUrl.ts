import { scrubText } from './scrubText.ts';

const MAX_URL_LENGTH = 2048;
/** Campaign parameters and click ids: opaque by design, and what attribution is about. */
const CAMPAIGN = /^(utm_\w+|\w*clk?id|[gw]braid|gad_\w+|mc_cid|li_fat_id|epik)=/i;

/**
 * Takes secrets and personal data out of an address, relative ones resolved against the page's.
 *
 * Kept: origin, path, campaign parameters and those named in `parameters`; others only with `keepQuery`; the fragment
 * only where it is a route and `keepRoute` is set. Addresses that are no web pages keep their scheme alone (`mailto:`).
 * '' for what is no address.
 */
export function scrubUrl(
  raw: string,
  keepQuery?: boolean,
  keepRoute?: boolean,
  parameters: readonly string[] = [],
): string {
  // What is too long loses its last part, which the cut may have made unrecognisable.
  const [address] = raw[MAX_URL_LENGTH] ? (/^.*[/?&]/s.exec(raw.slice(0, MAX_URL_LENGTH)) ?? []) : [raw];
  if (!address) return '';
  try {
    const { protocol, origin, pathname, search, hash } = new URL(address, document.baseURI);
    if (!/^http/.test(protocol)) return protocol;
    const query = search
      .slice(1)
      .split('&')
      .flatMap((parameter) => {
        const isDeclared = CAMPAIGN.test(parameter) || parameters.includes(parameter.replace(/=.*/, ''));
        return keepQuery || isDeclared ? scrubText(parameter, isDeclared) : [];
      })
      .join('&');
    const route = keepRoute ? hash.replace(/^#(?!!?\/).*|\?.*/, '') : '';
    return origin + scrubText(pathname) + (query && `?${query}`) + scrubText(route);
  } catch {
    // Not an address; nothing of it is worth the risk of keeping.
    return '';
  }
}

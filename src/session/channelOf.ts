const SEARCH =
  /(^|\.)(google|bing|duckduckgo|ecosia|qwant|startpage|yahoo|yandex|baidu|brave|kagi|naver|seznam)\.|^search\./;
const SOCIAL =
  /(^|\.)(facebook|fb|instagram|twitter|x|t|linkedin|lnkd|reddit|pinterest|pin|tiktok|youtube|youtu|threads|bsky|mastodon|snapchat|vk|xing|whatsapp|telegram|discord|tumblr)\.(com|co|it|be|net|app|social|org|me|in|gg|de)$/;
const AI =
  /(^|\.)(chatgpt|openai|claude|anthropic|perplexity|copilot\.microsoft|gemini\.google|mistral|deepseek|you)\.(com|ai)$/;
const MAIL = /^(mail|webmail|outlook)\.|(^|\.)(gmx|proton)\./;

/**
 * How a visitor came, in a word: `paid`, `email`, `social`, `ai`, `search`, `affiliate`, `display`, `campaign`,
 * `referral` or `direct`. The campaign's medium has the first word, then click ids, then the host of the page before.
 */
export function channelOf(referrer: string, campaign: Record<string, string>): string {
  const medium = (campaign.utm_medium ?? '').toLowerCase();
  const source = (campaign.utm_source ?? '').toLowerCase();
  if (/^(cp[cmav]|ppc|paid.*|.*paid)$/.test(medium)) return 'paid';
  if (/^e-?mail|newsletter/.test(medium) || /^newsletter|e-?mail/.test(source)) return 'email';
  if (/social/.test(medium)) return 'social';
  if (/^affiliates?$/.test(medium)) return 'affiliate';
  if (/^(display|banner)$/.test(medium)) return 'display';
  if (Object.keys(campaign).some((name) => /^(gclid|dclid|msclkid|[gw]braid|gad_\w+)$/i.test(name))) return 'paid';
  if (AI.test(referrer) || AI.test(source)) return 'ai';
  if (MAIL.test(referrer)) return 'email';
  if (SEARCH.test(referrer)) return 'search';
  if (SOCIAL.test(referrer)) return 'social';
  if (Object.keys(campaign).length) return 'campaign';
  return referrer ? 'referral' : 'direct';
}

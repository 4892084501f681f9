import type { LiveEvent } from './live.ts';

const DETAIL_LIMIT = 4;

/** An event in a reader's words: what it is, and what of its data tells most. */
export function describeEvent({ name, title, data }: LiveEvent): { what: string; detail: string } {
  const text = (key: string) => (typeof data[key] === 'string' ? data[key] : '');
  switch (name) {
    case 'page_view':
      return { what: name, detail: title };
    case 'click': {
      const label = text('label') || text('name');
      const aim = hostOf(text('href'));
      const outward = data.outbound === true && aim ? `→ ${aim}` : data.download === true ? '↓ download' : '';
      return { what: name, detail: [...new Set([label, text('kind'), outward])].filter(Boolean).join(' · ') };
    }
    default:
      return { what: name, detail: summarize(data) };
  }
}

function summarize(data: Record<string, unknown>): string {
  return Object.entries(data)
    .filter(([, value]) => ['string', 'number', 'boolean'].includes(typeof value))
    .slice(0, DETAIL_LIMIT)
    .map(([key, value]) => `${key} ${String(value)}`)
    .join(' · ');
}

function hostOf(href: string): string {
  try {
    const { host, protocol } = new URL(href);
    return host || protocol.slice(0, -1);
  } catch {
    // Relative, or nothing an address: then there is no host to show.
    return '';
  }
}

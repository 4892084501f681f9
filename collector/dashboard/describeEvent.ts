import type { LiveEvent } from './live.ts';

const DETAIL_LIMIT = 4;

/** An event in a reader's words: what it is, and what of its data tells most. */
export function describeEvent({ name, title, data }: LiveEvent): { what: string; detail: string } {
  switch (name) {
    case 'page_view':
      return { what: name, detail: title };
    case 'click':
      return { what: name, detail: describeClick(data) };
    default:
      return { what: name, detail: summarize(data) };
  }
}

/** What was clicked, by its label, its given name or else its place, and where that leads. */
function describeClick(data: Record<string, unknown>): string {
  const text = (key: string) => (typeof data[key] === 'string' ? data[key] : '');
  // Without `data-track` the name is the bare tag or role, which tells less than the selector.
  const named = ['a', 'link', 'button'].includes(text('name')) ? '' : text('name');
  const what = text('label') || named || text('selector') || text('kind');
  const aim = aimOf(text('href'), data.outbound === true);
  return [what, aim && `${data.download === true ? '↓' : '→'} ${aim}`].filter(Boolean).join('  ');
}

function aimOf(href: string, outbound: boolean): string {
  try {
    const { host, protocol, pathname } = new URL(href);
    if (!protocol.startsWith('http')) return protocol.slice(0, -1);
    return outbound ? host : pathname;
  } catch {
    // No link, or nothing an address: it leads nowhere.
    return '';
  }
}

function summarize(data: Record<string, unknown>): string {
  return Object.entries(data)
    .filter(([, value]) => ['string', 'number', 'boolean'].includes(typeof value))
    .slice(0, DETAIL_LIMIT)
    .map(([key, value]) => `${key} ${String(value)}`)
    .join(' · ');
}

import { formatCount, formatDuration, formatMoney, formatVital } from './format.ts';
import type { LiveEvent } from './liveEvent.ts';

type Data = Record<string, unknown>;

const DETAIL_LIMIT = 4;
const LONGEST_VALUE = 60;

/** What of an event's data tells most, by its name. '' leaves it to the general way. */
const DESCRIPTIONS: Record<string, (data: Data) => string> = {
  page_leave: (data) => {
    const [engagedMs, totalMs, percent] = [
      numberOf(data.engaged_ms),
      numberOf(data.total_ms),
      numberOf(data.max_scroll),
    ];
    const stay =
      engagedMs !== undefined &&
      `${formatDuration(engagedMs)} engaged${totalMs === undefined ? '' : ` of ${formatDuration(totalMs)}`}`;
    return joined(stay, percent !== undefined && `read to ${percent} %`);
  },
  click: describeClick,
  cta_click: describeClick,
  rage_click: (data) => {
    const count = numberOf(data.count);
    return phrase(count !== undefined && `${count} clicks on`, elementOf(data));
  },
  dead_click: (data) => {
    const waitMs = numberOf(data.wait_ms);
    return joined(elementOf(data), waitMs !== undefined && `nothing for ${formatDuration(waitMs)}`);
  },
  error_click: elementOf,
  copy: (data) => {
    const chars = numberOf(data.chars);
    return joined(chars !== undefined && formatCount(chars, 'character'), elementOf(data));
  },
  scroll_depth: (data) => {
    const percent = numberOf(data.percent);
    return percent === undefined
      ? ''
      : phrase(`${percent} %`, textOf(data.container) && `of ${textOf(data.container)}`);
  },
  section_view: ({ name }) => textOf(name),
  form_start: ({ form }) => textOf(form),
  form_submit: describeForm,
  form_invalid: describeForm,
  form_abandon: (data) => {
    const last = textOf(data.last_field);
    return [textOf(data.form), last && `last field ${last}`].filter(Boolean).join(', ');
  },
  visibility: ({ state, ms }) => {
    const before = numberOf(ms);
    return phrase(textOf(state), before !== undefined && `after ${formatDuration(before)}`);
  },
  web_vital: (data) => {
    const metric = textOf(data.metric) || textOf(data.name);
    const value = numberOf(data.value);
    return phrase(metric, value !== undefined && formatVital(metric, value), textOf(data.rating).replaceAll('-', ' '));
  },
  error: (data) => {
    const count = numberOf(data.count) ?? 1;
    return phrase(textOf(data.message) || textOf(data.type), count > 1 && `× ${count}`);
  },
  request: (data) => {
    const ms = numberOf(data.ms);
    const line = phrase(textOf(data.method), pathOf(textOf(data.url)), numberOf(data.status) ?? '');
    return joined(line, ms !== undefined && formatDuration(ms), data.failed === true && 'failed');
  },
  search: (data) => {
    const term = textOf(data.term) || textOf(data.query);
    const results = numberOf(data.results);
    return joined(term && `“${term}”`, results !== undefined && formatCount(results, 'result'));
  },
  experiment: (data) => phrase(textOf(data.name), textOf(data.variant) && `→ ${textOf(data.variant)}`),
  consent: (data) => {
    const purposes = isObject(data.purposes) ? Object.entries(data.purposes) : [];
    return joined(...purposes.map(([purpose, choice]) => phrase(purpose, plain(choice))), textOf(data.source));
  },
  media: (data) => {
    const percent = numberOf(data.percent);
    return joined(phrase(textOf(data.action), textOf(data.name)), percent !== undefined && `${percent} %`);
  },
  heatmap: (data) => {
    const [clicks, moves, seconds] = [samplesOf(data.clicks), samplesOf(data.moves), secondsOf(data.attention)];
    return joined(
      clicks > 0 && formatCount(clicks, 'click'),
      moves > 0 && formatCount(moves, 'move'),
      seconds > 0 && `${formatDuration(seconds * 1000)} in view`,
    );
  },
  not_found: ({ referrer }) => (textOf(referrer) ? `from ${pathOf(textOf(referrer))}` : ''),
  identify: ({ traits }) => (isObject(traits) ? summarize(traits) : ''),
  group: ({ group, traits }) => joined(plain(group), isObject(traits) && summarize(traits)),
  ...Object.fromEntries(
    [
      'conversion',
      'purchase',
      'refund',
      'view_item',
      'view_cart',
      'add_to_cart',
      'remove_from_cart',
      'add_to_wishlist',
      'begin_checkout',
    ].map((name) => [name, describeMoney]),
  ),
};

/** An event in a reader's words: what it is, and what of its data tells most. */
export function describeEvent({ name, title, data }: Pick<LiveEvent, 'name' | 'title' | 'data'>): {
  what: string;
  detail: string;
} {
  if (name === 'page_view' || name === 'session_start') return { what: name, detail: title };
  // Names are the page's: `constructor` is none of ours.
  const describe = Object.hasOwn(DESCRIPTIONS, name) ? DESCRIPTIONS[name] : undefined;
  return { what: name, detail: describe?.(data) || summarize(data) };
}

/** What was clicked, by its label, its given name or else its place, and where that leads. */
function describeClick(data: Data): string {
  const aim = aimOf(textOf(data.href), data.outbound === true);
  return [elementOf(data), aim && `${data.download === true ? '↓' : '→'} ${aim}`].filter(Boolean).join('  ');
}

function elementOf(data: Data): string {
  // Without `data-track` the name is the bare tag or role, which tells less than the selector.
  const named = ['a', 'link', 'button', 'element'].includes(textOf(data.name)) ? '' : textOf(data.name);
  return textOf(data.label) || named || textOf(data.selector) || textOf(data.kind);
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

function pathOf(url: string): string {
  try {
    return new URL(url).pathname;
  } catch {
    return url;
  }
}

function describeForm(data: Data): string {
  const fields = Array.isArray(data.fields) ? data.fields.length : undefined;
  const ms = numberOf(data.ms);
  return joined(
    textOf(data.form),
    fields !== undefined && formatCount(fields, 'field'),
    ms !== undefined && formatDuration(ms),
  );
}

function describeMoney(data: Data): string {
  const value = numberOf(data.value);
  const items: unknown[] = Array.isArray(data.items) ? data.items : [];
  if (value === undefined && items.length === 0) return '';
  const [item] = items;
  const only = items.length === 1 && isObject(item) && (textOf(item.item_name) || plain(item.item_id));
  const order = plain(data.order_id);
  return joined(
    textOf(data.name),
    value !== undefined && formatMoney(value, textOf(data.currency)),
    only || (items.length > 0 && formatCount(items.length, 'item')),
    order && `order ${order}`,
  );
}

/** The first few of its plain values, and how much there is in the others. */
function summarize(data: Data): string {
  return Object.entries(data)
    .map(([key, value]) => [key, plain(value)] as const)
    .filter(([, value]) => value !== '')
    .slice(0, DETAIL_LIMIT)
    .map(([key, value]) => `${key} ${value}`)
    .join(' · ');
}

function plain(value: unknown): string {
  if (Array.isArray(value)) return value.length > 0 ? `[${value.length}]` : '';
  const text = ['string', 'number', 'boolean'].includes(typeof value) ? String(value) : '';
  return text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE - 1)}…` : text;
}

/** How many samples a heatmap's list holds: `x,y;x,y`. */
const samplesOf = (list: unknown): number => (textOf(list) ? textOf(list).split(';').length : 0);

/** How long parts of a page were to be seen, in all: `top,seconds;top,seconds`. */
const secondsOf = (list: unknown): number =>
  textOf(list)
    .split(';')
    .reduce((sum, sample) => sum + (Number(sample.split(',')[1]) || 0), 0);

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
const numberOf = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined);
const isObject = (value: unknown): value is Data => typeof value === 'object' && value !== null;

type Part = string | number | false | undefined;
const phrase = (...parts: Part[]): string => parts.filter(Boolean).join(' ');
const joined = (...parts: Part[]): string => parts.filter(Boolean).join(' · ');

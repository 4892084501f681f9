import type { ConsentApi, ConsentMode, ConsentReceipt, PurposeConfig } from '../consent/consent.ts';
import { systemClock } from '../platform/clock.ts';
import { listDatabases } from '../platform/databases.ts';
import { listCookies } from '../platform/listCookies.ts';
import { listStored } from '../platform/listStored.ts';
import { readConsent } from '../protocol/consent.ts';
import { byTime, type MyDataEvent, readQueue } from './readQueue.ts';
import { running } from './running.ts';
import type { MyDataTexts } from './texts.ts';
import { fill, parse, timeOf, toBag, toIso, toWords } from './words.ts';

/** What a visitor sees, and takes along as a file. Times are in ISO 8601. */
export interface MyData {
  /** Version of this form. */
  v: 1;
  /** Host of the page. */
  site: string;
  url: string;
  createdAt: string;
  /** As `consent.receipt()` gives it; `null` without `createConsent()`. */
  choice: ConsentReceipt | null;
  stored: MyDataItem[];
  /** Events that are stored until they are sent, oldest first. */
  waiting: MyDataEvent[];
  /** How many events wait in the memory of this page, beside them. */
  inMemory: number;
  /** Where this page's events go. */
  endpoints: string[];
  /** What events may do now, as in `Consent`; `undefined` where nobody on this page says it. */
  mode?: ConsentMode;
  /** Storage that the browser keeps from the page. */
  blocked: MyDataItem['kind'][];
}

/** Something of ours that lies on the device. */
export interface MyDataItem {
  kind: 'cookie' | 'storage' | 'database';
  name: string;
  what: 'choice' | 'session' | 'objection' | 'touch' | 'once' | 'queue' | 'other' | 'tag';
  /** What it is, and what it is for, in words. */
  title: string;
  purpose: string;
  since?: string;
  /** Until when, in words; and as a time, where there is one. */
  until: string;
  endsAt?: string;
  /** As it is stored; of a queue what is not among `waiting`. `undefined` where it cannot be read. */
  content: unknown;
}

/** As `durableOutbox()` names its databases, by endpoint and site. */
export const databaseOf = (key: string): string => `beaconry ${key}`;
/** Under which name everything of a site lies in localStorage. */
export const placeOf = (key: string): string => `beaconry.${key.split(' ').slice(1).join(' ')}`;

const DAY_MS = 24 * 60 * 60_000;
/** As `createConsent()` has it without options, and at most. */
const COOKIE = 'user_tracking_consent';
const COOKIE_DAYS = 365;
const MAX_COOKIE_DAYS = 395;
/** As `createSession()` has it. */
const VISITOR_DAYS = 365;

/** The more may happen, the sooner. */
const MODES: ConsentMode[] = ['granted', 'cookieless', 'memory', 'none'];

const isNamed = (name: string, pattern: string) =>
  pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern;

/** A purpose as the visitor knows it. */
export function titleOf({ name, title }: PurposeConfig, consent: ConsentApi, texts: MyDataTexts): string {
  const words: Partial<Record<string, string>> = { ...texts, ...consent.options.texts };
  return title ?? ((/^(functional|analytics|marketing)$/.test(name) && words[name]) || name);
}

/** Reads everything of ours that there is on the device, and writes nothing. */
export async function look(consent: ConsentApi | undefined, texts: MyDataTexts, language: string): Promise<MyData> {
  const live = running();
  const stored: MyDataItem[] = [];
  const waiting: MyDataEvent[] = [];
  const add = (
    kind: MyDataItem['kind'],
    name: string,
    what: MyDataItem['what'],
    content: unknown,
    {
      since,
      end,
      until = texts.untilWithdrawal,
      purpose = '',
    }: { since?: unknown; end?: number; until?: string; purpose?: string },
  ) => {
    const endsAt = toIso(end);
    stored.push({
      kind,
      name,
      what,
      title: texts[what],
      purpose: fill(texts[`${what}For`], { purpose }),
      since: toIso(since),
      until: fill(until, { date: endsAt && toWords(endsAt, language) }),
      endsAt,
      content,
    });
  };

  const cookies = listCookies();
  const { cookieName = COOKIE, cookieExpiry = COOKIE_DAYS, purposes = [] } = consent?.options ?? {};
  for (const [name, value] of cookies ?? []) {
    if (name === cookieName) {
      const record = readConsent(value);
      const since = record?.updatedAt;
      const end = since && since + Math.min(cookieExpiry, MAX_COOKIE_DAYS) * DAY_MS;
      add('cookie', name, 'choice', { value, ...record }, { since, end, until: texts.choiceUntil });
    }
    const purpose = purposes.find(({ cookies = [] }) => [cookies].flat().some((pattern) => isNamed(name, pattern)));
    if (consent && purpose)
      add('cookie', name, 'tag', value, { until: texts.tagUntil, purpose: titleOf(purpose, consent, texts) });
  }

  const local = listStored();
  for (const [key, text] of local ?? []) {
    const [place = '', name] = key.split(':');
    if (!place.startsWith('beaconry.')) continue;
    const content = parse(text);
    const { startedAt, visitor, first } = toBag(content);
    if (name === 'out') add('storage', key, 'objection', content, { until: texts.objectionUntil });
    else if (name === 'touch') add('storage', key, name, content, { since: toBag(first).at });
    else if (name) add('storage', key, name === 'once' ? name : 'other', content, {});
    else {
      const madeAt = visitor ? timeOf(visitor) : undefined;
      const end = madeAt && madeAt + VISITOR_DAYS * DAY_MS;
      add('storage', key, 'session', content, {
        since: madeAt ?? startedAt,
        end,
        until: madeAt ? texts.visitorUntil : texts.sessionUntil,
      });
    }
  }

  const databases = await listDatabases(live.map(({ key }) => databaseOf(key)));
  for (const name of databases?.filter((name) => name.startsWith(databaseOf(''))) ?? []) {
    const queue = await readQueue(name);
    if (queue === null) continue;
    const { events = [], notes } = queue ?? {};
    waiting.push(...events);
    const content = queue && { events: events.length, ...notes };
    add('database', name, 'queue', content, { since: Date.parse(`${events[0]?.at}`), until: texts.queueUntil });
  }

  let inMemory = 0;
  const modes: (ConsentMode | undefined)[] = purposes.map(({ name }) => consent?.mode(name));
  for (const { key, tracker, consent: mode } of live) {
    const { durable, pending } = tracker.stats();
    if (!durable) inMemory += pending;
    const objection = `${placeOf(key)}:out`;
    modes.push(stored.some(({ name }) => name === objection) ? 'none' : mode);
  }
  return {
    v: 1,
    site: location.host,
    url: location.origin + location.pathname,
    createdAt: toIso(systemClock.now()) as string,
    choice: consent?.receipt() ?? null,
    stored,
    waiting: waiting.sort(byTime),
    inMemory,
    endpoints: [...new Set(live.map(({ key }) => key.split(' ')[0] as string))],
    mode: MODES.find((mode) => modes.includes(mode)),
    blocked: [!cookies && 'cookie', !local && 'storage', !databases && 'database'].filter(
      Boolean,
    ) as MyDataItem['kind'][],
  };
}

import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createConsent } from '../../src/consent/createConsent.ts';
import { look, type MyDataItem } from '../../src/myData/look.ts';
import { english } from '../../src/myData/texts.ts';
import { openStore, transact } from '../../src/outbox/openStore.ts';
import { createIds } from '../../src/platform/createIds.ts';
import { readDatabase } from '../../src/platform/databases.ts';
import { type CookieJar, openCookieJar } from '../fakes/cookieJar.ts';
import { type FakePage, openPage } from '../fakes/fakePage.ts';

const NOON = Date.UTC(2025, 5, 10, 12);
const DATABASE = 'beaconry https://shop.example/e shop';

let page: FakePage;
let jar: CookieJar;
beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
  page = openPage();
  jar = openCookieJar();
});
afterEach(async () => {
  jar.close();
  await page.close();
});

const see = (consent?: ReturnType<typeof createConsent>) => look(consent, english, 'en');
const names = async () => (await indexedDB.databases()).map(({ name }) => name);
/** Puts records into the store of a durable outbox. */
const fill = async (records: Record<string, unknown>, name = DATABASE) => {
  const database = await openStore(name);
  await transact(database, 'relaxed', async (store) => {
    for (const [key, record] of Object.entries(records)) store.put(record, key);
  });
  database.close();
};
const sealed = (id: string, at: number, event: object, rest = {}) => ({
  id,
  at,
  text: JSON.stringify({ id, at, name: 'click', page: 'p1', ...event }),
  bytes: 9,
  head: '"consent":"granted","context":{"language":"en"}',
  page: '"p1":{"url":"https://shop.example/a","title":"A","referrer":""}',
  ...rest,
});

describe('a device without anything of ours', () => {
  test('is said to be empty, and stays so', async () => {
    localStorage.setItem('theirs', '1');
    jar.set('theirs=1;Path=/');
    const data = await see(createConsent({ banner: false }));
    expect(data).toMatchObject({ v: 1, site: 'shop.example', stored: [], waiting: [], inMemory: 0, blocked: [] });
    expect(data.mode).toBe('memory');
    expect([await names(), Object.keys(localStorage), jar.written]).toEqual([[], ['theirs'], []]);
  });

  test('gets no database by a look for one that has just gone', async () => {
    expect(await readDatabase(DATABASE)).toBe(null);
    expect(await names()).toEqual([]);
  });

  test('gets none where the browser does not list them, and a tracker may have one', async () => {
    const { databases } = indexedDB;
    Object.assign(indexedDB, { databases: undefined });
    page.track({ endpoint: '/e', consent: 'granted' });
    expect((await see()).stored).toEqual([]);
    Object.assign(indexedDB, { databases });
    expect(await names()).toEqual([]);
  });
});

describe('what is stored', () => {
  const one = async (key: string, value: unknown): Promise<MyDataItem | undefined> => {
    localStorage.setItem(key, JSON.stringify(value));
    return (await see()).stored[0];
  };

  test('a session is known since it began, and counts for one visit', async () => {
    const item = await one('beaconry.shop', { id: 'a', startedAt: NOON, lastAt: NOON });
    expect(item).toMatchObject({
      kind: 'storage',
      name: 'beaconry.shop',
      what: 'session',
      until: english.sessionUntil,
    });
    expect(item).toMatchObject({ title: english.session, purpose: english.sessionFor, content: { id: 'a' } });
    expect(item?.since).toBe('2025-06-10T12:00:00.000Z');
  });

  test('a visitor is known since their id was made, and for a year', async () => {
    const visitor = createIds({ now: () => NOON, elapsed: () => 0, after: () => () => {} })();
    const item = await one('beaconry.shop', { id: 'a', visitor, startedAt: NOON + 9e9, lastAt: NOON + 9e9 });
    expect([item?.since, item?.endsAt]).toEqual(['2025-06-10T12:00:00.000Z', '2026-06-10T12:00:00.000Z']);
    expect(item?.until).toMatch(/^Jun 10, 2026/);
  });

  test.each([
    ['beaconry.shop:touch', { first: { at: NOON }, last: { at: NOON } }, 'touch', '2025-06-10T12:00:00.000Z'],
    ['beaconry.shop:once', { session: 'a', seen: [] }, 'once', undefined],
    ['beaconry.shop:out', true, 'objection', undefined],
    ['beaconry.shop:basket', { size: 2 }, 'other', undefined],
  ])('%s says what it is', async (key, value, what, since) => {
    expect(await one(key, value)).toMatchObject({ what, content: value, since });
  });

  test('what is damaged is shown as it is', async () => {
    localStorage.setItem('beaconry.shop', '{"startedAt":');
    localStorage.setItem('beaconry.shop:touch', 'null');
    expect((await see()).stored.map(({ content }) => content).sort()).toEqual([null, '{"startedAt":'].sort());
  });

  test('the choice is a cookie, whose content is there with what it means', async () => {
    const consent = createConsent({ purposes: ['analytics', 'marketing'], banner: false, cookieExpiry: 10 });
    consent.update({ analytics: true, marketing: false }, { source: 'banner' });
    const { stored, choice, mode } = await see(consent);
    expect(stored).toHaveLength(1);
    expect(stored[0]).toMatchObject({
      kind: 'cookie',
      what: 'choice',
      since: '2025-06-10T12:00:00.000Z',
      endsAt: '2025-06-20T12:00:00.000Z',
      content: {
        value: expect.stringContaining('analytics~1'),
        purposes: { analytics: 'granted', marketing: 'denied' },
      },
    });
    expect(choice?.state).toEqual({ analytics: 'granted', marketing: 'denied' });
    expect(mode).toBe('granted');
  });

  test('cookies of other tools are found by the names that their purpose lists', async () => {
    for (const cookie of ['_ga=1', '_ga_X=2', '_fbp=a=b', '_fbp2=4', 'ga=5']) jar.set(`${cookie};Path=/`);
    const consent = createConsent({
      purposes: ['analytics', { name: 'marketing', title: 'Werbung', cookies: ['_ga*', '_fbp'] }],
      banner: false,
    });
    const { stored } = await see(consent);
    expect(stored.map(({ name, content }) => [name, content])).toEqual([
      ['_ga', '1'],
      ['_ga_X', '2'],
      ['_fbp', 'a=b'],
    ]);
    expect(stored[0]).toMatchObject({ what: 'tag', purpose: fillPurpose('Werbung') });
  });
  const fillPurpose = (title: string) => english.tagFor.replace('{purpose}', title);

  test('where the browser refuses, that is said', async () => {
    jar.isBlocked = true;
    vi.stubGlobal('localStorage', undefined);
    vi.stubGlobal('indexedDB', undefined);
    expect(await see(createConsent({ banner: false }))).toMatchObject({
      stored: [],
      blocked: ['cookie', 'storage', 'database'],
    });
  });
});

describe('what waits', () => {
  test('events are put together from their parts, alone and in batches, oldest first', async () => {
    await fill({
      'e1/2/tab/9': sealed('2', NOON + 2, { data: { size: 4 } }),
      'b1/9/tab/9/2': {
        id: '9',
        events: [sealed('1', NOON + 1, {}), sealed('0', NOON, { page: { id: 'p2', url: 'https://shop.example/b' } })],
      },
      m: { silentSince: NOON },
      l: { self: 'a', until: NOON },
    });
    const { waiting, stored } = await see();
    const A = { id: 'p1', url: 'https://shop.example/a', title: 'A', referrer: '' };
    expect(waiting.map(({ id, page }) => [id, page])).toEqual([
      ['0', { id: 'p2', url: 'https://shop.example/b' }],
      ['1', A],
      ['2', A],
    ]);
    expect(waiting[2]).toEqual({
      id: '2',
      at: '2025-06-10T12:00:00.002Z',
      name: 'click',
      page: A,
      data: { size: 4 },
      consent: 'granted',
      context: { language: 'en' },
      endpoint: 'https://shop.example/e',
      site: 'shop',
    });
    expect(stored[0]).toMatchObject({
      kind: 'database',
      name: DATABASE,
      what: 'queue',
      since: '2025-06-10T12:00:00.000Z',
      content: { events: 3, m: { silentSince: NOON }, l: { self: 'a', until: NOON } },
    });
  });

  test('events of several sites are in one order', async () => {
    await fill({ 'e1/1/tab/9': sealed('1', NOON + 1, {}), 'e1/3/tab/9': sealed('3', NOON + 3, {}) });
    await fill({ 'e1/2/tab/9': sealed('2', NOON + 2, {}) }, 'beaconry https://shop.example/e the blog');
    expect((await see()).waiting.map(({ id, site }) => [id, site])).toEqual([
      ['1', 'shop'],
      ['2', 'the blog'],
      ['3', 'shop'],
    ]);
  });

  test('records that nobody can send are shown as far as they can be', async () => {
    await fill({
      'e1/1/tab/9': sealed('1', NOON, {}, { text: '{"na', page: '', head: '' }),
      'e1/2/tab/9': null,
      'x9/3': { text: 7 },
    });
    const { waiting, stored } = await see();
    expect(waiting).toMatchObject([{ id: '1', name: '{"na', page: {} }]);
    expect(stored[0]?.content).toEqual({ events: 1, 'e1/2/tab/9': null, 'x9/3': { text: 7 } });
  });

  test('what has begun to wait in memory is counted', async () => {
    const consent = createConsent({ banner: false });
    const tracker = page.track({ consent });
    tracker.track('a');
    tracker.track('b');
    expect(await see(consent)).toMatchObject({ inMemory: 2, waiting: [], endpoints: ['https://shop.example/e'] });
  });
});

describe('what may leave', () => {
  test('is what the owner said, until the visitor objects', async () => {
    expect((await see()).mode).toBeUndefined();
    const tracker = page.track({ consent: 'cookieless' });
    expect((await see()).mode).toBe('cookieless');
    page.track({ consent: 'granted', site: 'blog' });
    expect((await see()).mode).toBe('granted');
    localStorage.setItem('beaconry.blog:out', 'true');
    expect((await see()).mode).toBe('cookieless');
    tracker.optOut();
    expect((await see()).mode).toBe('none');
  });
});

import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type ConsentRecord, formatConsent, readConsent } from '../../src/protocol/consent.ts';
import type { Collector } from '../src/collector.ts';
import { openDuckdbStore } from '../src/store/duckdbStore.ts';
import { get, makeBatch, makeCollector, makeEvent, NOW, post, storedIds, temporaryFolder } from './fakes.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

function makeRecord(more: Partial<ConsentRecord> = {}): ConsentRecord {
  return {
    v: 1,
    revision: 3,
    updatedAt: NOW - 1000,
    source: 'banner',
    purposes: { analytics: 'granted', marketing: 'denied' },
    id: 'visitor-1',
    ...more,
  };
}

const granted = { analytics: 'granted', marketing: 'granted' } as const;
const denied = { analytics: 'denied', marketing: 'denied' } as const;

/** Posts a record as `createConsent({ recordUrl })` does. */
const record = (collector: Collector, body: unknown, headers: Record<string, string> = {}, site = 'shop') =>
  post(collector, body, { path: `/v1/consent?site=${site}`, headers });

const SAME_ORIGIN = { Origin: 'https://shop.example', 'Sec-Fetch-Site': 'same-origin' };
const cookieOf = async (answer: Promise<Response>) => (await answer).headers.get('set-cookie');

/** Asks as the owner does. Typed loosely: each test looks at what it asked for. */
// biome-ignore lint/suspicious/noExplicitAny: answers of several reports
const ask = async (collector: Collector, path: string): Promise<any> =>
  (await get(collector, `/v1/query/${path}`)).json();

interface Proof {
  rows: { site: string; receivedAt: number; record: ConsentRecord }[];
}
const proofOf = async (collector: Collector, id: string) => (await ask(collector, `consent/records?id=${id}`)) as Proof;

describe('a consent record', () => {
  test('is kept as it was sent, and found by its id', async () => {
    const { collector } = await makeCollector();
    const sent = makeRecord({ locale: 'de-CH', textHash: 'a1'.repeat(32) });
    const answer = await record(collector, sent);
    expect(answer.status).toBe(204);
    expect(await answer.text()).toBe('');
    await record(collector, makeRecord({ id: 'visitor-2' }));
    expect(await proofOf(collector, 'visitor-1')).toEqual({ rows: [{ site: 'shop', receivedAt: NOW, record: sent }] });
    expect(await proofOf(collector, 'nobody-at-all')).toEqual({ rows: [] });
  });

  test('may name its site in the body, and may be JSON', async () => {
    const { collector } = await makeCollector();
    const body = { ...makeRecord(), site: 'blog' };
    expect((await post(collector, body, { path: '/v1/consent', type: 'application/json' })).status).toBe(204);
    expect((await proofOf(collector, 'visitor-1')).rows[0]?.site).toBe('blog');
  });

  test('that comes again is kept once; each choice of its own is kept', async () => {
    const { collector } = await makeCollector();
    const choices = [
      makeRecord({ purposes: granted, updatedAt: NOW }),
      makeRecord({ purposes: denied, updatedAt: NOW }),
      makeRecord({ purposes: denied, updatedAt: NOW + 1 }),
    ];
    await Promise.all([...choices, ...choices].map((body) => record(collector, body)));
    for (const body of choices) await record(collector, body);
    await record(collector, choices[0], {}, 'blog');
    const { rows } = await proofOf(collector, 'visitor-1');
    expect(rows.filter(({ site }) => site === 'shop')).toHaveLength(choices.length);
    expect(rows.filter(({ site }) => site === 'blog')).toHaveLength(1);
  });

  test('is known after a restart', async () => {
    const file = join(await temporaryFolder(), 'data.duckdb');
    for (let run = 0; run < 2; run += 1) {
      const { collector } = await makeCollector({ store: await openDuckdbStore(file) });
      expect((await record(collector, makeRecord())).status).toBe(204);
      expect((await proofOf(collector, 'visitor-1')).rows).toHaveLength(1);
      await collector.close();
    }
  });

  test('is stored before it is answered, else the sender is asked to come again', async () => {
    const { collector, store } = await makeCollector();
    await store.close();
    const answer = await record(collector, makeRecord());
    expect(answer.status).toBe(503);
    expect(answer.headers.get('retry-after')).toMatch(/^\d+$/);
  });

  test('may come from any site, and never with a cookie for it', async () => {
    const { collector } = await makeCollector();
    const answer = await record(collector, makeRecord(), {
      Origin: 'https://a.example',
      'Sec-Fetch-Site': 'cross-site',
    });
    expect(answer.headers.get('access-control-allow-origin')).toBe('*');
    expect(answer.headers.get('access-control-allow-credentials')).toBeNull();
    expect(answer.headers.get('set-cookie')).toBeNull();
  });

  test('stands beside the events and is none', async () => {
    const { collector, store } = await makeCollector();
    await Promise.all([record(collector, makeRecord()), post(collector, makeBatch('b1', [makeEvent('e1')]))]);
    expect(await storedIds(store)).toEqual(['e1']);
  });

  test('with __proto__ for a purpose harms nothing', async () => {
    const { collector } = await makeCollector();
    const text = JSON.stringify(makeRecord()).replace('"analytics"', '"__proto__"');
    expect((await record(collector, text)).status).toBe(204);
    const answer = await ask(collector, `consent?to=${NOW + 1}`);
    expect(answer.purposes.map(({ purpose }: { purpose: string }) => purpose)).toEqual(['__proto__', 'marketing']);
    expect({}).not.toHaveProperty('visitors');
  });
});

describe('a bad consent record gets a reason that names the field', () => {
  test.each<[string, unknown, string]>([
    ['that is empty', '', 'body'],
    ['that is no JSON', 'yes', 'body'],
    ['that is a list', '[]', 'body'],
    ['of an unknown version', { ...makeRecord(), v: 2 }, 'v'],
    ['without an id', { ...makeRecord(), id: undefined }, 'id'],
    ['with an id that anybody could guess', makeRecord({ id: '0' }), 'id'],
    ['with an id that no cookie can hold', makeRecord({ id: 'a;b=c; Domain=x' }), 'id'],
    ['without a revision', { ...makeRecord(), revision: undefined }, 'revision'],
    ['with half a revision', makeRecord({ revision: 1.5 }), 'revision'],
    ['without a time', { ...makeRecord(), updatedAt: 'now' }, 'updatedAt'],
    ['with a negative time', makeRecord({ updatedAt: -1 }), 'updatedAt'],
    ['of an unknown source', { ...makeRecord(), source: 'guess' }, 'source'],
    ['without purposes', makeRecord({ purposes: {} }), 'purposes'],
    ['with a list of purposes', { ...makeRecord(), purposes: ['analytics'] }, 'purposes'],
    ['with a purpose that is neither', { ...makeRecord(), purposes: { analytics: true } }, 'purposes'],
    ['with a purpose that is no name', makeRecord({ purposes: { 'a.b': 'granted' } }), 'purposes'],
    ['with purposes without end', makeRecord({ purposes: manyPurposes() }), 'purposes'],
    ['with a strange locale', makeRecord({ locale: 'de<b>' }), 'locale'],
    ['with a hash that is none', makeRecord({ textHash: 'abc' }), 'textHash'],
    ['of two sites', { ...makeRecord(), site: 'blog' }, 'site'],
  ])('%s', async (_, body, field) => {
    const { collector, store } = await makeCollector();
    const answer = await record(collector, body);
    expect(answer.status).toBe(400);
    expect(await answer.json()).toEqual({ error: { field, reason: expect.stringMatching(/\w/) } });
    expect(await store.query('SELECT * FROM consent_records')).toEqual([]);
  });

  test('without a site, with the remedy', async () => {
    const { collector } = await makeCollector();
    const answer = await post(collector, makeRecord(), { path: '/v1/consent' });
    expect(answer.status).toBe(400);
    const { error } = (await answer.json()) as { error: { field: string; reason: string } };
    expect(error.field).toBe('site');
    expect(error.reason).toContain('?site=');
  });

  test('of a site that is not ours', async () => {
    const { collector } = await makeCollector({ sites: ['blog'] });
    expect((await record(collector, makeRecord())).status).toBe(403);
  });

  test('of another kind or method', async () => {
    const { collector } = await makeCollector();
    const asForm = { path: '/v1/consent?site=shop', type: 'text/html' };
    expect((await post(collector, new TextEncoder().encode('{}'), asForm)).status).toBe(415);
    expect((await post(collector, 'x'.repeat(400_000), { path: '/v1/consent?site=shop' })).status).toBe(413);
    expect((await get(collector, '/v1/consent')).status).toBe(405);
  });

  function manyPurposes(): ConsentRecord['purposes'] {
    return Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`p${index}`, 'denied']));
  }
});

describe('the cookie of the answer', () => {
  test('is what the page wrote, for a year, where the collector has the page\u2019s origin', async () => {
    const { collector } = await makeCollector();
    const sent = makeRecord();
    const cookie = String(await cookieOf(record(collector, sent, SAME_ORIGIN)));
    expect(cookie).toBe(`user_tracking_consent=${formatConsent(sent)}; Path=/; Max-Age=31536000; SameSite=Lax; Secure`);
    const value = /=([^;]*)/.exec(cookie)?.[1] ?? '';
    expect(readConsent(value)).toMatchObject({ id: 'visitor-1', purposes: sent.purposes });
  });

  test('is not Secure where the page is not', async () => {
    const { collector } = await makeCollector();
    const headers = { Origin: 'http://localhost:80', Host: 'localhost:80', 'Sec-Fetch-Site': 'same-origin' };
    expect(await cookieOf(record(collector, makeRecord(), headers))).not.toContain('Secure');
  });

  test('is known by the hosts where the browser does not say', async () => {
    const { collector } = await makeCollector();
    const send = (headers: Record<string, string>) => cookieOf(record(collector, makeRecord(), headers));
    expect(await send({ Origin: 'http://shop.example', Host: 'shop.example' })).toContain('user_tracking_consent=');
    expect(await send({ Origin: 'http://shop.example:8080', Host: 'shop.example' })).toBeNull();
    expect(await send({ Origin: 'null', Host: 'shop.example' })).toBeNull();
    expect(await send({ Host: 'shop.example' })).toBeNull();
  });

  test('has the name and the life that the owner says, or is not there', async () => {
    const named = await makeCollector({ consentCookie: { name: 'choice', days: 90 } });
    const cookie = await cookieOf(record(named.collector, makeRecord(), SAME_ORIGIN));
    expect(cookie).toContain('choice=1.3.');
    expect(cookie).toContain(`Max-Age=${90 * 24 * 60 * 60};`);
    const none = await makeCollector({ consentCookie: false });
    expect(await cookieOf(record(none.collector, makeRecord(), SAME_ORIGIN))).toBeNull();
  });

  test('goes to every host of the owner\u2019s domain, and to no other', async () => {
    const { collector } = await makeCollector({ consentCookie: { domain: 'shop.example' } });
    const send = (origin: string) => record(collector, makeRecord(), { Origin: origin, 'Sec-Fetch-Site': 'same-site' });
    const answer = await send('https://www.shop.example');
    expect(answer.headers.get('set-cookie')).toContain('; Domain=shop.example; Secure');
    expect(answer.headers.get('access-control-allow-origin')).toBe('https://www.shop.example');
    expect(answer.headers.get('access-control-allow-credentials')).toBe('true');
    expect(answer.headers.get('vary')).toContain('Origin');
    for (const origin of ['https://notshop.example', 'https://shop.example.evil.test']) {
      const other = await send(origin);
      expect(other.headers.get('set-cookie')).toBeNull();
      expect(other.headers.get('access-control-allow-origin')).toBe('*');
      expect(other.headers.get('access-control-allow-credentials')).toBeNull();
    }
    const batch = await post(collector, makeBatch('b', []), { headers: { Origin: 'https://www.shop.example' } });
    expect(batch.headers.get('access-control-allow-origin')).toBe('*');
  });

  test('never brings an earlier choice back', async () => {
    const { collector } = await makeCollector();
    const grant = makeRecord({ purposes: granted, updatedAt: NOW - 2000 });
    const refusal = makeRecord({ purposes: denied, updatedAt: NOW - 1000 });
    expect(await cookieOf(record(collector, refusal, SAME_ORIGIN))).toContain('analytics~0');
    // Held up, or tried again.
    expect(await cookieOf(record(collector, grant, SAME_ORIGIN))).toBeNull();
    expect(await cookieOf(record(collector, refusal, SAME_ORIGIN))).toContain('analytics~0');
  });

  test('is not set for the browser\u2019s signal alone', async () => {
    const { collector } = await makeCollector();
    const signal = makeRecord({ source: 'gpc', purposes: denied });
    const answer = await record(collector, signal, SAME_ORIGIN);
    expect(answer.status).toBe(204);
    expect(answer.headers.get('set-cookie')).toBeNull();
  });

  test('is refused by name where the owner wrote it wrong', async () => {
    await expect(makeCollector({ consentCookie: { name: 'a b' } })).rejects.toThrow('consentCookie name');
    await expect(makeCollector({ consentCookie: { days: 1000 } })).rejects.toThrow('consentCookie days');
    await expect(makeCollector({ consentCookie: { domain: 'a.example/x' } })).rejects.toThrow('consentCookie domain');
  });
});

describe('the consent report', () => {
  const midnight = NOW - 12 * HOUR_MS;

  test('counts each visitor once, with the latest choice, by day', async () => {
    let time = midnight - 2 * HOUR_MS;
    const { collector } = await makeCollector({ now: () => time });
    const choose = (id: string, purposes: ConsentRecord['purposes'], more: Partial<ConsentRecord> = {}) =>
      record(collector, makeRecord({ id, purposes, updatedAt: time, ...more }));
    await choose('visitor-1', granted);
    await choose('visitor-2', denied);
    time = NOW - HOUR_MS;
    await choose('visitor-1', denied, { source: 'preferences' });
    await choose('visitor-3', { analytics: 'granted', marketing: 'denied', necessary: 'granted' });
    await choose('visitor-4', { ...granted, necessary: 'granted' });
    await record(collector, makeRecord({ id: 'visitor-9', updatedAt: time }), {}, 'blog');

    const span = `from=${midnight - DAY_MS}&to=${NOW}`;
    const answer = await ask(collector, `consent?site=shop&${span}`);
    const purpose = (name: string, yes: number, no: number) => ({
      purpose: name,
      granted: yes,
      denied: no,
      grantRate: yes / (yes + no),
    });
    const { points, ...total } = answer;
    expect(total).toEqual({
      site: 'shop',
      from: midnight - DAY_MS,
      to: NOW,
      interval: 'day',
      choices: 5,
      visitors: 4,
      granted: 1,
      denied: 2,
      partial: 1,
      rates: { granted: 0.25, denied: 0.5, partial: 0.25 },
      purposes: [purpose('analytics', 2, 2), purpose('marketing', 1, 3)],
      sources: [
        { source: 'banner', visitors: 3, granted: 1, denied: 1, partial: 1 },
        { source: 'preferences', visitors: 1, granted: 0, denied: 1, partial: 0 },
      ],
      erasures: 0,
    });
    expect(points).toMatchObject([
      { at: midnight - DAY_MS, visitors: 2, granted: 1, denied: 1, partial: 0 },
      {
        at: midnight,
        visitors: 3,
        granted: 1,
        denied: 1,
        partial: 1,
        purposes: [purpose('analytics', 2, 1), purpose('marketing', 1, 2)],
      },
    ]);
    expect(points).toHaveLength(2);
  });

  test('is a row of zeros where nobody chose', async () => {
    const { collector } = await makeCollector();
    const answer = await ask(collector, `consent?site=shop&interval=hour&to=${NOW}`);
    expect(answer).toMatchObject({
      visitors: 0,
      rates: { granted: 0, denied: 0, partial: 0 },
      purposes: [],
      sources: [],
    });
    expect(answer.points).toHaveLength(24);
  });

  test('makes its site known before there is an event', async () => {
    const { collector } = await makeCollector();
    await record(collector, makeRecord());
    const answer = await ask(collector, 'sites');
    expect(answer).toEqual({ rows: [{ site: 'shop', events: 0, choices: 1, lastAt: NOW }] });
  });
});

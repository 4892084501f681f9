import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import type { WireEvent } from '../../src/protocol/event.ts';
import { makeBatch, makeCollector, makeEvent, NOW, post, storedIds } from './fakes.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
/** Sends what no type would let through. */
const wrong = (value: unknown) => value as WireEvent;

describe('a batch', () => {
  test('is stored before it is answered', async () => {
    const { collector, store } = await makeCollector();
    const response = await post(collector, makeBatch('b1', [makeEvent('e1'), makeEvent('e2', { seq: 2 })]));
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ accepted: 2, rejected: [] });
    expect(await storedIds(store)).toEqual(['e1', 'e2']);
  });

  test('fills the columns that the reports ask for', async () => {
    const { collector, store } = await makeCollector();
    const url = 'https://shop.example/tea?utm_source=news&utm_medium=mail&utm_campaign=june#/green';
    const page = { id: 'p9', url, title: 'Green', referrer: 'https://search.example/?q=tea' };
    const data = { value: 9.5, x: 12.4, y: 99_999, nested: { deep: true } };
    const event = makeEvent('e1', { name: 'page_view', at: NOW - 5000, page, visitor: 'v1', user: 'u1', data });
    await post(collector, makeBatch('b1', [event], { sentAt: NOW - 60_000 }));

    const [row] = await store.query('SELECT * FROM events');
    expect(row).toMatchObject({
      event_id: 'e1',
      batch_id: 'b1',
      site: 'shop',
      type: 'page',
      name: 'page_view',
      visitor_id: 'v1',
      session_id: 's1',
      user_id: 'u1',
      tab: 't1',
      seq: 1,
      page_id: 'p9',
      url,
      path: '/tea#/green',
      title: 'Green',
      referrer: 'https://search.example/?q=tea',
      ref_domain: 'search.example',
      utm_source: 'news',
      utm_medium: 'mail',
      utm_campaign: 'june',
      utm_term: '',
      device: 'mobile',
      lang: 'de',
      value: 9.5,
      x: 12,
      y: null,
      consent: 'granted',
      ts: NOW - 5000,
      corrected_at: NOW + 55_000,
      received_at: NOW,
    });
    expect(JSON.parse(String(row?.props))).toEqual(data);
  });

  test.each(['text/plain', 'TEXT/PLAIN; charset=utf-8', 'application/json'])('may come as %s', async (type) => {
    const { collector } = await makeCollector();
    expect((await post(collector, makeBatch('b1', [makeEvent('e1')]), { type })).status).toBe(200);
  });

  test('may be gzipped, whatever its headers say', async () => {
    const { collector, store } = await makeCollector();
    const response = await post(collector, gzipSync(JSON.stringify(makeBatch('b1', [makeEvent('e1')]))));
    expect(response.status).toBe(200);
    expect(await storedIds(store)).toEqual(['e1']);
  });

  test('may carry fields that nobody knows', async () => {
    const { collector } = await makeCollector();
    const event = { ...makeEvent('e1'), future: true };
    const response = await post(collector, { ...makeBatch('b1', [event]), future: { a: 1 } });
    expect(await response.json()).toEqual({ accepted: 1, rejected: [] });
  });

  test('with __proto__ for a key harms nothing and keeps the key', async () => {
    const { collector, store } = await makeCollector();
    const text = JSON.stringify(makeBatch('b1', [makeEvent('e1', { data: { p: 1 }, page: '__proto__' })]))
      .replace('"data":{', '"data":{"__proto__":{"polluted":1},')
      .replace('"pages":{', '"__proto__":{"polluted":1},"pages":{"__proto__":{"url":"https://a.example/x"},');
    expect(await (await post(collector, text)).json()).toEqual({ accepted: 1, rejected: [] });
    expect({}).not.toHaveProperty('polluted');
    const [row] = await store.query('SELECT props, path FROM events');
    expect(row).toEqual({ props: '{"__proto__":{"polluted":1},"p":1}', path: '/x' });
  });

  test('arrives at the path of the owner, and there alone', async () => {
    const { collector } = await makeCollector({ path: '/in/take' });
    const batch = makeBatch('b1', [makeEvent('e1')]);
    expect((await post(collector, batch, { path: '/in/take' })).status).toBe(200);
    expect((await post(collector, batch)).status).toBe(404);
  });
});

describe('a page of another site', () => {
  test('may send, and may read how long to wait', async () => {
    const { collector } = await makeCollector();
    for (const body of [makeBatch('b1', []), 'nonsense']) {
      const { headers } = await post(collector, body);
      expect(headers.get('access-control-allow-origin')).toBe('*');
      expect(headers.get('access-control-expose-headers')).toBe('Retry-After');
    }
  });

  test('may ask first, for headers of its own', async () => {
    const { collector } = await makeCollector();
    const headers = { Origin: 'https://a.example', 'Access-Control-Request-Headers': 'content-type, authorization' };
    const response = await collector.fetch(new Request('http://c.test/e', { method: 'OPTIONS', headers }));
    expect(response.status).toBe(204);
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
    expect(response.headers.get('access-control-allow-methods')).toContain('POST');
    expect(response.headers.get('access-control-allow-headers')).toBe('content-type, authorization');
  });

  test('may not read the reports', async () => {
    const { collector } = await makeCollector();
    const response = await collector.fetch(new Request('http://c.test/v1/query/summary'));
    expect(response.headers.get('access-control-allow-origin')).toBeNull();
  });
});

describe('bad input gets a reason that names the field', () => {
  const many = Array.from({ length: 501 }, (_, index) => makeEvent(`e${index}`));
  const batch = makeBatch('b1', [makeEvent('e1')]);
  test.each<[string, unknown, number, string]>([
    ['an empty body', '', 400, 'body'],
    ['what is not JSON', '{"v":1,', 400, 'body'],
    ['what is not UTF-8', new Uint8Array([0x7b, 0xff, 0xfe, 0x7d]), 400, 'body'],
    ['what is no object', '[1]', 400, 'body'],
    ['no version', '{}', 400, 'v'],
    ['an unknown version', { ...batch, v: 2 }, 400, 'v'],
    ['no batch id', { ...batch, id: undefined }, 400, 'id'],
    ['an endless batch id', { ...batch, id: 'x'.repeat(129) }, 400, 'id'],
    ['no site', { ...batch, site: undefined }, 400, 'site'],
    ['an empty site', { ...batch, site: '' }, 400, 'site'],
    ['an endless site', { ...batch, site: 'x'.repeat(129) }, 400, 'site'],
    ['a time that is none', { ...batch, sentAt: 'now' }, 400, 'sentAt'],
    ['events that are no list', { ...batch, events: { 0: makeEvent('e1') } }, 400, 'events'],
    ['pages that are no object', { ...batch, pages: [] }, 400, 'pages'],
    ['counts that are none', { ...batch, counts: { accepted: -1 } }, 400, 'counts.accepted'],
    ['dropped counts that are none', { ...batch, counts: { dropped: { quota: 'x' } } }, 400, 'counts.dropped'],
    ['an endless language', { ...batch, context: { language: 'x'.repeat(300) } }, 400, 'context.language'],
    ['too many events', makeBatch('b1', many), 413, 'events'],
    ['a large body', 'x'.repeat(400_000), 413, 'body'],
    ['what only starts like gzip', new Uint8Array([0x1f, 0x8b, 1, 2, 3]), 400, 'body'],
    ['half a gzip', gzipSync(JSON.stringify(batch)).subarray(0, 60), 400, 'body'],
    ['a gzip bomb', gzipSync(Buffer.alloc(50 * 1024 * 1024, 'a')), 413, 'body'],
  ])('%s', async (_, body, status, field) => {
    const { collector, store } = await makeCollector();
    const response = await post(collector, body);
    expect(response.status).toBe(status);
    expect(await response.json()).toEqual({ error: { field, reason: expect.stringMatching(/\w/) } });
    expect(await storedIds(store)).toEqual([]);
  });

  test.each(['text/html', 'multipart/form-data', null])('content type %s', async (type) => {
    const { collector } = await makeCollector();
    const response = await post(collector, new TextEncoder().encode(JSON.stringify(batch)), { type });
    expect(response.status).toBe(415);
    expect(await response.json()).toMatchObject({ error: { field: 'content-type' } });
  });

  test('a site that is not ours', async () => {
    const { collector } = await makeCollector({ sites: ['blog', 'shop'] });
    expect((await post(collector, batch)).status).toBe(200);
    const response = await post(collector, { ...batch, site: 'other' });
    expect(response.status).toBe(403);
    expect(await response.json()).toMatchObject({ error: { field: 'site' } });
  });

  test('a body that never ends is left alone at the limit', async () => {
    const { collector } = await makeCollector();
    let sent = 0;
    const endless = new ReadableStream<Uint8Array>({
      pull: (stream) => {
        sent += 10_000;
        stream.enqueue(new Uint8Array(10_000).fill(97));
      },
    });
    expect((await post(collector, endless)).status).toBe(413);
    expect(sent).toBeLessThan(500_000);
  });

  test('another method', async () => {
    const { collector } = await makeCollector();
    const response = await collector.fetch(new Request('http://c.test/e'));
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toContain('POST');
  });

  test('another address', async () => {
    const { collector } = await makeCollector();
    const response = await collector.fetch(new Request('http://c.test/wp-login.php'));
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ error: { field: 'path' } });
  });
});

describe('a bad event is rejected by itself', () => {
  test.each<[string, unknown, string, string]>([
    ['that is none', 7, '1', 'event'],
    ['without an id', { ...makeEvent('x'), id: undefined }, '1', 'id'],
    ['with an endless id', makeEvent('x'.repeat(200)), '1', 'id'],
    ['without a name', { ...makeEvent('x'), name: undefined }, 'x', 'name'],
    ['with an empty name', makeEvent('x', { name: '' }), 'x', 'name'],
    ['with an endless name', makeEvent('x', { name: 'n'.repeat(201) }), 'x', 'name'],
    ['without a time', { ...makeEvent('x'), at: null }, 'x', 'at'],
    ['from before the last month', makeEvent('x', { at: NOW - 31 * DAY_MS }), 'x', 'at'],
    ['from after tomorrow', makeEvent('x', { at: NOW + 2 * DAY_MS }), 'x', 'at'],
    ['with half a sequence number', makeEvent('x', { seq: 1.5 }), 'x', 'seq'],
    ['without a session', { ...makeEvent('x'), session: undefined }, 'x', 'session'],
    ['with a visitor that is no text', { ...makeEvent('x'), visitor: 5 }, 'x', 'visitor'],
    ['of a page that is not there', makeEvent('x', { page: 'p2' }), 'x', 'page'],
    ['of a page that every object has', makeEvent('x', { page: 'constructor' }), 'x', 'page'],
    ['of a page without an address', { ...makeEvent('x'), page: { id: 'p' } }, 'x', 'page.url'],
    ['with data that is a list', { ...makeEvent('x'), data: [] }, 'x', 'data'],
    ['with endless data', makeEvent('x', { data: { text: 'd'.repeat(40_000) } }), 'x', 'data'],
  ])('%s', async (_, event, id, field) => {
    const { collector, store } = await makeCollector();
    const response = await post(collector, makeBatch('b1', [makeEvent('good'), wrong(event), makeEvent('too')]));
    expect(response.status).toBe(200);
    const reason = expect.stringMatching(new RegExp(`^${field.replace('.', '\\.')}: \\w`));
    expect(await response.json()).toEqual({ accepted: 2, rejected: [{ id, reason }] });
    expect(await storedIds(store)).toEqual(['good', 'too']);
  });

  test('that nests without end', async () => {
    const { collector, store } = await makeCollector();
    const text = JSON.stringify(makeBatch('b1', [makeEvent('good'), makeEvent('x', { data: { deep: 'HERE' } })]));
    const response = await post(collector, text.replace('"HERE"', '['.repeat(100_000) + ']'.repeat(100_000)));
    // Where the engine's own parser gives up first, the whole body is refused: both are answers, neither is a crash.
    expect([200, 400]).toContain(response.status);
    expect((await storedIds(store)).includes('x')).toBe(false);
  });

  test('by its own clock: an event of last week whose clock is a year behind is taken', async () => {
    const { collector, store } = await makeCollector();
    const sentAt = NOW - 365 * DAY_MS;
    const response = await post(collector, makeBatch('b1', [makeEvent('e1', { at: sentAt - 7 * DAY_MS })], { sentAt }));
    expect(await response.json()).toEqual({ accepted: 1, rejected: [] });
    const [row] = await store.query('SELECT ts, corrected_at FROM events');
    expect(row).toEqual({ ts: sentAt - 7 * DAY_MS, corrected_at: NOW - 7 * DAY_MS });
  });
});

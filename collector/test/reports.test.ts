import { beforeEach, describe, expect, test } from 'vitest';
import type { WireEvent } from '../../src/protocol/event.ts';
import type { Collector } from '../src/collector.ts';
import { get, makeBatch, makeCollector, makeEvent, NOW, post } from './fakes.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

let collector: Collector;

interface Answer {
  interval: string;
  points: { at: number; events: number }[];
  rows: unknown[];
}

// A cast: each test asks for what its report answers.
const ask = async (path: string) => (await (await get(collector, `/v1/query/${path}`)).json()) as Answer;

beforeEach(async () => {
  ({ collector } = await makeCollector());
});

async function send(site: string, events: ReturnType<typeof makeEvent>[], id = `${site}-batch`): Promise<void> {
  const pages = {
    p1: { url: 'https://shop.example/tea', title: 'Tea', referrer: '' },
    p2: { url: 'https://shop.example/tea', title: 'Tea, new', referrer: '' },
    p3: { url: 'https://shop.example/cups', title: 'Cups', referrer: '' },
  };
  expect(await (await post(collector, makeBatch(id, events, { site, pages }))).json()).toMatchObject({ rejected: [] });
}

/** Two visitors in three sessions, and one session without a visitor. */
const visits = [
  makeEvent('1', { name: 'page_view', at: NOW - 3 * HOUR_MS, session: 's1', visitor: 'v1' }),
  makeEvent('2', { name: 'page_view', at: NOW - 2 * HOUR_MS, session: 's2', visitor: 'v1', page: 'p3' }),
  makeEvent('3', { name: 'page_view', at: NOW - HOUR_MS, session: 's3', visitor: 'v2', page: 'p2' }),
  makeEvent('4', { name: 'click', at: NOW - HOUR_MS + 1, session: 's3', visitor: 'v2', page: 'p2' }),
  makeEvent('5', { name: 'click', at: NOW - HOUR_MS + 2, session: 's4', page: 'p2' }),
];

test('a summary counts a visitor once over all sessions, and a session where there is no visitor', async () => {
  await send('shop', visits);
  const span = { from: NOW - DAY_MS, to: NOW };
  expect(await ask('summary')).toEqual({ site: null, ...span, visitors: 3, sessions: 4, pageViews: 3, events: 5 });
});

test('a summary of one site leaves the others out', async () => {
  await send('shop', visits);
  await send('blog', [makeEvent('b', { at: NOW - 1 })]);
  expect(await ask('summary?site=blog')).toMatchObject({ site: 'blog', visitors: 1, events: 1 });
  expect(await ask('summary?site=')).toMatchObject({ site: null, events: 6 });
  expect(await ask('summary?site=none')).toMatchObject({ site: 'none', visitors: 0, sessions: 0, events: 0 });
});

test('a span holds its start and not its end, as numbers or as ISO text', async () => {
  await send('shop', visits);
  const [from, to] = [NOW - 3 * HOUR_MS, NOW - HOUR_MS];
  expect(await ask(`summary?from=${from}&to=${to}`)).toMatchObject({ from, to, events: 2 });
  expect(await ask(`summary?from=${from + 1}&to=${to + 1}`)).toMatchObject({ events: 2 });
  const text = `from=${new Date(from).toISOString()}&to=${new Date(to).toISOString()}`;
  expect(await ask(`summary?${text}`)).toMatchObject({ from, to, events: 2 });
});

test('a timeseries leaves no hour out', async () => {
  await send('shop', visits);
  const { interval, points } = await ask(`timeseries?from=${NOW - 4 * HOUR_MS}&to=${NOW}`);
  expect(interval).toBe('hour');
  expect(points).toEqual([
    { at: NOW - 4 * HOUR_MS, visitors: 0, pageViews: 0, events: 0 },
    { at: NOW - 3 * HOUR_MS, visitors: 1, pageViews: 1, events: 1 },
    { at: NOW - 2 * HOUR_MS, visitors: 1, pageViews: 1, events: 1 },
    { at: NOW - HOUR_MS, visitors: 2, pageViews: 1, events: 3 },
  ]);
});

test('a timeseries without an event is a row of zeros', async () => {
  const { points } = await ask(`timeseries?interval=day&from=${NOW - 3 * DAY_MS}&to=${NOW}`);
  const midnight = NOW - DAY_MS / 2;
  expect(points.map(({ at }) => at)).toEqual([3, 2, 1, 0].map((days) => midnight - days * DAY_MS));
  expect(points.every(({ events }) => events === 0)).toBe(true);
});

test.each([
  [HOUR_MS, 'minute', 60],
  [DAY_MS, 'hour', 24],
  [7 * DAY_MS, 'hour', 168],
  [30 * DAY_MS, 'day', 31],
])('a timeseries over %i ms has an interval that suits it', async (span, interval, count) => {
  const answer = await ask(`timeseries?from=${NOW - span}&to=${NOW}`);
  expect(answer.interval).toBe(interval);
  expect(answer.points).toHaveLength(count);
});

test('an empty span has no points', async () => {
  expect(await ask(`timeseries?from=${NOW}&to=${NOW}`)).toMatchObject({ points: [] });
});

test('pages are listed by views, under their latest title', async () => {
  await send('shop', visits);
  expect(await ask('pages')).toEqual({
    rows: [
      { path: '/tea', title: 'Tea, new', views: 2, visitors: 2 },
      { path: '/cups', title: 'Cups', views: 1, visitors: 1 },
    ],
  });
  expect((await ask('pages?limit=1')).rows).toHaveLength(1);
});

test('events are listed by count', async () => {
  await send('shop', visits);
  expect(await ask('events')).toEqual({
    rows: [
      { name: 'page_view', count: 3, visitors: 2 },
      { name: 'click', count: 2, visitors: 2 },
    ],
  });
});

test('referrers are the other sites that page views came from', async () => {
  const from = (referrer: string) => ({ id: referrer, url: 'https://shop.example/tea', title: '', referrer });
  const view = (id: string, referrer: string, visitor: string) =>
    makeEvent(id, { name: 'page_view', at: NOW - 1, visitor, page: from(referrer) });
  await send('shop', [
    view('1', 'https://search.example/?q=tea', 'v1'),
    view('2', 'https://search.example/', 'v1'),
    view('3', 'https://news.example/a', 'v2'),
    view('4', 'https://shop.example/', 'v3'),
    view('5', '', 'v3'),
    makeEvent('6', { at: NOW - 1, page: from('https://search.example/') }),
  ]);
  expect(await ask('referrers')).toEqual({
    rows: [
      { referrer: 'search.example', views: 2, visitors: 1 },
      { referrer: 'news.example', views: 1, visitors: 1 },
    ],
  });
  expect((await ask('referrers?limit=1')).rows).toHaveLength(1);
});

test('web vitals are what three of four visits were at least as good as, in all and by page', async () => {
  const vital = (id: string, data: WireEvent['data'], page = 'p1') =>
    makeEvent(id, { name: 'web_vital', at: NOW - 1, page, data });
  await send('shop', [
    ...[1000, 2000, 3000, 4000, 5000].map((value, index) =>
      vital(`l${index}`, { metric: 'LCP', value, rating: value <= 2500 ? 'good' : value > 4000 ? 'poor' : 'x' }),
    ),
    vital('c', { name: 'CLS', value: 0.05, rating: 'good' }),
    vital('p', { metric: 'LCP', value: 500, rating: 'good' }, 'p3'),
    vital('n', { metric: 'new', value: 1 }),
    vital('bad', { metric: 'LCP', value: 'slow' }),
    vital('none', { value: 9 }),
  ]);
  const answer = await ask('vitals?site=shop');
  expect(answer.rows).toEqual([
    { metric: 'LCP', samples: 6, p75: 3750, rating: 'needs-improvement', good: 3, poor: 1 },
    { metric: 'CLS', samples: 1, p75: 0.05, rating: 'good', good: 1, poor: 0 },
    { metric: 'new', samples: 1, p75: 1, rating: null, good: 0, poor: 0 },
  ]);
  expect(answer).toMatchObject({
    pages: [
      { path: '/tea', metrics: [{ metric: 'LCP', samples: 5, p75: 4000 }, { metric: 'CLS' }, { metric: 'new' }] },
      { path: '/cups', metrics: [{ metric: 'LCP', samples: 1, p75: 500, rating: 'good' }] },
    ],
  });
  expect(await ask('vitals?limit=1')).toMatchObject({ pages: [{ path: '/tea' }] });
});

test('errors are counted by message, repetitions included', async () => {
  const error = (id: string, data: WireEvent['data'], more: Partial<ReturnType<typeof makeEvent>> = {}) =>
    makeEvent(id, { name: 'error', at: NOW - 10, data, ...more });
  await send('shop', [
    error('1', { type: 'error', message: 'boom', count: 1 }),
    error('2', { type: 'error', message: 'boom', count: 6 }, { session: 's2', page: 'p3', at: NOW - 5 }),
    error('3', { type: 'rejection', message: 'bang', count: 2 }),
    error('4', { count: 'many' }),
  ]);
  const row = { visitors: 1, lastAt: NOW - 10, path: '/tea' };
  expect((await ask('errors')).rows).toEqual([
    { message: 'boom', type: 'error', count: 7, visitors: 2, lastAt: NOW - 5, path: '/cups' },
    { ...row, message: 'bang', type: 'rejection', count: 2 },
    { ...row, message: '', type: '', count: 1 },
  ]);
});

test('purchases are counted by order and currency, and by day', async () => {
  const buy = (id: string, at: number, data: WireEvent['data']) =>
    makeEvent(id, { name: 'purchase', at, data: { currency: 'EUR', ...data } });
  await send('shop', [
    buy('1', NOW - DAY_MS, { value: 10, order_id: 'a' }),
    buy('2', NOW - DAY_MS + 1, { value: 10, order_id: 'a' }),
    buy('3', NOW - 1, { value: 5.5, order_id: 'b' }),
    buy('4', NOW - 1, { value: 1 }),
    buy('5', NOW - 1, { value: 1 }),
    buy('6', NOW - 1, { value: 3, currency: 'CHF', order_id: 'c' }),
    buy('7', NOW - 1, {}),
  ]);
  await send('blog', [buy('8', NOW - 1, { value: 10, order_id: 'a' })]);
  const { points, rows } = await ask(`purchases?site=shop&from=${NOW - 2 * DAY_MS}&to=${NOW}`);
  expect(rows).toEqual([
    { currency: 'EUR', orders: 5, revenue: 17.5 },
    { currency: 'CHF', orders: 1, revenue: 3 },
  ]);
  expect(points).toMatchObject([
    { orders: 0, revenue: {} },
    { orders: 1, revenue: { EUR: 10 } },
    { orders: 5, revenue: { CHF: 3, EUR: 7.5 } },
  ]);
});

test('sites are listed by their latest event', async () => {
  await send('blog', [makeEvent('b', { at: NOW - 2 * DAY_MS })]);
  await send('shop', visits);
  expect(await ask('sites')).toEqual({
    rows: [
      { site: 'shop', events: 5, choices: 0, lastAt: NOW - HOUR_MS + 2 },
      { site: 'blog', events: 1, choices: 0, lastAt: NOW - 2 * DAY_MS },
    ],
  });
});

describe('a bad parameter is named', () => {
  test.each([
    ['summary?from=yesterday', 'from'],
    ['summary?to=1e99', 'to'],
    [`summary?from=${NOW}&to=${NOW - 1}`, 'from'],
    [`summary?site=${'x'.repeat(200)}`, 'site'],
    ['timeseries?interval=week', 'interval'],
    [`timeseries?interval=minute&from=0&to=${NOW}`, 'interval'],
    ['pages?limit=0', 'limit'],
    ['referrers?limit=0', 'limit'],
    ['consent?interval=week', 'interval'],
    ['consent/records', 'id'],
    ['events?limit=many', 'limit'],
  ])('%s', async (path, field) => {
    const response = await get(collector, `/v1/query/${path}`);
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({ error: { field, reason: expect.stringMatching(/\w/) } });
  });

  test('and so is a report that does not exist', async () => {
    const response = await get(collector, '/v1/query/constructor');
    expect(response.status).toBe(404);
    expect(await response.text()).toContain('summary');
  });
});

test('a site named like SQL is a name', async () => {
  const site = `x' OR 1=1 --`;
  await send(site, [makeEvent('q', { at: NOW - 1 })]);
  await send('shop', visits);
  expect(await ask(`summary?site=${encodeURIComponent(site)}`)).toMatchObject({ events: 1 });
});

test('health tells the version and the number of events', async () => {
  await send('shop', visits);
  const response = await get(collector, '/health');
  expect(response.status).toBe(200);
  expect(await response.json()).toEqual({ status: 'ok', version: expect.stringMatching(/^\d+\./), events: 5 });
});

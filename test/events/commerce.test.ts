import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { addToCart, purchase, viewItem } from '../../src/events/commerce.ts';
import { hash } from '../../src/events/hash.ts';
import { conversion, interaction, performance } from '../../src/events/moments.ts';

const sent: [string, object][] = [];
const tracker = {
  track(name: string, data: object) {
    sent.push([name, JSON.parse(JSON.stringify(data))]);
  },
};
const warnings: string[] = [];
beforeEach(() => {
  sent.length = warnings.length = 0;
  vi.spyOn(console, 'warn').mockImplementation((...words) => void warnings.push(words.join(' ')));
});
afterEach(() => vi.restoreAllMocks());

test('a purchase is sent as it is', () => {
  const order = {
    order_id: '4711',
    value: 30.5,
    currency: 'EUR',
    items: [{ item_id: 'mug', price: 15.25, quantity: 2 }],
  };
  purchase(tracker, order);
  expect(sent).toEqual([['purchase', order]]);
  expect(warnings).toEqual([]);
});

test('the value is that of the items, to the cent, unless it is given', () => {
  addToCart(tracker, {
    currency: 'EUR',
    items: [
      { item_id: 'a', price: 0.1 },
      { item_id: 'b', price: 0.2, quantity: 3 },
    ],
  });
  expect(sent[0]?.[1]).toMatchObject({ value: 0.7 });
  viewItem(tracker, { items: [{ item_id: 'a' }] });
  expect(sent[1]?.[1]).toEqual({ items: [{ item_id: 'a' }] });
});

test.each([
  [{ value: '12 EUR', currency: 'EUR' }, 'value "12 EUR" should be a number', { currency: 'EUR' }],
  [{ value: 12, currency: 'Euro' }, 'currency "Euro" should be a code of ISO 4217', { value: 12 }],
  [{ value: 12, currency: 'XQQ' }, 'currency "XQQ" should be a code of ISO 4217', { value: 12 }],
  [{ value: 13 }, 'value 13 has no currency', { value: 13 }],
])('%o: what is wrong is left out, one warning says so, and the event is sent', (data, warning, left) => {
  for (let i = 0; i < 2; i++) purchase(tracker, { order_id: '1', ...data } as never);
  expect(sent).toEqual([
    ['purchase', { order_id: '1', ...left }],
    ['purchase', { order_id: '1', ...left }],
  ]);
  expect(warnings).toEqual([expect.stringContaining(warning)]);
});

test('rubbish throws nothing', () => {
  for (const rubbish of [undefined, null, 5, 'x', { items: 'none' }, { items: [null] }])
    expect(() => purchase(tracker, rubbish as never)).not.toThrow();
});

test('conversion, interaction and performance have the names of their fields', () => {
  conversion(tracker, 'registration', 5, { currency: 'EUR', plan: 'team' });
  interaction(tracker, 'event-7', 'like', { previous_likes: 3 });
  performance(tracker, { endpoint: '/api/x', responseTime: 120, statusCode: 503, errorMessage: 'down' });
  performance(tracker, { endpoint: '/api/x', responseTime: 20, statusCode: 200 });
  expect(sent).toEqual([
    ['conversion', { type: 'registration', value: 5, currency: 'EUR', plan: 'team' }],
    ['interaction', { id: 'event-7', type: 'like', previous_likes: 3 }],
    ['request', { url: '/api/x', ms: 120, status: 503, failed: true, error: 'down' }],
    ['request', { url: '/api/x', ms: 20, status: 200 }],
  ]);
});

test('an e-mail address is hashed as advertising systems do', async () => {
  expect(await hash('  Jane@Example.org ')).toBe(await hash('jane@example.org'));
  expect(await hash('jane@example.org')).toMatch(/^[\da-f]{64}$/);
});

import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Tracker } from '../src/index.ts';
import { type FakePage, isBalanced, openPage } from './fakes/fakePage.ts';

const JWT = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U';
const CARD = '4111 1111 1111 1111';

let page: FakePage;
let errors: unknown[];
beforeEach(() => {
  page = openPage();
  errors = [];
});
afterEach(() => page.close());

const open = () => page.track({ onError: (error) => errors.push(error) });
/** What arrives of the data of one event. */
async function arrives(data: unknown): Promise<Record<string, unknown> | undefined> {
  const tracker = open() as Tracker;
  tracker.track('a', data as Record<string, unknown>);
  await tracker.flush();
  expect(errors).toEqual([]);
  const [event] = page.endpoint.events();
  expect(event?.name).toBe('a');
  return event?.data;
}
function nested(depth: number): Record<string, unknown> {
  return depth ? { in: nested(depth - 1) } : { end: true };
}
const deepest = (data: unknown): number =>
  data && typeof data === 'object' ? 1 + Math.max(0, ...Object.values(data).map(deepest)) : 0;
const countKeys = (data: unknown): number =>
  data && typeof data === 'object'
    ? Object.values(data).reduce((sum: number, value) => sum + 1 + countKeys(value), 0)
    : 0;

describe('values in data', () => {
  test.each<[string, unknown, unknown]>([
    ['a date as ISO text', new Date(0), '1970-01-01T00:00:00.000Z'],
    ['an invalid date as null', new Date(Number.NaN), null],
    ['NaN as null', Number.NaN, null],
    ['Infinity as null', Number.POSITIVE_INFINITY, null],
    ['null as null', null, null],
    ['zero as zero', 0, 0],
    ['an empty text as it is', '', ''],
    ['false as false', false, false],
    ['a map as an object', new Map<string, unknown>([['size', 42]]), { size: 42 }],
    ['a set as a list', new Set(['a', 1]), ['a', 1]],
    ['maps within sets', new Set([new Map([['a', new Set([1])]])]), [{ a: [1] }]],
    ['a list as a list', [1, 'two', [3]], [1, 'two', [3]]],
    ['a hole in a list as null', [1, undefined, () => 1, 4], [1, null, null, 4]],
    ['an object without a prototype', Object.assign(Object.create(null), { a: 1 }), { a: 1 }],
    [
      'an instance by its own properties',
      new (class Shoe {
        size = 42;
      })(),
      { size: 42 },
    ],
    ['an address as text', new URL('https://shop.example/a'), 'https://shop.example/a'],
    ['emoji and other scripts', '👟 靴 ñ \u2028 "quoted" \\', '👟 靴 ñ \u2028 "quoted" \\'],
    ['boxed values', [Object(1), Object('a'), Object(false)], [1, 'a', false]],
  ])('%s', async (_, value, expected) => {
    expect(await arrives({ value })).toEqual({ value: expected });
  });

  test('undefined, functions and symbols are left out', async () => {
    const data = { a: 1, none: undefined, method() {}, symbol: Symbol('s'), [Symbol('key')]: 1 };
    expect(await arrives(data)).toEqual({ a: 1 });
  });

  test('half a surrogate pair does not break the request', async () => {
    const data = await arrives({ text: 'a\ud800b' });
    expect(String(data?.text)).toMatch(/^a.b$/u);
  });

  test.each<[string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['a number', 7],
    ['a function', () => 1],
  ])('an event with %s for data arrives without', async (_, data) => {
    expect((await arrives(data)) ?? {}).toEqual({});
  });

  test('data is 8 levels deep at most; what is deeper is marked', async () => {
    expect(await arrives(nested(7))).toEqual(nested(7));
  });

  test('what lies deeper than 8 levels is cut and marked', async () => {
    const data = await arrives(nested(20));
    expect(deepest(data)).toBeLessThanOrEqual(8);
    expect(deepest(data)).toBeGreaterThanOrEqual(7);
    expect(JSON.stringify(data)).toContain('…');
  });

  test('depth through lists, maps and sets is depth, too', async () => {
    let value: unknown = 'end';
    for (let level = 0; level < 30; level++)
      value = level % 3 ? [value] : level % 2 ? new Set([value]) : new Map([['a', value]]);
    expect(deepest(await arrives({ value }))).toBeLessThanOrEqual(8);
  });

  test('200 keys arrive whole', async () => {
    const data = Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`k${index}`, index]));
    expect(await arrives(data)).toEqual(data);
  });

  test('of more than 200 keys the first 200 arrive, counted over all levels', async () => {
    const many = (length: number) => Object.fromEntries(Array.from({ length }, (_, index) => [`k${index}`, index]));
    const data = await arrives({ ...many(150), inner: many(150), after: 1 });
    expect(countKeys(data)).toBeLessThanOrEqual(201);
    expect(countKeys(data)).toBeGreaterThanOrEqual(195);
    expect(data).toMatchObject(many(150));
  });

  test('a list of a million items costs neither the page nor the event', async () => {
    const data = await arrives({ before: 1, list: Array.from({ length: 1_000_000 }, (_, index) => index) });
    expect(data?.before).toBe(1);
    expect(JSON.stringify(data).length).toBeLessThan(32_768);
  });

  test('a text of 8 KiB arrives whole, a longer one is cut and marked', async () => {
    const data = await arrives({ whole: 'a b '.repeat(2048), cut: 'a b '.repeat(3000) });
    expect(data?.whole).toBe('a b '.repeat(2048));
    expect(String(data?.cut)).toHaveLength(8192);
    expect(String(data?.cut).endsWith('…')).toBe(true);
  });

  test('a `__proto__` key is data or nothing, and changes no prototype', async () => {
    const data = await arrives(
      JSON.parse('{"__proto__": {"polluted": 1}, "constructor": {"prototype": {"polluted": 1}}, "a": 1}'),
    );
    expect(data?.a).toBe(1);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    expect(Object.getPrototypeOf(data)).toBe(Object.prototype);
  });

  test('a map with a `__proto__` key changes no prototype', async () => {
    await arrives({ map: new Map([['__proto__', { polluted: 1 }]]) });
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  test('elements are never looked into', async () => {
    document.body.innerHTML = '<form><input name="card" value="typed by the visitor"></form>';
    const [form] = document.forms;
    const input = document.querySelector('input');
    let reads = 0;
    Object.defineProperty(input, 'value', { get: () => ++reads, enumerable: true });
    const data = await arrives({ form, input, list: [input], body: document.body, document, a: 1 });
    expect(data).toEqual({ a: 1, list: [null] });
    expect(reads).toBe(0);
  });

  test('a whole event for data takes nothing of the page along', async () => {
    document.body.innerHTML = '<input value="typed by the visitor">';
    const event = new Event('input');
    document.querySelector('input')?.dispatchEvent(event);
    const tracker = open();
    tracker.track('a', { event });
    tracker.track('b', { window });
    await tracker.flush();
    expect(JSON.stringify(page.endpoint.requests)).not.toContain('typed by the visitor');
    expect(isBalanced(tracker)).toBe(true);
  });
});

describe('secrets in data', () => {
  test.each<[string, unknown]>([
    ['a card number', CARD],
    ['a card number without blanks', CARD.replaceAll(' ', '')],
    ['a card number with dashes', CARD.replaceAll(' ', '-')],
    ['an American Express number', '378282246310005'],
    ['a card number within a text', `paid with ${CARD}, thanks`],
    ['a JWT', JWT],
    ['a JWT within a text', `Authorization: Bearer ${JWT}`],
    ['a card number as a number', 4111111111111111],
    ['a card number in a list', [CARD]],
    ['a card number in a map', new Map([['a', CARD]])],
    ['a card number in an object', { deep: { deeper: CARD } }],
  ])('%s goes', async (_, value) => {
    const text = JSON.stringify(await arrives({ value, kept: 'yes' }));
    expect(text).toContain('"kept":"yes"');
    expect(text).not.toMatch(/1111|6310005|eyJ/);
  });

  test.each(['password', 'PASSWORD', 'userPassword', 'passwd', 'pwd', 'client_secret', 'cvc', 'cvv', 'passwordAgain'])(
    'what is called %s goes, however deep',
    async (key) => {
      const text = JSON.stringify(await arrives({ kept: 1, [key]: 'hunter2', deep: [{ [key]: 'hunter2' }] }));
      expect(text).not.toContain('hunter2');
      expect(text).toContain('"kept":1');
    },
  );

  test.each<[string, unknown]>([
    ['an order number', '4111-1111-1111-1112'],
    ['a time in milliseconds', 1_749_556_800_123],
    ['an e-mail address, the owner’s own choice', 'jo@example.org'],
    ['a UUID', '0197a5b0-1234-7abc-8def-0123456789ab'],
    ['a phone number', '+49 30 1234567'],
    ['a long identifier', 'cus_9s6XKzkNRiz8i3abcdef'],
    ['an ordinary sentence', 'Passed the key to the next one.'],
  ])('%s stays', async (_, value) => {
    expect(await arrives({ value })).toEqual({ value });
  });

  test('traits are kept as the owner gave them', async () => {
    const traits = { card: CARD, jwt: JWT, passport: 'C01X', password_changed: true };
    const tracker = open();
    tracker.identify('user-1', traits);
    tracker.group('acme', traits);
    await tracker.flush();
    expect(page.endpoint.events().map(({ data }) => data?.traits)).toEqual([traits, traits]);
  });

  test('what was set for all events loses its secrets, too', async () => {
    const tracker = open();
    tracker.set({ card: CARD, password: 'hunter2', a: 1 });
    tracker.track('a');
    await tracker.flush();
    expect(JSON.stringify(page.endpoint.events())).not.toMatch(/1111|hunter2/);
  });
});

describe('what cannot be told', () => {
  const cycle: Record<string, unknown> = {};
  cycle.self = [cycle];
  const cases: [string, unknown, unknown, string][] = [
    ['no name', undefined, {}, 'invalid_name'],
    ['an empty name', '', {}, 'invalid_name'],
    ['a name of 300 characters', 'x'.repeat(300), {}, 'invalid_name'],
    ['a number for a name', 7, {}, 'invalid_name'],
    ['an object for a name', { toString: () => 'a' }, {}, 'invalid_name'],
    ['a symbol for a name', Symbol('a'), {}, 'invalid_name'],
    ['a BigInt', 'a', { value: 10n }, 'unserialisable'],
    ['a cycle', 'a', cycle, 'unserialisable'],
    [
      'a getter that throws',
      'a',
      {
        inner: {
          get value() {
            throw Error('mine');
          },
        },
      },
      'unserialisable',
    ],
    [
      'a getter at the top that throws',
      'a',
      {
        get value() {
          throw Error('mine');
        },
      },
      'unserialisable',
    ],
    [
      'a toJSON that throws',
      'a',
      {
        value: {
          toJSON() {
            throw Error('mine');
          },
        },
      },
      'unserialisable',
    ],
    [
      'a thrown undefined',
      'a',
      {
        value: {
          toJSON() {
            throw undefined;
          },
        },
      },
      'unserialisable',
    ],
    ['a revoked proxy', 'a', { value: revoked() }, 'unserialisable'],
    ['more than 32 KiB', 'a', { list: Array.from({ length: 10 }, () => 'a b '.repeat(1500)) }, 'too_large'],
  ];

  test.each(cases)(
    'an event with %s is dropped, counted and told; the page and the other events go on',
    async (_, name, data, reason) => {
      const tracker = open();
      tracker.track('before');
      expect(() => tracker.track(name as string, data as Record<string, unknown>)).not.toThrow();
      tracker.track('after');
      await tracker.flush();
      expect(page.endpoint.events().map((event) => event.name)).toEqual(['before', 'after']);
      expect(tracker.stats()).toMatchObject({ accepted: 3, acknowledged: 2, pending: 0, dropped: { [reason]: 1 } });
      expect(errors).toHaveLength(1);
    },
  );

  test('a name of 200 characters is one', async () => {
    const tracker = open();
    tracker.track('x'.repeat(200));
    await tracker.flush();
    expect(page.endpoint.events()).toHaveLength(1);
  });

  test.each<[string, unknown]>([
    ['a text', 'yesterday'],
    ['NaN', Number.NaN],
    ['Infinity', Number.POSITIVE_INFINITY],
    ['an object', {}],
    ['null', null],
    ['a date', new Date(0)],
  ])('a time that is %s never reaches the wire', async (_, at) => {
    const tracker = open();
    tracker.track('a', {}, { at: at as number });
    await tracker.flush();
    for (const event of page.endpoint.events()) expect(Number.isFinite(event.at)).toBe(true);
    expect(isBalanced(tracker)).toBe(true);
  });

  test.each<[string, unknown]>([
    ['undefined', undefined],
    ['null', null],
    ['an empty text', ''],
    ['an object', {}],
    ['NaN', Number.NaN],
  ])('nobody is named %s', async (_, user) => {
    const tracker = open();
    tracker.identify(user as string);
    tracker.track('a');
    await tracker.flush();
    for (const event of page.endpoint.events()) expect(event.user).toBeUndefined();
    expect(isBalanced(tracker)).toBe(true);
  });
});

function revoked() {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

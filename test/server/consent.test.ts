// @vitest-environment node
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type ConsentRecord, formatConsent } from '../../src/protocol/consent.ts';
import { type ParseConsentOptions, parseConsent, serializeConsent } from '../../src/server.ts';

const DAY = 86_400_000;
const now = Date.UTC(2026, 5, 10);
const record = (
  purposes: ConsentRecord['purposes'],
  { revision = 1, ageDays = 1 }: { revision?: number; ageDays?: number } = {},
): ConsentRecord => ({ v: 1, revision, updatedAt: now - ageDays * DAY, source: 'banner', purposes });
const cookie = (...given: Parameters<typeof record>) => `user_tracking_consent=${formatConsent(record(...given))}`;
const parse = (header: string | null | undefined, options: ParseConsentOptions = {}) =>
  parseConsent(header, { now, ...options });

describe('a request', () => {
  test.each<[string, string | null | undefined, status: string, isDue: boolean, ParseConsentOptions?]>([
    ['without cookies', undefined, 'unknown', true],
    ['without that header', null, 'unknown', true],
    ['with an empty header', '', 'unknown', true],
    ['of others’ cookies', 'a=1; b=2', 'unknown', true],
    ['that grants', cookie({ analytics: 'granted' }), 'granted', false],
    ['that grants among others', `a=1; ${cookie({ analytics: 'granted' })};b="x;y"`, 'granted', false],
    ['that refuses', cookie({ analytics: 'denied' }), 'denied', false],
    ['that granted long ago', cookie({ analytics: 'granted' }, { ageDays: 181 }), 'unknown', true],
    [
      'that granted long ago, by the owner’s measure',
      cookie({ analytics: 'granted' }, { ageDays: 31 }),
      'unknown',
      true,
      { reask: 30 },
    ],
    ['that refused long ago', cookie({ analytics: 'denied' }, { ageDays: 181 }), 'denied', true],
    ['that granted another question', cookie({ analytics: 'granted' }), 'unknown', true, { revision: 2 }],
    ['that refused another question', cookie({ analytics: 'denied' }), 'denied', true, { revision: 2 }],
    [
      'that was not asked for everything',
      cookie({ analytics: 'granted' }),
      'granted',
      true,
      { purposes: ['analytics', 'marketing'] },
    ],
    [
      'that was asked for everything',
      cookie({ analytics: 'granted', marketing: 'denied' }),
      'granted',
      false,
      { purposes: ['necessary', 'analytics', { name: 'marketing' }] },
    ],
    ['of a schema to come', 'user_tracking_consent=2.1.x.b.0.analytics~1', 'unknown', true],
    ['that is broken', 'user_tracking_consent=1.1.', 'unknown', true],
    [
      'with a name that only begins so',
      `user_tracking_consent2=${cookie({ analytics: 'granted' }).split('=')[1]}`,
      'unknown',
      true,
    ],
    ['with a name that only ends so', `x_${cookie({ analytics: 'granted' })}`, 'unknown', true],
    [
      'with both, the grant newer',
      `${cookie({ analytics: 'denied' }, { ageDays: 9 })}; ${cookie({ analytics: 'granted' })}`,
      'denied',
      false,
    ],
    [
      'with both, the refusal newer',
      `${cookie({ analytics: 'granted' }, { ageDays: 9 })}; ${cookie({ analytics: 'denied' })}`,
      'denied',
      false,
    ],
    [
      'with two grants, one old',
      `${cookie({ analytics: 'granted' }, { ageDays: 300 })}; ${cookie({ analytics: 'granted' })}`,
      'granted',
      false,
    ],
    ['of a former system that refused', 'user_tracking_consent=false', 'denied', false],
    ['of a former system that agreed', 'user_tracking_consent=true', 'unknown', true],
    [
      'of a former system that agreed, taken over',
      'user_tracking_consent=true',
      'granted',
      false,
      { acceptLegacy: true },
    ],
    ['by another name', 'my.choice=0', 'denied', false, { cookieName: 'my.choice' }],
    ['by a name that is no pattern', 'myXchoice=0', 'unknown', true, { cookieName: 'my.choice' }],
    ['with the opt-out signal', '', 'denied', false, { secGpc: '1' }],
    ['with the opt-out signal off', '', 'unknown', true, { secGpc: '0' }],
    ['with an opt-out signal that the owner ignores', '', 'unknown', true, { secGpc: '1', gpc: 'ignore' }],
    ['with the opt-out signal, for marketing alone', '', 'unknown', true, { secGpc: '1', gpc: 'marketing' }],
    [
      'with the opt-out signal and a choice made here',
      cookie({ analytics: 'granted' }),
      'granted',
      false,
      { secGpc: '1' },
    ],
    ['where the law lets measure until refused', '', 'granted', false, { model: 'opt-out' }],
    ['where it does, and refused', cookie({ analytics: 'denied' }), 'denied', false, { model: 'opt-out' }],
    ['where it does, and signalled', '', 'denied', false, { model: 'opt-out', secGpc: '1' }],
  ])('%s (%s): %s, to be asked: %s', (_, header, status, isDue, options) => {
    const consent = parse(header, options);
    expect(consent.get()).toBe(status);
    expect(consent.get('analytics')).toBe(status);
    expect(consent.has()).toBe(status === 'granted');
    expect(consent.isDue()).toBe(isDue);
  });

  test('tells each purpose by itself', () => {
    const consent = parse(cookie({ analytics: 'granted', marketing: 'denied' }));
    expect(['necessary', 'analytics', 'marketing', 'functional'].map((purpose) => consent.get(purpose))).toEqual([
      'granted',
      'granted',
      'denied',
      'unknown',
    ]);
  });

  test('that was asked nothing under opt-out is not granted', () => {
    expect(parse('', { model: 'opt-out' }).get('marketing')).toBe('unknown');
  });

  test('with the opt-out signal for marketing is still asked for the rest, and not for that', () => {
    const options = { purposes: ['analytics', 'marketing'], secGpc: '1', gpc: 'marketing' } as const;
    expect(parse('', { ...options, purposes: ['analytics', 'marketing'] }).get('marketing')).toBe('denied');
    expect(parse(cookie({ analytics: 'granted' }), { ...options, purposes: ['analytics', 'marketing'] }).isDue()).toBe(
      false,
    );
  });

  test('carries the record', () => {
    expect(parse(cookie({ analytics: 'granted' })).record()).toEqual(record({ analytics: 'granted' }));
    expect(parse('').record()).toBeNull();
  });

  test('is judged by the present', () => {
    const fresh = { ...record({ analytics: 'granted' }), updatedAt: Date.now() };
    expect(parseConsent(`user_tracking_consent=${formatConsent(fresh)}`).has()).toBe(true);
    const old = { ...fresh, updatedAt: Date.now() - 181 * DAY };
    expect(parseConsent(`user_tracking_consent=${formatConsent(old)}`).has()).toBe(false);
  });

  test('that holds rubbish grants nothing and throws nothing', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
        expect(parse(text).get()).toBe('unknown');
        expect(parse(`user_tracking_consent=${text}`).get()).toMatch(/^(unknown|denied)$/);
      }),
    );
    for (const odd of [7, {}, [], Symbol.iterator] as unknown as string[]) {
      if (typeof odd !== 'symbol') expect(parse(odd).get()).toBe('unknown');
    }
  });
});

describe('a choice that a server keeps', () => {
  const kept = record({ analytics: 'granted', marketing: 'denied' });

  test('is a cookie of the whole site for a year, that scripts can read', () => {
    expect(serializeConsent(kept)).toBe(
      `user_tracking_consent=${formatConsent(kept)}; Path=/; Max-Age=31536000; SameSite=Lax; Secure`,
    );
  });

  test('is read back', () => {
    const [pair] = (serializeConsent(kept) as string).split(';');
    expect(parse(pair).record()).toEqual(kept);
  });

  test('follows the options of createConsent()', () => {
    expect(
      serializeConsent(kept, { cookieName: 'c', cookieExpiry: 30, cookieDomain: 'example.org', secure: false }),
    ).toBe(`c=${formatConsent(kept)}; Path=/; Max-Age=2592000; SameSite=Lax; Domain=example.org`);
  });

  test.each([
    [10_000, 395],
    [Number.POSITIVE_INFINITY, 395],
    [395, 395],
    [0.5, 0.5],
  ])('for %d days is for %d', (cookieExpiry, days) => {
    expect(serializeConsent(kept, { cookieExpiry })).toContain(`; Max-Age=${days * 86_400};`);
  });

  test.each<[string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['a number', 7],
    ['text', 'granted'],
    ['an empty object', {}],
    ['a list', []],
    ['no purposes', { ...kept, purposes: {} }],
    ['purposes that are none', { ...kept, purposes: null }],
    ['no source', { ...kept, source: undefined }],
    ['a source that does not exist', { ...kept, source: 'xyz' }],
    ['no time', { ...kept, updatedAt: 'soon' }],
    ['a time that is none', { ...kept, updatedAt: Number.NaN }],
    ['a time before all', { ...kept, updatedAt: -1e15 }],
    ['a revision that is none', { ...kept, revision: '1; Domain=example.com' }],
    ['an id that is a header', { ...kept, id: 'x\r\nSet-Cookie: a=b' }],
    ['a purpose that is a header', { ...kept, purposes: { 'x\r\nSet-Cookie: a=b': 'granted' } }],
    ['a purpose that is an attribute', { ...kept, purposes: { 'x; Domain=example.com': 'granted' } }],
  ])('%s gives none', (_, posted) => {
    expect(serializeConsent(posted as ConsentRecord)).toBeNull();
  });

  test('is a sound header, whatever was posted', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.jsonValue(),
          fc.record(
            {
              revision: fc.oneof(fc.integer(), fc.string()),
              updatedAt: fc.oneof(fc.double(), fc.string()),
              source: fc.oneof(fc.constant('banner'), fc.string()),
              id: fc.oneof(fc.uuid(), fc.string()),
              purposes: fc.oneof(fc.dictionary(fc.string(), fc.string()), fc.jsonValue()),
            },
            { requiredKeys: [] },
          ),
        ),
        (posted) => {
          const header = serializeConsent(posted as unknown as ConsentRecord);
          if (header !== null)
            expect(header).toMatch(/^user_tracking_consent=[\w.~-]+; Path=\/; Max-Age=\d+; SameSite=Lax; Secure$/);
        },
      ),
    );
  });
});

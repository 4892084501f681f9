// @vitest-environment node
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type ConsentRecord, type ConsentSource, formatConsent, readConsent } from '../../src/protocol/consent.ts';

const MINUTE_MS = 60_000;
const USUAL = ['necessary', 'functional', 'analytics', 'marketing'];

const name = fc.stringMatching(/^[\w-]{1,20}$/).filter((text) => text !== '__proto__');
const choice = fc.constantFrom('granted' as const, 'denied' as const);
const record = (purpose = name): fc.Arbitrary<ConsentRecord> =>
  fc.record(
    {
      v: fc.constant(1 as const),
      revision: fc.integer({ min: 0, max: 999_999 }),
      updatedAt: fc
        .date({ min: new Date(2020, 0), max: new Date(2100, 0), noInvalidDate: true })
        .map((date) => Math.floor(date.getTime() / MINUTE_MS) * MINUTE_MS),
      source: fc.constantFrom<ConsentSource>('banner', 'preferences', 'api', 'gpc', 'server', 'import'),
      purposes: fc.dictionary(purpose, choice, { minKeys: 1, maxKeys: 8, noNullPrototype: true }),
      id: fc.uuid(),
    },
    { requiredKeys: ['v', 'revision', 'updatedAt', 'source', 'purposes'] },
  );

describe('a choice in a cookie', () => {
  test('reads as the contract says', () => {
    const text = '1.3.ht9yv.b.0.analytics~1.marketing~0';
    const kept: ConsentRecord = {
      v: 1,
      revision: 3,
      updatedAt: Number.parseInt('ht9yv', 36) * MINUTE_MS,
      source: 'banner',
      purposes: { analytics: 'granted', marketing: 'denied' },
    };
    expect(readConsent(text)).toEqual(kept);
    expect(formatConsent(kept)).toBe(text);
  });

  test('comes back as it went', () => {
    fc.assert(
      fc.property(record(), (kept) => {
        expect(readConsent(formatConsent(kept))).toEqual(kept);
      }),
    );
  });

  test('comes back to the minute, without what is not in the cookie', () => {
    const updatedAt = Date.UTC(2026, 5, 10, 12, 30);
    const kept: ConsentRecord = { v: 1, revision: 1, updatedAt, source: 'api', purposes: { analytics: 'denied' } };
    const full = { ...kept, updatedAt: updatedAt + 59_999, locale: 'de', textHash: 'f'.repeat(64) };
    expect(readConsent(formatConsent(full))).toEqual(kept);
  });

  test('needs no more than 128 bytes for the usual purposes, even with an id', () => {
    fc.assert(
      fc.property(record(fc.constantFrom(...USUAL)), fc.dictionary(fc.constantFrom(...USUAL), choice), (kept, more) => {
        const text = formatConsent({ ...kept, purposes: { ...kept.purposes, ...more } });
        expect(text.length).toBeLessThanOrEqual(128);
      }),
    );
    const all = Object.fromEntries(USUAL.map((purpose) => [purpose, 'granted' as const]));
    const id = '018f3c5e-0000-7000-8000-000000000000';
    const longest = {
      v: 1,
      revision: 999_999,
      updatedAt: Date.UTC(2099, 0),
      source: 'banner',
      purposes: all,
      id,
    } as const;
    expect(formatConsent(longest).length).toBeLessThanOrEqual(128);
  });

  test('holds only what every server reads as it is', () => {
    fc.assert(
      fc.property(record(), (kept) => {
        const text = formatConsent(kept);
        expect(text).toMatch(/^[\w.~-]+$/);
        expect(encodeURIComponent(text)).toBe(text);
      }),
    );
  });
});

describe('what is none of ours', () => {
  test('is undefined, and throws nothing', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 100 }), (text) => {
        expect(readConsent(text)).toBeUndefined();
      }),
    );
  });

  test('half a choice, or one with a letter changed, gives a sound choice or none', () => {
    fc.assert(
      fc.property(record(), fc.nat(120), fc.string({ maxLength: 2 }), (kept, at, other) => {
        const text = formatConsent(kept);
        const found = readConsent(text.slice(0, at) + other + text.slice(at + other.length));
        if (!found) return;
        expect(Number.isSafeInteger(found.revision)).toBe(true);
        expect(Number.isNaN(new Date(found.updatedAt).getTime())).toBe(false);
        expect(found.source).toMatch(/^(banner|preferences|api|gpc|server|import)$/);
        for (const value of Object.values(found.purposes)) expect(value).toMatch(/^(granted|denied)$/);
      }),
    );
  });

  test.each([
    ['nothing', ''],
    ['a former system’s', 'true'],
    ['a schema to come', '2.3.ht9yv.b.0.analytics~1'],
    ['an older schema', '0.3.ht9yv.b.0.analytics~1'],
    ['without purposes', '1.3.ht9yv.b.0'],
    ['with a purpose of no name', '1.3.ht9yv.b.0.~1'],
    ['with a choice that is none', '1.3.ht9yv.b.0.analytics~2'],
    ['with something behind', '1.3.ht9yv.b.0.analytics~1; x'],
    ['with a line behind', '1.3.ht9yv.b.0.analytics~1\n'],
    ['encoded', '1.3.ht9yv.b.0.analytics%7E1'],
    ['with a source that does not exist', '1.3.ht9yv.x.0.analytics~1'],
    ['with a source in capitals', '1.3.ht9yv.B.0.analytics~1'],
    ['with a time in capitals', '1.3.HT9YV.b.0.analytics~1'],
    ['with a revision beyond reason', `1.${'9'.repeat(400)}.ht9yv.b.0.analytics~1`],
    ['with a revision below zero', '1.-3.ht9yv.b.0.analytics~1'],
    ['with half a revision', '1.3.5.ht9yv.b.0.analytics~1'],
    ['with a time beyond all calendars', '1.3.zzzzzzzz.b.0.analytics~1'],
    ['with an id beyond reason', `1.3.ht9yv.b.${'a'.repeat(65)}.analytics~1`],
  ])('%s', (_, text) => {
    expect(readConsent(text)).toBeUndefined();
  });

  test('the last time that can be written is one that a Date can hold', () => {
    const found = readConsent('1.999999999.zzzzzzz.b.0.analytics~1');
    expect(Number.isNaN(new Date(found?.updatedAt as number).getTime())).toBe(false);
  });

  test('a purpose by the name of __proto__ is nobody’s, and changes no object', () => {
    const found = readConsent('1.3.ht9yv.b.0.__proto__~1.constructor~1.analytics~0');
    expect(Object.entries(found?.purposes ?? {})).toEqual([
      ['constructor', 'granted'],
      ['analytics', 'denied'],
    ]);
    expect(Object.getPrototypeOf(found?.purposes)).toBe(Object.prototype);
    expect(({} as Record<string, unknown>).granted).toBeUndefined();
  });

  test.each(['.analytics~1', '-', 'a', '.', '~1'])('%s without end takes no time', (piece) => {
    const endless = piece.repeat(200_000);
    const start = performance.now();
    readConsent(`1.3.ht9yv.b.0${endless}!`);
    readConsent(`1.3.ht9yv.b.${endless}`);
    readConsent(`1.3.ht9yv.b.0.${endless}`);
    readConsent(endless);
    expect(performance.now() - start).toBeLessThan(2000);
  });
});

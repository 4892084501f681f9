import fc from 'fast-check';
import { afterEach, expect, test, vi } from 'vitest';
import type { ConsentOptions } from '../../src/consent/consent.ts';
import { createConsent } from '../../src/consent/createConsent.ts';
import { formatConsent } from '../../src/protocol/consent.ts';
import { parseConsent } from '../../src/server.ts';

const DAY = 86_400_000;
const NAMES = ['analytics', 'marketing', 'functional'];

afterEach(() => {
  Reflect.deleteProperty(document, 'cookie');
  Reflect.deleteProperty(navigator, 'globalPrivacyControl');
});

test('a server and the visitor’s browser read the same choice from the same cookies', () => {
  const now = Date.now();
  vi.useFakeTimers({ now, toFake: ['Date'] });
  const choice = fc.constantFrom('granted' as const, 'denied' as const);
  const value = fc.oneof(
    fc.constantFrom('true', 'false', '0', '1', 'granted', 'Denied', '', '2.1.x.b.0.analytics~1', '1.1.x.b'),
    fc
      .record({
        v: fc.constant(1 as const),
        revision: fc.integer({ min: 1, max: 3 }),
        updatedAt: fc.integer({ min: -1, max: 400 }).map((days) => now - days * DAY),
        source: fc.constantFrom('banner' as const, 'api' as const),
        purposes: fc.dictionary(fc.constantFrom(...NAMES), choice, { minKeys: 1, noNullPrototype: true }),
      })
      .map(formatConsent),
  );
  const options: fc.Arbitrary<ConsentOptions> = fc.record(
    {
      purposes: fc.uniqueArray(fc.constantFrom('necessary', ...NAMES), { minLength: 1 }),
      model: fc.constantFrom('opt-in' as const, 'opt-out' as const),
      revision: fc.integer({ min: 1, max: 3 }),
      reask: fc.constantFrom(30, 180, 365),
      gpc: fc.constantFrom('all' as const, 'marketing' as const, 'ignore' as const),
      acceptLegacy: fc.boolean(),
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(fc.array(value, { maxLength: 3 }), options, fc.boolean(), (values, given, isSignalled) => {
      const header = ['a=1', ...values.map((text) => `user_tracking_consent=${text}`), 'b=2'].join('; ');
      Object.defineProperty(document, 'cookie', { configurable: true, get: () => header, set() {} });
      Object.defineProperty(navigator, 'globalPrivacyControl', { configurable: true, value: isSignalled });
      const here = createConsent({ ...given, banner: false });
      const there = parseConsent(header, { ...given, secGpc: isSignalled ? '1' : null });
      expect(there.record()).toEqual(here.record());
      expect(there.isDue()).toBe(here.isDue());
      for (const { name } of [{ name: 'necessary' }, ...here.options.purposes]) {
        expect([name, there.get(name)]).toEqual([name, here.get(name)]);
        expect(there.has(name)).toBe(here.has(name));
      }
    }),
    { numRuns: 500 },
  );
  vi.useRealTimers();
});

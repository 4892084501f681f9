import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Cmp, consentFrom } from '../../src/consent/consentFrom.ts';
import { type FakePage, openPage } from '../fakes/fakePage.ts';

let page: FakePage;
beforeEach(() => {
  page = openPage();
});
afterEach(() => page.close());

/** A banner that says what it is told to. */
function banner(choice?: unknown) {
  const listeners = new Set<() => void>();
  return {
    choice,
    listeners,
    get() {
      return this.choice as ReturnType<Cmp['get']>;
    },
    onChange(listener: () => void) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    choose(next: unknown) {
      this.choice = next;
      for (const listener of listeners) listener();
    },
  };
}

describe('what events may do', () => {
  test.each<[choice: unknown, mode: string]>([
    [undefined, 'memory'],
    [{ analytics: true }, 'granted'],
    [{ analytics: false }, 'none'],
    [{ marketing: true }, 'memory'],
    [{}, 'memory'],
    [null, 'memory'],
    ['yes', 'memory'],
    [{ analytics: 'true' }, 'memory'],
    [{ analytics: 1 }, 'memory'],
    [{ analytics: null }, 'memory'],
  ])('a banner that says %j: %s', (choice, mode) => {
    expect(consentFrom(banner(choice)).mode('analytics')).toBe(mode);
  });

  test('a banner that throws counts as not chosen', () => {
    const consent = consentFrom({
      get() {
        throw Error('broken');
      },
      onChange() {
        throw Error('broken');
      },
    });
    expect(consent.mode('analytics')).toBe('memory');
    expect(() => consent.on('change', () => {})()).not.toThrow();
  });

  test('necessary is always granted', () => {
    expect(consentFrom(banner({ necessary: false })).mode('necessary')).toBe('granted');
  });

  test('the options say what holds before a choice and after a refusal', () => {
    const mine = banner();
    const consent = consentFrom(mine, { beforeConsent: 'none', onDeny: 'cookieless' });
    expect(consent.mode('analytics')).toBe('none');
    mine.choose({ analytics: false });
    expect(consent.mode('analytics')).toBe('cookieless');
  });

  test('only the banner can choose', () => {
    expect(consentFrom(banner())).not.toHaveProperty('update');
  });
});

describe('mistakes', () => {
  test.each<[object, string]>([
    [{ beforeConsent: 'granted' }, 'option "beforeConsent"'],
    [{ onDeny: 'granted' }, 'option "onDeny"'],
    [{ onDeny: 'memory' }, 'option "onDeny"'],
  ])('%j is said once, and the default holds', (options, words) => {
    const mine = banner();
    const consent = consentFrom(mine, options);
    expect(consent.mode('analytics')).toBe('memory');
    mine.choose({ analytics: false });
    expect(consent.mode('analytics')).toBe('none');
    expect(page.warnings).toEqual([expect.stringContaining(words)]);
  });

  test.each<[unknown]>([[undefined], [null], [{}], [() => banner()]])('%s is no banner: it is said once', (given) => {
    const consent = consentFrom(given as Cmp);
    expect(consent.mode('analytics')).toBe('memory');
    consent.on('change', () => {})();
    expect(page.warnings).toEqual([expect.stringContaining('consentFrom(oneTrust())')]);
  });
});

describe('a change', () => {
  test('is told in its task, until told no more', () => {
    const mine = banner();
    let told = 0;
    const undo = consentFrom(mine).on('change', () => told++);
    mine.choose({ analytics: true });
    expect(told).toBe(1);
    undo();
    mine.choose({ analytics: false });
    expect([told, mine.listeners.size]).toEqual([1, 0]);
  });

  test('whose listener throws leaves the banner alone', () => {
    const mine = banner();
    consentFrom(mine).on('change', () => {
      throw Error('ours');
    });
    expect(() => mine.choose({ analytics: true })).not.toThrow();
  });
});

test('a tracker sends what waited once the banner grants, and stops when it withdraws', async () => {
  const mine = banner();
  const tracker = page.track({ consent: consentFrom(mine) });
  tracker.track('early');
  await page.advance(1000);
  expect(page.endpoint.requests).toEqual([]);
  expect(localStorage.length).toBe(0);
  mine.choose({ analytics: true });
  await page.advance(1000);
  expect(page.endpoint.named('early')).toHaveLength(1);
  mine.choose({ analytics: false });
  tracker.track('late');
  await page.advance(60_000);
  expect(page.endpoint.named('late')).toEqual([]);
  expect(tracker.stats().dropped).toMatchObject({ consent: 1 });
});

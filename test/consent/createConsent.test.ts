import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { googleConsentMode } from '../../src/consent/bridges/googleConsentMode.ts';
import { microsoftConsent } from '../../src/consent/bridges/microsoftConsent.ts';
import type { ConsentApi, ConsentChange, ConsentOptions } from '../../src/consent/consent.ts';
import { createConsent } from '../../src/consent/createConsent.ts';
import { gateTags } from '../../src/consent/gateTags.ts';
import { type ConsentRecord, formatConsent } from '../../src/protocol/consent.ts';
import { type CookieJar, openCookieJar } from '../fakes/cookieJar.ts';
import { type FakePage, openPage } from '../fakes/fakePage.ts';

const DAY_MS = 24 * 60 * 60_000;
const NOON = Date.UTC(2025, 5, 10, 12);
const minutes = (at: number) => Math.floor(at / 60_000).toString(36);

let page: FakePage;
let jar: CookieJar;
beforeEach(() => {
  page = openPage();
  jar = openCookieJar();
});
afterEach(async () => {
  jar.close();
  Reflect.deleteProperty(navigator, 'globalPrivacyControl');
  vi.restoreAllMocks();
  await page.close();
});

const chosen = (value: string) => jar.set(`user_tracking_consent=${value};Path=/`);
const ask = (options: ConsentOptions = {}) =>
  createConsent({ purposes: ['analytics', 'marketing'], banner: false, ...options });
const signal = () => Object.defineProperty(navigator, 'globalPrivacyControl', { value: true, configurable: true });
const changes = (consent: ConsentApi) => {
  const told: ConsentChange[] = [];
  consent.on('change', (change) => told.push(change));
  return told;
};

describe('before a choice', () => {
  test('everything is unknown, the visitor has to be asked, and nothing is written', () => {
    const consent = ask();
    expect([consent.get(), consent.get('marketing'), consent.get('necessary')]).toEqual([
      'unknown',
      'unknown',
      'granted',
    ]);
    expect([consent.isDue(), consent.hasConsent(), consent.record(), consent.mode('analytics')]).toEqual([
      true,
      false,
      null,
      'memory',
    ]);
    expect(document.cookie).toBe('');
  });

  test('R7 analytics alone is asked for unless said otherwise', () => {
    expect(createConsent().options.purposes).toEqual([{ name: 'analytics' }]);
  });

  test.each(['none', 'memory', 'cookieless'] as const)('beforeConsent %s is what events may do', (beforeConsent) => {
    expect(ask({ beforeConsent }).mode('analytics')).toBe(beforeConsent);
  });

  test('with the opt-out model everything is granted, and nobody has to be asked', () => {
    const consent = ask({ model: 'opt-out' });
    expect([consent.get(), consent.isDue()]).toEqual(['granted', false]);
    consent.deny();
    expect(consent.get()).toBe('denied');
  });

  test('the page may name the model', () => {
    document.documentElement.dataset.consentModel = 'opt-out';
    expect(ask().get()).toBe('granted');
    delete document.documentElement.dataset.consentModel;
    expect(ask().get()).toBe('unknown');
  });
});

describe('a choice', () => {
  test('R18 is kept in a cookie that holds no identifier and is short', () => {
    ask({ revision: 3 }).update({ analytics: true, marketing: false }, { source: 'banner' });
    const value = `1.3.${minutes(NOON)}.b.0.analytics~1.marketing~0`;
    expect(document.cookie).toBe(`user_tracking_consent=${value}`);
    expect(value.length).toBeLessThanOrEqual(128);
  });

  test.each([
    ['http://shop.example/', {}, 'Path=/;Max-Age=31536000;SameSite=Lax'],
    ['https://shop.example/', {}, 'Path=/;Max-Age=31536000;SameSite=Lax;Secure'],
    [
      'https://www.shop.example/',
      { cookieDomain: 'shop.example', cookieExpiry: 30 },
      'Path=/;Max-Age=2592000;SameSite=Lax;Secure;Domain=shop.example',
    ],
    ['https://shop.example/', { cookieExpiry: 500 }, 'Path=/;Max-Age=34128000;SameSite=Lax;Secure'],
  ])('R14 R18 at %s with %o the cookie has the attributes %s', (url, options, attributes) => {
    page.at(url);
    ask(options).give();
    expect(jar.written).toEqual([
      `user_tracking_consent=1.1.${minutes(NOON)}.a.0.analytics~1.marketing~1;${attributes}`,
    ]);
  });

  test('takes the place of the former one: no other tab ever sees none', () => {
    const consent = ask();
    consent.give();
    jar.written.length = 0;
    consent.revoke();
    expect(jar.written).toEqual([expect.stringMatching(/^user_tracking_consent=1.*analytics~0/)]);
  });

  test('R10 of one purpose says nothing about another', () => {
    const consent = ask();
    consent.update({ marketing: true });
    expect([consent.get('marketing'), consent.get('analytics'), consent.isDue()]).toEqual(['granted', 'unknown', true]);
    consent.update({ analytics: false });
    expect([consent.get('marketing'), consent.get('analytics'), consent.isDue()]).toEqual(['granted', 'denied', false]);
  });

  test('give(true), give(false), deny() and revoke() do what their names say', () => {
    const consent = ask();
    consent.give(true);
    expect([consent.has('analytics'), consent.has('marketing')]).toEqual([true, true]);
    consent.revoke('marketing');
    expect([consent.has('analytics'), consent.has('marketing')]).toEqual([true, false]);
    consent.give({ marketing: true, analytics: false });
    expect([consent.has('analytics'), consent.has('marketing')]).toEqual([false, true]);
    consent.give(false);
    expect([consent.get('analytics'), consent.get('marketing')]).toEqual(['denied', 'denied']);
    consent.give();
    consent.deny();
    expect(consent.hasConsent()).toBe(false);
    consent.give();
    consent.revoke();
    expect(consent.hasConsent()).toBe(false);
  });

  test('is found again by the next page', () => {
    ask().update({ analytics: true, marketing: false }, { source: 'preferences' });
    const consent = ask();
    expect([consent.get('analytics'), consent.get('marketing'), consent.isDue()]).toEqual(['granted', 'denied', false]);
    expect(consent.record()).toEqual({
      v: 1,
      revision: 1,
      updatedAt: NOON,
      source: 'preferences',
      purposes: { analytics: 'granted', marketing: 'denied' },
    });
  });

  test('can be forgotten, as if there had never been one', () => {
    const consent = ask();
    consent.give();
    consent.reset();
    expect([consent.get(), consent.record(), document.cookie]).toEqual(['unknown', null, '']);
  });

  test('necessary cannot be refused, nor a purpose granted that nobody was asked about', () => {
    const consent = ask();
    consent.update({ necessary: false, resale: true });
    consent.update({ resale: true });
    expect([consent.get('necessary'), consent.record(), document.cookie]).toEqual(['granted', null, '']);
    expect(page.warnings).toEqual(['beaconry: purpose "resale" is not in option "purposes" of createConsent()']);
  });
});

describe('what is told', () => {
  test('real changes, in the same task, to listeners and to the window', () => {
    const consent = ask();
    const told = changes(consent);
    const seen: ConsentChange[] = [];
    const listener = (event: Event) => seen.push((event as CustomEvent<ConsentChange>).detail);
    window.addEventListener('trackingConsentChanged', listener);
    consent.update({ analytics: true });
    consent.update({ analytics: true });
    window.removeEventListener('trackingConsentChanged', listener);
    expect(told).toEqual([
      {
        consent: true,
        state: { analytics: 'granted', marketing: 'unknown' },
        previous: { analytics: 'unknown', marketing: 'unknown' },
        changed: ['analytics'],
        source: 'api',
        record: expect.objectContaining({ purposes: { analytics: 'granted' } }),
      },
    ]);
    expect(seen).toEqual(told);
  });

  test('ready() resolves with the first choice, or the one that was there', async () => {
    const consent = ask();
    let isReady = false;
    void consent.ready().then(() => {
      isReady = true;
    });
    await page.advance(1);
    expect(isReady).toBe(false);
    consent.deny();
    await page.advance(0);
    expect(isReady).toBe(true);
    expect((await ask().ready()).get()).toBe('denied');
  });

  test('a listener that throws harms nobody', () => {
    const consent = ask();
    const errors: unknown[] = [];
    consent.on('error', (error) => errors.push(error));
    consent.on('change', () => {
      throw Error('theirs');
    });
    const told = changes(consent);
    expect(() => consent.give()).not.toThrow();
    expect([errors.length, told.length]).toEqual([1, 1]);
  });
});

describe('time passes', () => {
  const choices = [
    ['a grant of yesterday', '1.1.{1}.b.0.analytics~1.marketing~1', 'granted', false],
    ['R13 a refusal of yesterday', '1.1.{1}.b.0.analytics~0.marketing~0', 'denied', false],
    ['R14 a grant older than 180 days', '1.1.{181}.b.0.analytics~1.marketing~1', 'unknown', true],
    ['R13 R14 a refusal older than 180 days', '1.1.{181}.b.0.analytics~0.marketing~0', 'denied', true],
    ['R15 a grant for an earlier question', '1.0.{1}.b.0.analytics~1.marketing~1', 'unknown', true],
    ['R15 a refusal of an earlier question', '1.0.{1}.b.0.analytics~0.marketing~0', 'denied', true],
    ['R15 a choice without the new purpose', '1.1.{1}.b.0.analytics~1', 'granted', true],
    ['a schema of the future', '2.1.{1}.b.0.analytics~1.marketing~1', 'unknown', true],
    ['rubbish', '%7B%22a%22', 'unknown', true],
    ['a former system’s refusal', 'false', 'denied', false],
    ['a former system’s agreement', 'true', 'unknown', true],
  ] as const;
  test.each(choices)('%s', (_what, form, status, isDue) => {
    chosen(form.replace(/\{(\d+)\}/, (_all, days) => minutes(NOON - days * DAY_MS)));
    const consent = ask();
    expect([consent.get('analytics'), consent.isDue()]).toEqual([status, isDue]);
  });

  test('a former system’s agreement counts where the owner says so', () => {
    chosen('true');
    expect(ask({ acceptLegacy: true }).get('marketing')).toBe('granted');
  });

  test('R15 a new purpose is never granted by an old choice', () => {
    chosen(`1.1.${minutes(NOON)}.b.0.analytics~1`);
    expect(ask().get('marketing')).toBe('unknown');
  });
});

describe('R19 the browser’s opt-out signal', () => {
  test('refuses everything, asks nobody and writes nothing', () => {
    signal();
    const consent = ask();
    expect([consent.get('analytics'), consent.get('marketing'), consent.isDue(), consent.isSignalled()]).toEqual([
      'denied',
      'denied',
      false,
      true,
    ]);
    expect(document.cookie).toBe('');
  });

  test('gives way to a later explicit choice', () => {
    signal();
    const consent = ask();
    consent.give();
    expect([consent.get(), ask().get()]).toEqual(['granted', 'granted']);
  });

  test('can be heeded for marketing alone, or not at all', () => {
    signal();
    const consent = ask({ gpc: 'marketing' });
    expect([consent.get('analytics'), consent.get('marketing'), consent.isDue()]).toEqual(['unknown', 'denied', true]);
    expect(ask({ gpc: 'ignore' }).get('marketing')).toBe('unknown');
  });
});

describe('other tabs', () => {
  test.each(['focus', 'pageshow', 'visibilitychange'])('what they chose holds here on %s', (type) => {
    const consent = ask();
    const told = changes(consent);
    chosen(`1.1.${minutes(NOON)}.b.0.analytics~1.marketing~0`);
    expect(consent.get()).toBe('unknown');
    (type === 'visibilitychange' ? document : window).dispatchEvent(new Event(type));
    expect(consent.get()).toBe('granted');
    expect(told[0]?.source).toBe('banner');
  });

  test('a choice made here does not undo what was chosen there', () => {
    const consent = ask();
    chosen(`1.1.${minutes(NOON)}.b.0.analytics~0`);
    consent.update({ marketing: true });
    expect(consent.record()?.purposes).toEqual({ analytics: 'denied', marketing: 'granted' });
  });

  test('a refusal wins over an agreement in the cookie of another domain', () => {
    page.at('https://www.shop.example/');
    jar.set(`user_tracking_consent=1.1.${minutes(NOON)}.b.0.analytics~1;Path=/`);
    jar.set(`user_tracking_consent=1.1.${minutes(NOON - DAY_MS)}.b.0.analytics~0;Path=/;Domain=shop.example`);
    const consent = ask({ purposes: ['analytics'] });
    expect(consent.get()).toBe('denied');
    // And yet a new choice replaces both.
    consent.give();
    expect(ask({ purposes: ['analytics'] }).get()).toBe('granted');
  });
});

describe('R22 blocked storage', () => {
  test('the choice lasts as long as the page, and nothing throws', () => {
    jar.isBlocked = true;
    const consent = ask();
    consent.give();
    consent.refresh();
    expect([consent.get(), consent.isDue()]).toEqual(['granted', false]);
    consent.revoke();
    expect(consent.get()).toBe('denied');
  });
});

describe('R12 cookies of refused purposes', () => {
  const purposes = [{ name: 'analytics', cookies: ['_ga*', 'exact'] }];
  test('go at once, and again at every start while the purpose is refused', () => {
    for (const name of ['_ga', '_ga_X', 'exact', 'exactly']) jar.set(`${name}=1`);
    const consent = ask({ purposes });
    expect(document.cookie).toContain('_ga_X');
    consent.deny();
    expect(document.cookie.split('; ').map((cookie) => cookie.split('=')[0])).toEqual([
      'exactly',
      'user_tracking_consent',
    ]);
    jar.set('_ga=1');
    ask({ purposes });
    expect(document.cookie).not.toContain('_ga');
  });
});

describe('proof', () => {
  test('R16 each choice is posted where the owner wants it, with an id that stays', async () => {
    const bodies: Record<string, unknown>[] = [];
    vi.stubGlobal('fetch', (url: string, init: RequestInit) => {
      bodies.push({ url, keepalive: init.keepalive, ...JSON.parse(init.body as string) });
      return Promise.resolve(new Response(null, { status: 204 }));
    });
    const consent = ask({ recordUrl: '/consents' });
    consent.update({ analytics: true }, { source: 'banner', locale: 'de', textHash: 'abc' });
    consent.deny();
    expect(bodies[0]).toEqual({
      url: '/consents',
      keepalive: true,
      v: 1,
      revision: 1,
      updatedAt: NOON,
      source: 'banner',
      locale: 'de',
      textHash: 'abc',
      id: expect.stringMatching(/^[\da-f-]{36}$/),
      purposes: { analytics: 'granted' },
    });
    expect(bodies[1]?.id).toBe(bodies[0]?.id);
    expect(document.cookie.length).toBeLessThanOrEqual('user_tracking_consent='.length + 128);
  });

  test('R23 a server that cannot be reached changes nothing; it is asked once more', async () => {
    const asked = vi.fn(() => Promise.reject(new TypeError('offline')));
    vi.stubGlobal('fetch', asked);
    const consent = ask({ recordUrl: '/consents' });
    const errors: unknown[] = [];
    consent.on('error', (error) => errors.push(error));
    consent.deny();
    await page.advance(10 * 60_000);
    expect([consent.get(), asked.mock.calls.length, errors.length]).toEqual(['denied', 2, 1]);
  });

  test('R23 a server’s late answer to a grant does not undo the refusal that came after it', async () => {
    const answers: (() => void)[] = [];
    vi.stubGlobal('fetch', (_url: string, init: RequestInit) => {
      const { updatedAt, purposes } = JSON.parse(init.body as string) as ConsentRecord;
      return new Promise<Response>((resolve) => {
        answers.push(() => {
          jar.set(
            `user_tracking_consent=${formatConsent({ v: 1, revision: 1, updatedAt, source: 'api', purposes })};Path=/`,
          );
          resolve(new Response(null, { status: 204 }));
        });
      });
    });
    const consent = ask({ recordUrl: '/consents', purposes: ['analytics'] });
    consent.give();
    await page.advance(120_000);
    consent.deny();
    const told = changes(consent);
    answers[1]?.();
    await page.advance(0);
    answers[0]?.();
    consent.refresh();
    await page.advance(0);
    consent.refresh();
    expect([consent.get(), told, ask({ purposes: ['analytics'] }).get()]).toEqual(['denied', [], 'denied']);
    jar.set(`user_tracking_consent=1.1.${minutes(Date.now())}.b.0.analytics~1;Path=/`);
    consent.refresh();
    expect(consent.get()).toBe('granted');
  });

  test('R17 a receipt says all a visitor may want to prove', () => {
    page.at('https://shop.example/basket?token=secret');
    const consent = ask({ privacyPolicyUrl: '/data' });
    consent.update({ analytics: true });
    expect(consent.receipt()).toEqual({
      site: 'shop.example',
      url: 'https://shop.example/basket',
      issuedAt: new Date(NOON).toISOString(),
      state: { analytics: 'granted', marketing: 'unknown' },
      gpc: false,
      privacyPolicyUrl: '/data',
      record: consent.record(),
    });
  });
});

describe('options that are wrong', () => {
  test.each<[object | null, string]>([
    [{ cookieExpiry: 400 }, 'option "cookieExpiry" should be at most 395 days'],
    [{ cookieExpiry: '30' }, 'option "cookieExpiry" should be number'],
    [{ banner: 'auto' }, 'option "privacyPolicyUrl" is missing; the banner links to /privacy'],
    [{ banner: 'always' }, 'option "banner" should be boolean or auto or manual'],
    [{ purposes: 'analytics' }, 'option "purposes" should be array'],
    [{ purposes: ['a b', 'analytics'] }, 'purpose "a b" is no name'],
    [{ purposes: [null, {}, 'analytics'] }, 'purpose "undefined" is no name'],
    [{ beforeConsent: 'wait' }, 'option "beforeConsent" should be none or memory or cookieless'],
    [{ integrations: [gateTags] }, 'option "integrations" should be called: gateTags()'],
    [{ integrations: [googleConsentMode, microsoftConsent] }, 'option "integrations" should be called: gateTags()'],
    [{ integrations: ['gateTags'] }, 'option "integrations" should be array of functions'],
    [{ integrations: gateTags() }, 'option "integrations" should be array of functions'],
    [{ cookie: 'x' }, 'option "cookie" does not exist'],
  ])('%j: one warning that names the remedy', (options, warning) => {
    const consent = ask(options as ConsentOptions);
    consent.give();
    expect(page.warnings).toEqual([`beaconry: ${warning}`]);
    expect(consent.has('analytics')).toBe(true);
  });

  test.each([null, 7, 'x', undefined])('%j for all of them is none', (options) => {
    expect(createConsent(options as unknown as ConsentOptions).options.purposes).toEqual([{ name: 'analytics' }]);
  });

  test('R14 365 and 395 days are right', () => {
    ask({ cookieExpiry: 365 });
    ask({ cookieExpiry: 395 });
    expect(page.warnings).toEqual([]);
  });
});

describe('calls that make no sense', () => {
  const CHOICE = 'a choice should be true, false or { analytics: true }';
  const unknown = (purpose: string) => `purpose "${purpose}" is not in option "purposes" of createConsent()`;
  type Loose = Record<string, (...given: unknown[]) => unknown>;

  test.each<[name: string, given: unknown[], warning: string]>([
    ['give', ['x'], CHOICE],
    ['give', ['false'], CHOICE],
    ['give', [null], CHOICE],
    ['give', [1], CHOICE],
    ['give', [{ analytics: 'no' }], CHOICE],
    ['give', [['analytics']], unknown('0')],
    ['update', [7], CHOICE],
    ['update', [null], CHOICE],
    ['update', [undefined], CHOICE],
    ['update', [{ analytics: null }], CHOICE],
    ['update', [{ statistics: true }], unknown('statistics')],
    ['revoke', [7], unknown('7')],
    ['revoke', [[{}]], unknown('[object Object]')],
    ['get', [null], unknown('null')],
    ['has', [{}], unknown('[object Object]')],
    ['mode', [undefined, 1], ''],
    ['on', ['change', 7], ''],
    ['on', ['nothing'], ''],
    ['tell', ['nothing'], ''],
  ])('%s(…%j) neither throws nor grants, and one warning names the remedy', (name, given, warning) => {
    const consent = ask();
    const loose = consent as unknown as Loose;
    expect(() => {
      loose[name]?.(...given);
      loose[name]?.(...given);
    }).not.toThrow();
    expect([consent.record(), page.warnings]).toEqual([null, warning ? [`beaconry: ${warning}`] : []]);
    consent.give();
    expect(consent.has('marketing')).toBe(true);
  });

  test('revoke(null) withdraws everything, and origins that are none harm nothing', () => {
    const consent = ask();
    consent.update({ analytics: true }, null as never);
    (consent as unknown as Loose).revoke?.(null);
    expect([consent.get('analytics'), consent.get('marketing'), page.warnings]).toEqual(['denied', 'denied', []]);
  });

  test.each([7, '', null, undefined])('load(%j) is told and warned of, and fails for who waits alone', async (src) => {
    const errors: unknown[] = [];
    const failures: unknown[] = [];
    const note = (reason: unknown) => failures.push(reason);
    process.on('unhandledRejection', note);
    const consent = ask();
    consent.on('error', (error) => errors.push(error));
    consent.give();
    void (consent as unknown as Loose).load?.(src, null);
    await vi.waitFor(() => expect(errors).toHaveLength(1));
    await new Promise((resolve) => setImmediate(resolve));
    process.off('unhandledRejection', note);
    const said = `beaconry: load("${src}") needs an address`;
    expect([failures, page.warnings, `${errors[0]}`]).toEqual([[], [said], `Error: ${said}`]);
    await expect(consent.load(src as string)).rejects.toThrow(said);
  });
});

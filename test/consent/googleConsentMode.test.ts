import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type GoogleConsentModeOptions, googleConsentMode } from '../../src/consent/bridges/googleConsentMode.ts';
import type { ConsentOptions } from '../../src/consent/consent.ts';
import { createConsent } from '../../src/consent/createConsent.ts';
import { type CookieJar, openCookieJar } from '../fakes/cookieJar.ts';
import { type FakePage, openPage } from '../fakes/fakePage.ts';

interface Google {
  dataLayer?: unknown[];
  gtag?: (...words: unknown[]) => void;
}

const google = window as Google;
let page: FakePage;
let jar: CookieJar;
beforeEach(() => {
  page = openPage();
  jar = openCookieJar();
});
afterEach(async () => {
  Reflect.deleteProperty(window, 'dataLayer');
  Reflect.deleteProperty(window, 'gtag');
  Reflect.deleteProperty(navigator, 'globalPrivacyControl');
  jar.close();
  await page.close();
});

const ask = (options?: GoogleConsentModeOptions, more?: ConsentOptions) =>
  createConsent({
    purposes: ['analytics', 'marketing', 'functional'],
    banner: false,
    integrations: [googleConsentMode(options)],
    ...more,
  });
/** What Google's tags would read, in order. */
const commands = () => (google.dataLayer ?? []).map((entry) => [...(entry as unknown[])]);
const isDenied = { ad_storage: 'denied', ad_user_data: 'denied', ad_personalization: 'denied' };
const isGranted = { ad_storage: 'granted', ad_user_data: 'granted', ad_personalization: 'granted' };
const ALL_DENIED = {
  ...isDenied,
  analytics_storage: 'denied',
  functionality_storage: 'denied',
  personalization_storage: 'denied',
  security_storage: 'granted',
};

describe('before a choice', () => {
  test('R20 all is refused at once, and tags are told to wait a little', () => {
    ask();
    expect(commands()).toEqual([['consent', 'default', { ...ALL_DENIED, wait_for_update: 500 }]]);
  });

  test('commands are what gtag() pushes, an object of arguments and no array', () => {
    ask();
    expect(Object.prototype.toString.call(google.dataLayer?.[0])).toBe('[object Arguments]');
  });

  test('what the options say is told beside it', () => {
    ask({ waitForUpdate: 2000, regions: ['DE', 'US-CA'], adsDataRedaction: true, urlPassthrough: true });
    expect(commands()).toEqual([
      ['consent', 'default', { ...ALL_DENIED, wait_for_update: 2000, region: ['DE', 'US-CA'] }],
      ['set', 'ads_data_redaction', true],
      ['set', 'url_passthrough', true],
    ]);
  });

  test('a data layer and a gtag() that are there already stay, and are used', () => {
    const before = { event: 'mine' };
    google.dataLayer = [before];
    const calls: unknown[][] = [];
    const mine = (...words: unknown[]) => void calls.push(words);
    google.gtag = mine;
    ask();
    expect(google.gtag).toBe(mine);
    expect(google.dataLayer).toEqual([before]);
    expect(calls.map(([command, kind]) => [command, kind])).toEqual([['consent', 'default']]);
  });

  test('gtag() is there for the page, which may put its own in its place', () => {
    const consent = ask();
    google.gtag?.('js', 1);
    expect(commands().at(-1)).toEqual(['js', 1]);
    google.gtag = () => {};
    consent.give();
    expect(commands().at(-1)?.slice(0, 2)).toEqual(['consent', 'update']);
  });
});

describe('a choice', () => {
  test.each<[string, Record<string, boolean>, Record<string, string>]>([
    [
      'everything',
      { analytics: true, marketing: true, functional: true },
      {
        ...isGranted,
        analytics_storage: 'granted',
        functionality_storage: 'granted',
        personalization_storage: 'granted',
      },
    ],
    ['nothing', { analytics: false, marketing: false, functional: false }, {}],
    ['analytics alone', { analytics: true, marketing: false, functional: false }, { analytics_storage: 'granted' }],
    ['marketing alone', { analytics: false, marketing: true, functional: false }, isGranted],
    [
      'functional alone',
      { analytics: false, marketing: false, functional: true },
      { functionality_storage: 'granted', personalization_storage: 'granted' },
    ],
  ])('of %s is told in its task', (_, choice, expected) => {
    ask().update(choice);
    expect(commands().slice(1)).toEqual([['consent', 'update', { ...ALL_DENIED, ...expected }]]);
  });

  test('that is withdrawn is told, too', () => {
    const consent = ask();
    consent.give();
    consent.revoke();
    expect(commands().at(-1)).toEqual(['consent', 'update', ALL_DENIED]);
    expect(commands()).toHaveLength(3);
  });

  test('made on an earlier page is told right after the defaults', () => {
    jar.set('user_tracking_consent=1.1.t0000.b.0.analytics~1.marketing~0.functional~0;Path=/');
    page.at('https://shop.example/');
    ask({}, { reask: 36_500 });
    expect(commands().map(([, kind]) => kind)).toEqual(['default', 'update']);
    expect(commands()[1]?.[2]).toEqual({ ...ALL_DENIED, analytics_storage: 'granted' });
  });

  test('made by the browser’s signal, or by law in an opt-out model, is told at once', () => {
    Object.defineProperty(navigator, 'globalPrivacyControl', { value: true, configurable: true });
    ask({}, { gpc: 'marketing', model: 'opt-out' });
    expect(commands()[1]?.[2]).toMatchObject({ ...isDenied, analytics_storage: 'granted' });
  });
});

describe('the map', () => {
  test('may name purposes of one’s own', () => {
    const consent = ask(
      { map: { ads: ['ad_storage', 'ad_user_data', 'ad_personalization'] } },
      { purposes: ['analytics', 'ads'] },
    );
    consent.update({ ads: true, analytics: false });
    expect(commands().at(-1)?.[2]).toEqual({ ...ALL_DENIED, ...isGranted });
  });

  test('a signal under two purposes needs both', () => {
    const consent = ask(
      { map: { personalisation: ['ad_personalization'] } },
      { purposes: ['marketing', 'personalisation'] },
    );
    consent.update({ marketing: true, personalisation: false });
    expect(commands().at(-1)?.[2]).toMatchObject({ ...isGranted, ad_personalization: 'denied' });
    consent.update({ personalisation: true });
    expect(commands().at(-1)?.[2]).toMatchObject(isGranted);
  });

  test('of purposes that nobody is asked about grants nothing, and is no mistake', () => {
    const consent = ask({}, { purposes: ['analytics'] });
    consent.give();
    expect(commands().at(-1)?.[2]).toEqual({ ...ALL_DENIED, analytics_storage: 'granted' });
    expect(page.warnings).toEqual([]);
  });
});

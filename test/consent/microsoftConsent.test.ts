import { afterEach, beforeEach, expect, test } from 'vitest';
import { microsoftConsent } from '../../src/consent/bridges/microsoftConsent.ts';
import { createConsent } from '../../src/consent/createConsent.ts';
import { type CookieJar, openCookieJar } from '../fakes/cookieJar.ts';
import { type FakePage, openPage } from '../fakes/fakePage.ts';

interface Microsoft {
  uetq?: unknown[] | { push(...words: unknown[]): void };
  clarity?: ((...words: unknown[]) => void) & { q?: ArrayLike<unknown>[] };
}

const microsoft = window as Microsoft;
let page: FakePage;
let jar: CookieJar;
beforeEach(() => {
  page = openPage();
  jar = openCookieJar();
});
afterEach(async () => {
  Reflect.deleteProperty(window, 'uetq');
  Reflect.deleteProperty(window, 'clarity');
  jar.close();
  await page.close();
});

const ask = (purposes = ['analytics', 'marketing']) =>
  createConsent({ purposes, banner: false, integrations: [microsoftConsent()] });
const queued = () => (microsoft.clarity?.q ?? []).map((call) => [...(call as unknown[])]);

test('before a choice both are told that nothing is granted, for tags that come later', () => {
  ask();
  expect(microsoft.uetq).toEqual(['consent', 'default', { ad_storage: 'denied' }]);
  expect(queued()).toEqual([['consentv2', { ad_Storage: 'denied', analytics_Storage: 'denied' }]]);
});

test('a choice is told in its task, and so is its withdrawal', () => {
  const consent = ask();
  consent.update({ analytics: true, marketing: false });
  consent.update({ marketing: true });
  consent.revoke();
  expect((microsoft.uetq as unknown[]).slice(3)).toEqual([
    ...['consent', 'update', { ad_storage: 'denied' }],
    ...['consent', 'update', { ad_storage: 'granted' }],
    ...['consent', 'update', { ad_storage: 'denied' }],
  ]);
  expect(queued().slice(1)).toEqual([
    ['consentv2', { ad_Storage: 'denied', analytics_Storage: 'granted' }],
    ['consentv2', { ad_Storage: 'granted', analytics_Storage: 'granted' }],
    ['consentv2', { ad_Storage: 'denied', analytics_Storage: 'denied' }],
  ]);
});

test('tags that are there already, or come meanwhile, are told themselves', () => {
  const told: unknown[][] = [];
  microsoft.uetq = { push: (...words) => void told.push(['uet', ...words]) };
  microsoft.clarity = (...words) => void told.push(['early', ...words]);
  const consent = ask();
  microsoft.clarity = (...words) => void told.push(['late', ...words]);
  consent.give();
  expect(told).toEqual([
    ['uet', 'consent', 'default', { ad_storage: 'denied' }],
    ['early', 'consentv2', { ad_Storage: 'denied', analytics_Storage: 'denied' }],
    ['uet', 'consent', 'update', { ad_storage: 'granted' }],
    ['late', 'consentv2', { ad_Storage: 'granted', analytics_Storage: 'granted' }],
  ]);
});

test('a purpose that nobody is asked about is refused, and no mistake', () => {
  ask(['analytics']).give();
  expect(queued().at(-1)).toEqual(['consentv2', { ad_Storage: 'denied', analytics_Storage: 'granted' }]);
  expect(page.warnings).toEqual([]);
});

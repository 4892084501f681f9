import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ConsentApi } from '../../src/consent/consent.ts';
import { createConsent } from '../../src/consent/createConsent.ts';
import { durableOutbox } from '../../src/index.ts';
import { erase } from '../../src/myData/erase.ts';
import { look } from '../../src/myData/look.ts';
import { english } from '../../src/myData/texts.ts';
import { openStore } from '../../src/outbox/openStore.ts';
import { type CookieJar, openCookieJar } from '../fakes/cookieJar.ts';
import { type FakePage, openPage } from '../fakes/fakePage.ts';

let page: FakePage;
let jar: CookieJar;
beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
  page = openPage();
  page.endpoint.usual = { status: 503 };
  jar = openCookieJar();
});
afterEach(async () => {
  jar.close();
  await page.close();
});

const names = async () => (await indexedDB.databases()).map(({ name }) => name);
const see = (consent?: ConsentApi) => look(consent, english, 'en');
/** Lets time pass until it is done; what it waits for takes turns of the event loop too. */
const ended = async (task: Promise<void>) => {
  let isOver = false;
  void task.then(() => {
    isOver = true;
  });
  while (!isOver) {
    await page.advance(50);
    await new Promise((resolve) => setImmediate(resolve));
  }
};
const settle = async () => {
  for (let turn = 0; turn < 60; turn++) {
    await page.advance(5);
    await new Promise((resolve) => setImmediate(resolve));
  }
};

test('withdraws consent, and removes what this page and former ones left', async () => {
  const consent = createConsent({ purposes: ['analytics', { name: 'marketing', cookies: ['_ga'] }], banner: false });
  consent.give();
  const tracker = page.track({ consent, outbox: durableOutbox() });
  tracker.track('a');
  await settle();
  (await openStore('beaconry https://old.example/e old')).close();
  localStorage.setItem('beaconry.old:touch', '{}');
  localStorage.setItem('beaconry.old:out', 'true');
  localStorage.setItem('theirs', '1');
  jar.set('_ga=1;Path=/');
  const data = await see(consent);
  expect(data.stored.map(({ name }) => name).sort()).toEqual([
    '_ga',
    'beaconry https://old.example/e old',
    'beaconry https://shop.example/e shop',
    'beaconry.old:out',
    'beaconry.old:touch',
    'beaconry.shop',
    'user_tracking_consent',
  ]);
  expect(data.waiting.map(({ name }) => name)).toEqual(['a']);

  await ended(erase(data, consent, []));
  const { stored, waiting, inMemory, mode } = await see(consent);
  expect(stored.map(({ name }) => name)).toEqual(['user_tracking_consent', 'beaconry.old:out']);
  expect({ waiting, inMemory, mode }).toEqual({ waiting: [], inMemory: 0, mode: 'none' });
  expect([await names(), Object.keys(localStorage)]).toEqual([[], ['beaconry.old:out', 'theirs']]);
  expect(consent.record()?.purposes).toEqual({ analytics: 'denied', marketing: 'denied' });
  expect(tracker.stats()).toMatchObject({ pending: 0, dropped: { consent: 1 } });
});

test('leaves a refusal as it was given', async () => {
  const consent = createConsent({ banner: false });
  consent.update({ analytics: false }, { source: 'banner' });
  localStorage.setItem('beaconry.shop', '{}');
  const before = consent.record();
  await ended(erase(await see(consent), consent, []));
  expect(consent.record()).toBe(before);
  expect(localStorage.length).toBe(0);
});

test('objects where there is no consent to withdraw, for sites without a tracker here too', async () => {
  const tracker = page.track({ consent: 'granted', outbox: durableOutbox() });
  tracker.track('a');
  await settle();
  (await openStore('beaconry https://old.example/e the blog')).close();
  await ended(erase(await see(), undefined, [tracker]));
  expect(Object.keys(localStorage).sort()).toEqual(['beaconry.shop:out', 'beaconry.the blog:out']);
  expect(await names()).toEqual([]);
  page.endpoint.requests.length = 0;
  tracker.track('b');
  await tracker.flush();
  await settle();
  expect(page.endpoint.requests).toEqual([]);
});

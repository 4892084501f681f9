import { afterEach, beforeEach, expect, test } from 'vitest';
import { createConsent } from '../../src/consent/createConsent.ts';
import type { Enricher } from '../../src/session/enricher.ts';
import { type CookieJar, openCookieJar } from '../fakes/cookieJar.ts';
import { type FakePage, isBalanced, openPage } from '../fakes/fakePage.ts';

let page: FakePage;
let jar: CookieJar;
beforeEach(() => {
  page = openPage();
  jar = openCookieJar();
});
afterEach(async () => {
  await page.close();
  jar.close();
});

const adds =
  (more: object): Enricher =>
  () =>
  (event) => ({ ...event, data: { ...event.data, ...more } });
/** Counts events on the device, where that is allowed. */
const counts: Enricher = ({ stored, consent }) => {
  const kept = stored<number>('count');
  return (event) => {
    const count = (kept?.read() ?? 0) + 1;
    kept?.write(count);
    return { ...event, data: { ...event.data, count, consent } };
  };
};

test('each adds to what the one before it made, and the owner’s hook comes last', async () => {
  const tracker = page.track({
    enrich: [adds({ a: 1, b: 1 }), adds({ b: 2 })],
    beforeSend: (event) => ({ ...event, data: { ...event.data, c: event.data.b } }),
  });
  tracker.track('x');
  await tracker.flush();
  expect(page.endpoint.events()[0]?.data).toEqual({ a: 1, b: 2, c: 2 });
});

test('one that answers with null leaves the event out, counted; one that fails adds nothing', async () => {
  const errors: unknown[] = [];
  const tracker = page.track({
    onError: (error) => errors.push(error),
    enrich: [
      () => (event) => (event.name === 'x' ? null : event),
      () => () => {
        throw Error('theirs');
      },
      () => {
        throw Error('theirs, from the start');
      },
    ],
  });
  tracker.track('x');
  tracker.track('y');
  await tracker.flush();
  expect(page.endpoint.events().map(({ name }) => name)).toEqual(['y']);
  expect(tracker.stats().dropped).toEqual({ filtered: 1 });
  expect(isBalanced(tracker)).toBe(true);
  expect(errors.map(String)).toEqual(['Error: theirs, from the start', 'Error: theirs']);
});

test('may keep things with consent alone, and they go with it', async () => {
  const consent = createConsent({ banner: false, beforeConsent: 'cookieless' });
  const tracker = page.track({ consent, enrich: [counts] });
  tracker.track('before');
  expect(localStorage.length).toBe(0);
  consent.give();
  tracker.track('after');
  tracker.track('again');
  expect(localStorage.getItem('beaconry.shop:count')).toBe('3');
  await tracker.flush();
  expect(page.endpoint.events().map(({ data }) => [data?.consent, data?.count])).toEqual([
    ['cookieless', 1],
    ['granted', 1],
    ['granted', 2],
    ['granted', 3],
  ]);
  consent.revoke();
  expect(localStorage.length).toBe(0);
});

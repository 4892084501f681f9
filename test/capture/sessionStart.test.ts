import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createConsent, linker, pageViews, sessionStart, type Tracker, type TrackerOptions } from '../../src/index.ts';
import { openCookieJar } from '../fakes/cookieJar.ts';
import { type FakePage, isBalanced, openPage } from '../fakes/fakePage.ts';

const MINUTE = 60_000;

let page: FakePage;
beforeEach(() => {
  page = openPage();
});
afterEach(() => page.close());

const open = (options: Partial<TrackerOptions> = {}) =>
  page.track({ capture: [sessionStart(), pageViews()], ...options });
/** The visitor goes to another page of the site. */
async function load(tracker: Tracker, options?: Partial<TrackerOptions>) {
  tracker.stop();
  await page.advance(1);
  return open(options);
}
const names = () => page.endpoint.events().map(({ name }) => name);
const starts = () => page.endpoint.named('session_start');
/** Every session has one beginning, and no beginning is of another session. */
const expectOneEach = () => {
  const sessions = [...new Set(page.endpoint.events().map(({ session }) => session))];
  expect(
    starts()
      .map(({ session }) => session)
      .sort(),
  ).toEqual(sessions.sort());
};

test('a session begins with its first event, at its time and on its page', async () => {
  const tracker = open({ capture: [sessionStart()] });
  await page.advance(5000);
  expect(page.endpoint.requests).toEqual([]);
  tracker.track('a', {}, { at: 1000 });
  tracker.track('b');
  await tracker.flush();
  expect(names()).toEqual(['session_start', 'a', 'b']);
  const [start, first] = page.endpoint.events();
  expect(start).toMatchObject({ seq: 1, at: 1000, page: first?.page, session: tracker.session.id });
  expect(start?.data ?? {}).toEqual({});
  expect(isBalanced(tracker)).toBe(true);
});

test.each([[[pageViews(), sessionStart()]], [[sessionStart(), pageViews()]]])(
  'whatever else is captured, and in which order',
  async (capture) => {
    const tracker = open({ capture });
    await tracker.flush();
    expect(names().sort()).toEqual(['page_view', 'session_start']);
    const [start, view] = ['session_start', 'page_view'].map((name) => page.endpoint.named(name)[0]);
    expect([start?.at, start?.page]).toEqual([view?.at, view?.page]);
  },
);

test('a session that goes on does not begin again: on the next page, after a reload, back from the cache', async () => {
  let tracker = open();
  await page.advance(29 * MINUTE);
  tracker = await load(tracker);
  await page.advance(29 * MINUTE);
  page.leave();
  page.comeBack();
  tracker.track('a');
  await page.advance(10_000);
  expect(names()).toEqual(['session_start', 'page_view', 'page_view', 'page_view', 'a']);
  expectOneEach();
});

test('the next one begins after half an hour without an event, after a day, and after reset()', async () => {
  const tracker = open();
  await page.advance(30 * MINUTE);
  tracker.track('late');
  await tracker.flush();
  expect(names()).toEqual(['session_start', 'page_view', 'session_start', 'late']);
  for (let spent = 0; spent < 24 * 60; spent += 20) {
    await page.advance(20 * MINUTE);
    tracker.track('active');
  }
  await tracker.flush();
  expect(starts()).toHaveLength(3);
  tracker.reset();
  await tracker.flush();
  expect(starts()).toHaveLength(3);
  tracker.track('another');
  await tracker.flush();
  expect(names().slice(-2)).toEqual(['session_start', 'another']);
  expectOneEach();
});

test('without consent to keep one, each page load begins its own', async () => {
  const consent = 'cookieless';
  let tracker = open({ consent });
  tracker.track('a');
  tracker = await load(tracker, { consent });
  await tracker.flush();
  expect(names()).toEqual(['session_start', 'page_view', 'a', 'session_start', 'page_view']);
  expectOneEach();
  expect(localStorage.length).toBe(0);
});

test('of two tabs the one that began it tells', async () => {
  const tabs = [open(), open({ endpoint: '/other' })];
  tabs[1]?.track('a');
  tabs[0]?.track('b');
  for (const tab of tabs) await tab.flush();
  expect(starts()).toHaveLength(1);
  // The session is over, and the other tab is the first to wake.
  await page.advance(31 * MINUTE);
  tabs[1]?.track('c');
  tabs[0]?.track('d');
  for (const tab of tabs) await tab.flush();
  expect(starts()).toHaveLength(2);
  expectOneEach();
});

describe('where the visitor is asked', () => {
  test('it begins with the agreement, as of what has waited for that, and anew after a withdrawal', async () => {
    const jar = openCookieJar();
    const consent = createConsent({ banner: false });
    const tracker = open({ consent });
    const arrived = Date.now();
    await page.advance(10_000);
    expect(page.endpoint.requests).toEqual([]);
    consent.give(true);
    await tracker.flush();
    expect(names()).toEqual(['session_start', 'page_view', 'consent']);
    expect(starts()[0]?.at).toBe(arrived);
    consent.revoke();
    await page.advance(1000);
    consent.give(true);
    tracker.track('a');
    await tracker.flush();
    expect(starts().map(({ at }) => at)).toEqual([arrived, arrived + 11_000]);
    expectOneEach();
    jar.close();
  });

  test('one that was cookieless meanwhile is a session of its own', async () => {
    const jar = openCookieJar();
    const consent = createConsent({ banner: false, beforeConsent: 'cookieless' });
    const tracker = open({ consent });
    tracker.track('a');
    consent.give(true);
    tracker.track('b');
    await page.advance(10_000);
    expect(starts()).toHaveLength(2);
    expectOneEach();
    jar.close();
  });
});

test('a session whose first event the owner leaves out has begun all the same', async () => {
  const tracker = open({ beforeSend: (event) => (event.name === 'page_view' ? null : event) });
  const next = await load(tracker);
  next.track('a');
  await next.flush();
  expect(names()).toEqual(['session_start', 'page_view', 'a']);
  expectOneEach();
});

test('a session that was taken along from another domain began there', async () => {
  const id = '01975fff-0000-7000-8000-000000000000';
  page.at(`https://shop.example/?_by=${Date.now().toString(36)}.${id}.`);
  const tracker = open({ enrich: [linker({ domains: ['pay.example'] })] });
  await tracker.flush();
  expect(tracker.session.id).toBe(id);
  expect(names()).toEqual(['page_view']);
});

test('stopped, nothing begins', async () => {
  const tracker = open({ capture: [sessionStart()] });
  tracker.stop();
  await page.advance(1);
  tracker.track('a');
  await page.advance(10_000);
  expect(page.endpoint.requests).toEqual([]);
});

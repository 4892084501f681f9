import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Browser, engines, openBrowser, type Tab } from './openBrowser.ts';
import { type Server, serve } from './serve.ts';
import { openTrackedSite, type TrackedSite } from './trackedSite.ts';

let site: TrackedSite;
/** Another origin, whose scripts say nothing of their errors. */
let foreign: Server;
beforeAll(async () => {
  site = await openTrackedSite();
  foreign = await serve({
    '/broken.js': {
      headers: { 'content-type': 'text/javascript' },
      body: "throw new Error('s3cret of another origin')",
    },
  });
});
afterAll(async () => {
  await site.close();
  await foreign.close();
});

describe.each(engines)('errors in %s', (engine) => {
  let browser: Browser;
  let tab: Tab;
  beforeAll(async () => {
    browser = await openBrowser(engine);
    tab = await browser.newTab();
  });
  afterAll(() => browser?.close());

  const open = async (options: object = {}, headers?: Record<string, string>) => {
    const visit = site.visit({ pageViews: false, clicks: false, captures: [['errors', options]], headers });
    await tab.goto(`${visit.url('errors')}?foreign=${foreign.url}/broken.js`);
    return visit;
  };
  const wait = (ms: number) => tab.evaluate((forMs) => new Promise<void>((resolve) => setTimeout(resolve, forMs)), ms);

  test('what the page does not catch is told, where it happened, without what it should not say', async () => {
    const visit = await open();
    for (const id of ['throws', 'rejects', 'text']) await tab.click(`#${id}`);
    const events = await visit.arrivedFrom(tab);
    expect(events.map(({ name, data: { type, message, count } }) => [name, type, message, count])).toEqual([
      ['error', 'error', 'TypeError: no price for :email', 1],
      ['error', 'rejection', 'Error: no stock', 1],
      ['error', 'error', expect.stringMatching(/only words$/), 1],
    ]);
    const [thrown, rejected] = events.map(({ data }) => (data.stack as object[])[0]);
    expect(thrown).toEqual({
      url: '/errors',
      function: expect.stringMatching(/buy$/),
      line: expect.any(Number),
      column: expect.any(Number),
    });
    expect(rejected).toMatchObject({ url: '/errors' });
    expect(visit.requests.map(({ body }) => body).join()).not.toMatch(/jo@/);
  });

  // Firefox, when it is driven, keeps nothing to itself.
  test.skipIf(engine === 'firefox')('of a script of another origin is told that it failed, and no more', async () => {
    const visit = await open();
    await tab.click('#foreign');
    await wait(500);
    const events = await visit.arrivedFrom(tab);
    expect(events.map(({ data }) => data)).toEqual([{ type: 'error', message: 'Script error.', stack: [], count: 1 }]);
  });

  test('what happens again is told together when the page is left', async () => {
    const visit = await open();
    await tab.click('#again');
    await wait(200);
    await tab.goto(site.visit().url('blank'));
    const events = await visit.arrived(2);
    expect(events.map(({ data }) => [data.message, data.count])).toEqual([
      ['Error: again', 1],
      ['Error: again', 19],
    ]);
  });

  test('by option what was not loaded, and what the policy stopped', async () => {
    const policy = { 'content-security-policy': "img-src 'self'" };
    const visit = await open({ resources: true, csp: true }, policy);
    await tab.click('#image');
    await wait(300);
    await tab.click('#blocked');
    await wait(300);
    const events = await visit.arrivedFrom(tab);
    const lines = events.map(({ data }) => `${data.type} ${data.message}`.replace(site.url, ''));
    expect(lines.sort()).toEqual([
      'csp img-src http://127.0.0.1:9/:email',
      'resource img /gone/:email',
      'resource img http://127.0.0.1:9/:email',
    ]);
    expect(visit.requests.map(({ body }) => body).join()).not.toMatch(/jo@|s3cret/);
  });

  test('the page’s own handlers see every error, and nothing is prevented', async () => {
    await open();
    await tab.evaluate(() => {
      const seen: unknown[] = [];
      Object.assign(window, { seen });
      addEventListener('error', (event) => seen.push([event.message, event.defaultPrevented]));
      addEventListener('unhandledrejection', (event) => seen.push([event.reason.message, event.defaultPrevented]));
    });
    await tab.click('#throws');
    await tab.click('#rejects');
    // A rejection is told after the task that left it unhandled.
    await expect
      .poll(() => tab.evaluate(() => (window as unknown as { seen: unknown[] }).seen))
      .toEqual([
        [expect.stringContaining('no price'), false],
        ['no stock', false],
      ]);
  });
});

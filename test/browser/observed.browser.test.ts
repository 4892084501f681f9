import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Browser, engines, openBrowser, type Tab } from './openBrowser.ts';
import { type Server, serve } from './serve.ts';
import { openTrackedSite, type SeenEvent, type TrackedPage, type TrackedSite, type Visit } from './trackedSite.ts';

let site: TrackedSite;
/** The site as it answers for what it does not have, and another origin. */
let gone: Server;
beforeAll(async () => {
  site = await openTrackedSite();
  site.say('/said/api/orders/4711', 'fine');
  const sound = silence(20);
  gone = await serve({
    '/tracker.js': async () => ({
      headers: { 'content-type': 'text/javascript' },
      body: await (await fetch(`${site.url}/tracker.js`)).text(),
    }),
    // In parts, as players want it who are to go ahead.
    '/sound.wav': ({ headers }) => {
      const [from = 0, to = sound.length - 1] = (headers.range?.match(/\d+/g) ?? []).map(Number);
      return {
        status: 206,
        headers: { 'content-type': 'audio/wav', 'content-range': `bytes ${from}-${to}/${sound.length}` },
        body: sound.subarray(from, to + 1),
      };
    },
    '/open/*': { headers: { 'access-control-allow-origin': '*' }, body: 'fine' },
    '/*': async ({ path }) => ({
      status: Number(path.split('/')[1]),
      headers: { 'content-type': 'text/html' },
      body: await (await fetch(`${site.url}${path.replace(/^\/\d+/, '')}`)).text(),
    }),
  });
});
afterAll(async () => {
  await site.close();
  await gone.close();
});

/** So many seconds of it, as a file. */
function silence(seconds: number): Buffer {
  const rate = 8000;
  const length = rate * seconds;
  const file = Buffer.alloc(44 + length, 128);
  file.write('RIFF', 0);
  file.writeUInt32LE(36 + length, 4);
  file.write('WAVEfmt ', 8);
  file.writeUInt32LE(16, 16);
  file.writeUInt16LE(1, 20);
  file.writeUInt16LE(1, 22);
  file.writeUInt32LE(rate, 24);
  file.writeUInt32LE(rate, 28);
  file.writeUInt16LE(1, 32);
  file.writeUInt16LE(8, 34);
  file.write('data', 36);
  file.writeUInt32LE(length, 40);
  return file;
}

describe.each(engines)('in %s', (engine) => {
  let browser: Browser;
  let tab: Tab;
  beforeAll(async () => {
    browser = await openBrowser(engine);
    tab = await browser.newTab();
  });
  afterAll(() => browser?.close());

  const open = async (capture: string, options: object = {}, query = '', endpoint?: string) => {
    const visit = site.visit({ clicks: false, captures: [[capture, options]], endpoint });
    await tab.goto(visit.url('observed') + query);
    return visit;
  };
  const wait = (ms: number) => tab.evaluate((forMs) => new Promise<void>((resolve) => setTimeout(resolve, forMs)), ms);
  /** All that was told beside page views, as name and data. */
  const told = async (visit: Visit) =>
    (await visit.arrivedFrom(tab))
      .filter(({ name }) => name !== 'page_view')
      .map(({ name, data }: SeenEvent) => ({ event: name, ...data }));

  describe('requests', () => {
    /** Asks as pages do, in all ways. */
    const ask = (other: string) =>
      tab.evaluate(async (elsewhere) => {
        const get = (url: string, init?: RequestInit) =>
          fetch(url, init).then(
            (response) => response.text(),
            () => '',
          );
        await get('/said/api/orders/4711?session=s3cret');
        await new Promise((resolve) => {
          const request = new XMLHttpRequest();
          request.open('GET', '/0/nothing/here');
          request.onloadend = resolve;
          request.send();
        });
        await get(`${elsewhere}/open/api`);
        await get('http://127.0.0.1:9/refused');
        await new Promise((resolve) => setTimeout(resolve, 300));
      }, other);
    /** What was told, without durations and ports. */
    const lines = async (visit: Visit) =>
      (await told(visit)).map(({ event, ms, url, ...data }: Record<string, unknown>) => {
        expect(event).toBe('request');
        expect(ms).toBeGreaterThanOrEqual(0);
        return [String(url).replace(site.url, '').replace(gone.url, 'http://other'), data];
      });

    test('to the own origin are told, those to the endpoint are not', async () => {
      const visit = await open('requests', {}, undefined, `${site.url}/said/endpoint`);
      await ask(gone.url);
      await tab.evaluate(() => (window as unknown as TrackedPage).tracker?.flush());
      await wait(300);
      const answers = await tab.evaluate(() => {
        const { tracker } = window as unknown as TrackedPage;
        return tracker?.stats().accepted;
      });
      // The endpoint is one of the site's own and takes nothing: its events are looked at in the tab.
      expect(answers).toBe(3);
      expect(visit.requests).toEqual([]);
    });

    test('are told with their status, where the browser knows it', async () => {
      const visit = await open('requests');
      await ask(gone.url);
      const isKnown = engine !== 'webkit';
      expect(await lines(visit)).toEqual([
        ['/said/api/orders/:id', isKnown ? { status: 200, failed: false } : {}],
        ['/:id/nothing/here', isKnown ? { status: 404, failed: true } : {}],
      ]);
    });

    test('by the owner’s choice to others, and with methods where patches are allowed', async () => {
      const visit = await open('requests', { own: ['/', `${gone.url}/open/`, 'http://127.0.0.1:9/'], patch: true });
      await ask(gone.url);
      await tab.evaluate(() => fetch('/said/api/orders/1', { method: 'POST', body: '1' }).then(() => {}));
      expect(await lines(visit)).toEqual([
        ['/said/api/orders/:id', { method: 'GET', status: 200, failed: false }],
        ['/:id/nothing/here', { method: 'GET', status: 404, failed: true }],
        ['http://other/open/api', { method: 'GET', status: 200, failed: false }],
        ['http://127.0.0.1:9/refused', { method: 'GET', failed: true }],
        ['/said/api/orders/:id', { method: 'POST', status: 200, failed: false }],
      ]);
    });

    test('patches leave rejections to the page, and nothing behind', async () => {
      await open('requests', { patch: true, own: ['http://127.0.0.1:9/'] });
      const rejected = await tab.evaluate(async () => {
        const unhandled = new Promise((resolve) => addEventListener('unhandledrejection', () => resolve('unhandled')));
        void fetch('http://127.0.0.1:9/refused');
        return unhandled;
      });
      expect(rejected).toBe('unhandled');
      const isNative = await tab.evaluate(async () => {
        const patched = [window.fetch, XMLHttpRequest.prototype.open].map(String);
        (window as unknown as TrackedPage).tracker?.stop();
        await new Promise((resolve) => setTimeout(resolve, 50));
        const restored = [window.fetch, XMLHttpRequest.prototype.open].map(String);
        return [...patched, ...restored].map((text) => /native code/.test(text));
      });
      expect(isNative).toEqual([false, false, true, true]);
    });
  });

  describe('search', () => {
    test('what was searched for is told once for each term', async () => {
      const visit = await open('search', {}, '?q=red+shoes&page=2');
      await wait(50);
      await tab.evaluate(() => history.pushState(null, '', '?q=red+shoes&page=3'));
      await wait(50);
      await tab.evaluate(() => history.pushState(null, '', '?q=jo@example.org'));
      await wait(50);
      expect(await told(visit)).toEqual([
        { event: 'search', term: 'red shoes', parameter: 'q' },
        { event: 'search', term: ':email', parameter: 'q' },
      ]);
    });
  });

  describe('copies', () => {
    test('are told by their length, never by their text', async () => {
      const visit = await open('copy');
      await tab.click('#code');
      await tab.evaluate(() => {
        getSelection()?.selectAllChildren(document.querySelector('#code') as Element);
      });
      await tab.press('Control+c');
      await tab.click('#field');
      await tab.evaluate(() => (document.querySelector('#field') as HTMLTextAreaElement).setSelectionRange(0, 5));
      await tab.press('Control+c');
      expect(await told(visit)).toEqual([
        { event: 'copy', chars: 11, kind: 'element', name: 'coupon', selector: '#code' },
        { event: 'copy', chars: 5, kind: 'element', name: 'element', selector: '#field' },
      ]);
      expect(visit.requests.map(({ body }) => body).join()).not.toMatch(/SUMMER|typed/);
    });
  });

  describe('pages that are not there', () => {
    test.skipIf(engine === 'webkit')('are told by the status of their answer', async () => {
      // WebKitGTK does not say it.
      const visit = site.visit({ clicks: false, captures: [['notFound']] });
      await tab.goto(visit.url('observed').replace(site.url, `${gone.url}/404`));
      const [, event] = await visit.arrived(2);
      expect([event?.name, event?.data]).toEqual([
        'not_found',
        { url: expect.stringMatching(/\/404\/\d+\/observed$/), referrer: expect.any(String) },
      ]);
    });

    test('are told by their mark, and no others', async () => {
      const visit = await open('notFound');
      await wait(500);
      await tab.evaluate(() => {
        history.pushState(null, '', 'gone');
        const mark = Object.assign(document.createElement('meta'), { name: 'beaconry:status', content: '404' });
        document.head.append(mark);
      });
      await wait(500);
      expect(await told(visit)).toEqual([{ event: 'not_found', url: '/gone', referrer: '/observed' }]);
    });
  });

  describe('media', () => {
    test('are told as they are played', async () => {
      const visit = await open('media', { progress: [50] });
      await tab.evaluate(
        (src) =>
          new Promise<void>((resolve) => {
            const sound = document.getElementById('sound') as HTMLAudioElement;
            sound.addEventListener('loadedmetadata', () => resolve());
            Object.assign(sound, { src, muted: true });
            sound.load();
          }),
        `${gone.url}/sound.wav?sig=s3cret`,
      );
      await tab.click('#play');
      await wait(300);
      await tab.click('#pause');
      await wait(300);
      await tab.evaluate(() => {
        (document.getElementById('sound') as HTMLAudioElement).currentTime = 19;
      });
      await wait(300);
      await tab.click('#play');
      await tab.waitFor(() => (document.getElementById('sound') as HTMLAudioElement).ended);
      await wait(300);
      const events = await told(visit);
      expect(events.map(({ action, percent }: Record<string, unknown>) => `${action} ${percent}`)).toEqual([
        'play 0',
        expect.stringMatching(/^pause \d$/),
        'progress 50',
        'play 95',
        'complete 100',
      ]);
      expect(events.at(-1)).toEqual({
        event: 'media',
        action: 'complete',
        percent: 100,
        seconds: 20,
        kind: 'audio',
        name: 'sound.wav',
      });
      expect(visit.requests.map(({ body }) => body).join()).not.toContain('s3cret');
    });
  });

  describe('heatmaps', () => {
    test('tell where was clicked and how long was looked, in the document and in the element', async () => {
      const visit = await open('heatmap', { move: false });
      await tab.click('#box');
      await wait(100);
      await tab.click('#below');
      await wait(1200);
      await tab.goto(site.visit({ isIdle: true }).url('blank'));
      const events = (await visit.arrived(2)).filter(({ name }) => name === 'heatmap');
      const size = await tab.evaluate(() => [innerWidth, innerHeight]);
      expect(events.map(({ data, page }) => [page.url, data])).toEqual([
        [
          '/observed',
          {
            width: size[0],
            view_height: size[1],
            height: expect.any(Number),
            clicks: expect.stringMatching(/^500,350,50,50,#box;12\d,25\d\d,(49|50),(48|49|50),#below$/),
            moves: '',
            attention: expect.stringMatching(/^(0,1;)?1\d\d\d,[12]$/),
          },
        ],
      ]);
    });

    test.skipIf(engine === 'webkit')('tell where the mouse went', async () => {
      const visit = await open('heatmap', { attention: false, click: false });
      for (const x of [100, 200, 300]) {
        await tab.page?.mouse.move(x, 400);
        await wait(250);
      }
      await tab.goto(site.visit({ isIdle: true }).url('blank'));
      const events = (await visit.arrived(2)).filter(({ name }) => name === 'heatmap');
      expect(events.map(({ data }) => data.moves)).toEqual(['100,400;200,400;300,400']);
    });
  });

  describe('replay', () => {
    test('a recording is put together from its pieces', async () => {
      const visit = site.visit({ isIdle: true });
      await tab.goto(visit.url('observed'));
      await tab.evaluate((endpoint) => {
        const { beaconry } = window as unknown as TrackedPage;
        const page = window as unknown as { record(event: object): void; tracker: unknown };
        const replay = beaconry.replay({
          recorder({ emit }) {
            page.record = emit;
            return () => {};
          },
        });
        page.tracker = beaconry.createTracker({
          endpoint,
          consent: 'granted',
          capture: [replay],
        });
        (page.tracker as { track(name: string): void }).track('error');
        for (let number = 0; number < 300; number++)
          page.record({ type: 3, number, data: { textContent: `"ünï" ${'x'.repeat(100)} jo@example.org` } });
      }, visit.endpoint);
      await tab.goto(site.visit({ isIdle: true }).url('blank'));
      const events = (await visit.arrived(6)).filter(({ name }) => name === 'replay');
      const text = events
        .sort((one, other) => Number(one.data.index) - Number(other.data.index))
        .map(({ data }) => data.text)
        .join('');
      const recorded = text
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line));
      expect(recorded.map(({ number }) => number)).toEqual(Array.from({ length: 300 }, (_, number) => number));
      expect(text).not.toContain('jo@');
    });
  });
});

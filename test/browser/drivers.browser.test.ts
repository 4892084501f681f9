import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Browser, engines, openBrowser, restartableEngines, type Tab } from './openBrowser.ts';
import { type Server, serve } from './serve.ts';
import { waitUntil } from './waitUntil.ts';

const PAGE = `<!doctype html><title>one</title>
  <button id="count" onclick="this.textContent = Number(this.textContent) + 1">0</button>
  <a id="next" href="/two">two</a> <input id="name">
  <div id="host"></div>
  <script>
    host.attachShadow({ mode: 'open' }).innerHTML = '<button id="inside">inside</button>';
    host.shadowRoot.querySelector('button').onclick = (event) => { event.target.textContent = 'clicked'; };
    addEventListener('auxclick', (event) => { document.title = 'button ' + event.button; });
    addEventListener('pageshow', (event) => { window.restored = event.persisted; });
  </script>`;

// Says goodbye when it is hidden and when it goes. In Firefox only the first can be relied on: it ends a closed tab's
// process so fast that of requests made in pagehide one in five gets lost.
const LEAVING = `<!doctype html><title>leaving</title><script>
    const send = (by) => fetch('/gone?by=' + by, { method: 'POST', body: 'bye', keepalive: true });
    document.addEventListener('visibilitychange', () => { if (document.hidden) send('hidden'); });
    addEventListener('pagehide', () => send('pagehide'));
  </script>`;

// No inline script and no eval may run here.
const STRICT = {
  headers: { 'content-type': 'text/html', 'content-security-policy': "default-src 'none'" },
  body: '<!doctype html><title>strict</title><p id="text">locked up</p>',
};

let server: Server;
beforeAll(async () => {
  server = await serve({
    '/': PAGE,
    '/two': '<!doctype html><title>two</title><p>two</p>',
    '/leaving': LEAVING,
    '/strict': STRICT,
    '/gone': { status: 204 },
  });
});
afterAll(() => server.close());

describe.each(engines)('%s', (engine) => {
  let browser: Browser;
  let tab: Tab;
  beforeAll(async () => {
    browser = await openBrowser(engine);
    tab = await browser.newTab();
  });
  afterAll(() => browser?.close());

  test('a page opens, and clicks, text and titles are seen', async () => {
    await tab.goto(`${server.url}/`);
    await tab.click('#count');
    await tab.click('#count');
    expect(await tab.text('#count')).toBe('2');
    expect(await tab.title()).toBe('one');
    expect(await tab.evaluate(() => document.visibilityState)).toBe('visible');
    await tab.reload();
    expect(await tab.text('#count')).toBe('0');
  });

  test('a click reaches into a shadow root', async () => {
    await tab.goto(`${server.url}/`);
    await tab.click('#inside');
    expect(await tab.text('#inside')).toBe('clicked');
  });

  test.skipIf(engine === 'webkit')('the middle button clicks as such', async () => {
    await tab.goto(`${server.url}/`);
    await tab.click('#count', { button: 'middle' });
    await tab.waitFor(() => document.title === 'button 1');
  });

  test('the keyboard moves the focus, activates and types', async () => {
    await tab.goto(`${server.url}/`);
    await tab.evaluate(() => document.querySelector<HTMLElement>('#next')?.focus());
    await tab.press('Shift+Tab');
    expect(await tab.evaluate(() => document.activeElement?.id)).toBe('count');
    await tab.press('Enter');
    expect(await tab.text('#count')).toBe('1');
    await tab.fill('#name', 'first');
    await tab.fill('#name', 'Ada');
    await tab.press('x');
    expect(await tab.evaluate(() => document.querySelector('input')?.value)).toBe('Adax');
  });

  test('what runs in a page takes and gives JSON, waits for promises and throws', async () => {
    await tab.goto(`${server.url}/`);
    const sum = await tab.evaluate(async ({ two, three }) => ({ sum: two + three }), { two: 2, three: 3 });
    expect(sum).toEqual({ sum: 5 });
    expect(await tab.evaluate(() => undefined)).toBeUndefined();
    expect(await tab.evaluate(() => null)).toBeNull();
    await expect(tab.evaluate(() => Promise.reject(new Error('from the page')))).rejects.toThrow('from the page');
  });

  test('a page under a strict content security policy can be asked too', async () => {
    await tab.goto(`${server.url}/strict`);
    expect(await tab.text('#text')).toBe('locked up');
    expect(await tab.evaluate((word) => `${document.title} ${word}`, 'page')).toBe('strict page');
  });

  test('back and forward go through the history', async () => {
    await tab.goto(`${server.url}/`);
    await tab.click('#next');
    await tab.waitFor(() => document.title === 'two');
    await tab.back();
    await tab.waitFor(() => document.title === 'one');
    expect(await tab.url()).toBe(`${server.url}/`);
    await tab.forward();
    await tab.waitFor(() => document.title === 'two');
  });

  test('a second tab shares the storage of the first', async () => {
    await tab.goto(`${server.url}/`);
    const second = await browser.newTab();
    await second.goto(`${server.url}/two`);
    await second.evaluate(() => localStorage.setItem('note', 'from the second'));
    await tab.waitFor(() => localStorage.getItem('note') === 'from the second');
    expect(await tab.title()).toBe('one');
    expect(await second.title()).toBe('two');
    await second.close();
    expect(await tab.title()).toBe('one');
  });

  test('a tab that closes runs its handlers, and what it sends arrives', async () => {
    server.requests.length = 0;
    const leaving = await browser.newTab();
    await leaving.goto(`${server.url}/leaving`);
    await leaving.close();
    const words = engine === 'firefox' ? ['hidden'] : ['hidden', 'pagehide'];
    for (const word of words) {
      await waitUntil(
        () => server.requests.some(({ query, body }) => query.get('by') === word && body === 'bye'),
        `the last word when ${word}`,
      );
    }
  });

  test('the page area has the size that was asked for', async () => {
    await tab.goto(`${server.url}/`);
    for (const size of [
      [1280, 800],
      [engine === 'webkit' ? 480 : 390, 844],
    ] as [number, number][]) {
      await tab.setViewport(size[0], size[1]);
      expect(await tab.evaluate(() => [innerWidth, innerHeight])).toEqual(size);
    }
    const image = await tab.screenshot();
    expect(image.subarray(1, 4).toString()).toBe('PNG');
  });
});

describe.each(restartableEngines)('%s, killed', (engine) => {
  test('keeps what IndexedDB reported as written', async () => {
    const profile = await mkdtemp(join(tmpdir(), 'beaconry-kept-'));
    try {
      const before = await openBrowser(engine, { profile });
      const tab = await before.newTab();
      await tab.goto(`${server.url}/two`);
      await tab.evaluate(
        () =>
          new Promise<void>((resolve, reject) => {
            const opening = indexedDB.open('kept', 1);
            opening.onupgradeneeded = () => opening.result.createObjectStore('events');
            opening.onerror = () => reject(opening.error);
            opening.onsuccess = () => {
              const transaction = opening.result.transaction('events', 'readwrite');
              transaction.objectStore('events').put('still here', 'first');
              transaction.oncomplete = () => resolve();
            };
          }),
      );
      await before.kill();

      const after = await openBrowser(engine, { profile });
      try {
        const again = await after.newTab();
        await again.goto(`${server.url}/two`);
        const kept = await again.evaluate(
          () =>
            new Promise((resolve, reject) => {
              const opening = indexedDB.open('kept', 1);
              opening.onerror = () => reject(opening.error);
              opening.onsuccess = () => {
                const reading = opening.result.transaction('events').objectStore('events').get('first');
                reading.onsuccess = () => resolve(reading.result);
              };
            }),
        );
        expect(kept).toBe('still here');
      } finally {
        await after.close();
      }
    } finally {
      await rm(profile, { recursive: true, force: true });
    }
  });
});

describe('chromium with its back/forward cache', () => {
  test('brings a page back as it was left', async () => {
    const browser = await openBrowser('chromium', { bfcache: true });
    try {
      const tab = await browser.newTab();
      await tab.goto(`${server.url}/`);
      await tab.click('#count');
      await tab.goto(`${server.url}/two`);
      await tab.back();
      await tab.waitFor(() => (window as unknown as { restored?: boolean }).restored === true);
      expect(await tab.text('#count')).toBe('1');
      await tab.forward();
      await tab.waitFor(() => document.title === 'two');
    } finally {
      await browser.close();
    }
  });
});

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Batch } from '../../src/protocol/event.ts';
import type { Browser } from './browser.ts';
import { engines, openBrowser } from './openBrowser.ts';
import { serve } from './serve.ts';
import { waitUntil } from './waitUntil.ts';

const root = join(import.meta.dirname, '../..');
const readme = readFileSync(join(root, 'README.md'), 'utf8');
const [tag = '', stub = ''] = [...readme.matchAll(/^```html\n(.*?)^```/gms)].map(([, code]) => code);

declare const beaconry: { track(name: string, data?: object): void; stats(): { accepted: number } };

describe.each(engines)("the README's script tag in %s", (engine) => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await openBrowser(engine);
  });
  afterAll(() => browser.close());

  test('asks, then tracks the page, and what was called before the file arrived in order and with its own time', async () => {
    const batches: Batch[] = [];
    const server = await serve({
      '/': `<!doctype html><title>Readme</title>${stub}${tag}
        <script>
          beaconry.track('first', { n: 1 });
          beaconry.set({ theme: 'dark' });
          beaconry.track('second');
        </script>`,
      '/beaconry.js': () =>
        // Late, as on a slow network: the calls are older than the file.
        new Promise((resolve) => {
          setTimeout(() => {
            const body = readFileSync(join(root, 'dist/beaconry.js'));
            resolve({ headers: { 'Content-Type': 'text/javascript' }, body });
          }, 300);
        }),
      '/e': (request) => {
        batches.push(JSON.parse(request.body));
        return { status: 200, body: '{"accepted":4,"rejected":[]}' };
      },
    });
    const tab = await browser.newTab();
    await tab.goto(server.url);
    await waitUntil(() => tab.evaluate(() => !!document.querySelector('[slot=accept]')), 'the banner');
    expect(batches).toEqual([]);
    await tab.click('[slot=accept]');
    const events = await waitUntil(() => {
      const all = batches.flatMap((batch) => batch.events);
      return all.some(({ name }) => name === 'consent') ? all : null;
    }, 'the events');

    const names = events.map(({ name }) => name);
    expect(names.slice(0, 3)).toEqual(['page_view', 'first', 'second']);
    // The rest is what autocapture saw meanwhile.
    expect(names.indexOf('click')).toBeGreaterThan(2);
    expect(names.indexOf('consent')).toBeGreaterThan(names.indexOf('click'));
    const [view, first, second] = events;
    expect(first?.data).toEqual({ n: 1 });
    expect(second?.data).toEqual({ theme: 'dark' });
    expect((view?.at ?? 0) - (second?.at ?? 0)).toBeGreaterThan(100);
    expect(batches[0]).toMatchObject({ v: 1, site: 'shop', consent: 'granted' });
    await tab.close();
    await server.close();
  });
});

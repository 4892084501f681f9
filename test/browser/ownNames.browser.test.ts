import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Batch } from '../../src/protocol/event.ts';
import { type Browser, engines, openBrowser } from './openBrowser.ts';
import { type Reply, serve } from './serve.ts';
import { waitUntil } from './waitUntil.ts';

const dist = join(import.meta.dirname, '../../dist');

describe.each(engines)('the script tag in %s', (engine) => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await openBrowser(engine);
  });
  afterAll(() => browser?.close());

  test('may be served from anywhere under any name, and asks for nothing that names it', async () => {
    const batches: Batch[] = [];
    const file = (path: string) => (): Reply => ({
      headers: { 'content-type': 'text/javascript' },
      body: readFileSync(join(dist, path)),
    });
    const server = await serve({
      '/': `<!doctype html><title>Shop</title><button class="cta-button">Try it</button>
        <script src="/p/q7/main.js" data-endpoint="/in?v=2" data-consent="ask" data-locale="de"
          data-privacy-policy-url="/privacy" data-capture="pageViews cta sessionStart"></script>`,
      '/p/q7/main.js': file('beaconry.js'),
      '/p/q7/more.js': file('more.js'),
      '/p/q7/locales/de.js': file('locales/de.js'),
      '/in': (request) => {
        batches.push(JSON.parse(request.body));
        return '{"accepted":1,"rejected":[]}';
      },
    });
    const tab = await browser.newTab();
    await tab.goto(server.url);
    await tab.waitFor(() => document.querySelector('[slot=accept]')?.textContent);
    await tab.click('[slot=accept]');
    const names = () => batches.flatMap(({ events }) => events.map(({ name }) => name));
    await waitUntil(() => names().includes('session_start'), 'the session');
    await tab.click('.cta-button');
    await waitUntil(() => names().includes('cta_click'), 'the click');
    await tab.close();

    const asked = server.requests.map(({ path, query }) => `${path}?${query}`).filter((path) => !/favicon/.test(path));
    expect([...new Set(asked)].sort()).toEqual([
      '/?',
      '/in?v=2',
      '/p/q7/locales/de.js?',
      '/p/q7/main.js?',
      '/p/q7/more.js?',
    ]);
    await server.close();
  });
});

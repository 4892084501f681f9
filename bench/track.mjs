import { createServer } from 'node:http';
import { join } from 'node:path';
import { build } from 'esbuild';
import { chromium } from 'playwright-core';
import { browserPath } from '../scripts/browsers.mjs';

const ROUNDS = 40;
const CALLS = 100;
const PAGE_HEADERS = {
  'Content-Type': 'text/html',
  // An isolated page's clock is fine enough: 5 instead of 100 microseconds.
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

/**
 * Measures the synchronous part of `track()` in Chromium, beside the least that any tracker has to do: an id, one JSON
 * text, a list. Both run in turns in one page; the figure that travels between machines is the ratio.
 */
export async function benchTrack({ log = console.log } = {}) {
  const script = await bundle();
  const server = createServer((request, response) => {
    request.resume();
    request.on('end', () => {
      if (request.method === 'POST') response.writeHead(204).end();
      else response.writeHead(200, PAGE_HEADERS).end(`<!doctype html><script>${script}</script>`);
    });
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const browser = await chromium.launch({
    executablePath: browserPath('chromium'),
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run'],
  });
  try {
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${server.address().port}/`);
    const results = await page.evaluate(([rounds, calls]) => globalThis.measure(rounds, calls), [ROUNDS, CALLS]);
    log('track(), synchronous part      µs per call (median)   times the floor');
    for (const [name, us] of Object.entries(results)) {
      log(`${name.padEnd(30)} ${us.toFixed(2).padStart(20)} ${(us / results.floor).toFixed(1).padStart(16)}`);
    }
    return results;
  } finally {
    await browser.close();
    server.close();
  }
}

async function bundle() {
  const { outputFiles } = await build({
    stdin: {
      resolveDir: import.meta.dirname,
      contents: `
        import { createTracker } from ${JSON.stringify(join(import.meta.dirname, '../dist/index.js'))};
        const data = { plan: 'team', seats: 12, source: 'pricing', trial: true };
        const start = (site, options) => createTracker({ endpoint: '/e', site, batch: { size: 1e6, intervalMs: 1e6 }, ...options });
        const list = [];
        const subjects = {
          floor: () => list.push(JSON.stringify({ id: Math.random(), name: 'signup', at: Date.now(), url: location.href, data })),
          "consent: 'cookieless'": bind(start('a', {})),
          "consent: 'granted'": bind(start('b', { consent: 'granted' })),
          'granted, with beforeSend': bind(start('c', { consent: 'granted', beforeSend: (event) => event })),
        };
        function bind(tracker) { return () => tracker.track('signup', data); }
        globalThis.measure = async (rounds, calls) => {
          const times = Object.fromEntries(Object.keys(subjects).map((name) => [name, []]));
          for (let round = 0; round < rounds; round++) {
            for (const [name, run] of Object.entries(subjects)) {
              const begin = performance.now();
              for (let call = 0; call < calls; call++) run();
              times[name].push(((performance.now() - begin) * 1000) / calls);
              await new Promise((resolve) => setTimeout(resolve));
            }
          }
          return Object.fromEntries(Object.entries(times).map(([name, all]) => [name, all.sort((a, b) => a - b)[all.length >> 1]]));
        };
      `,
    },
    bundle: true,
    minify: true,
    write: false,
    format: 'iife',
  });
  return outputFiles[0].text;
}

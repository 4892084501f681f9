import { createServer } from 'node:http';
import { join } from 'node:path';
import { build } from 'esbuild';
import { chromium } from 'playwright-core';
import { browserPath } from '../scripts/browsers.mjs';

const ARGUMENTS = ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run'];
const PAGE_HEADERS = {
  'Content-Type': 'text/html',
  // An isolated page's clock is fine enough: 5 instead of 100 microseconds.
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

const ANSWER_HEADERS = {
  'Access-Control-Allow-Origin': '*',
  'Access-Control-Allow-Headers': '*',
  'Cross-Origin-Resource-Policy': 'cross-origin',
};

/** The package as built, for the import in a bench's page. */
export const SDK = JSON.stringify(join(import.meta.dirname, '../dist/index.js'));

const BUTTON = '<button id="button">Click</button>';

/**
 * Opens Chromium on a page that holds `source`, an ES module's text, bundled, after `body`; its endpoint takes everything at
 * once, from other origins too, and `requests` has what came. `newPage()` gives a fresh page each time, loaded by `load`.
 */
export async function openBench(source, body = BUTTON) {
  const { outputFiles } = await build({
    stdin: { resolveDir: import.meta.dirname, contents: source },
    bundle: true,
    minify: true,
    write: false,
    format: 'iife',
  });
  const html = `<!doctype html><title>Bench</title>${body}<script>${outputFiles[0].text}</script>`;
  const requests = [];
  const server = createServer((request, response) => {
    const chunks = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      if (request.method !== 'GET') requests.push({ method: request.method, body: Buffer.concat(chunks) });
      if (request.method !== 'GET') response.writeHead(204, ANSWER_HEADERS).end();
      else response.writeHead(200, PAGE_HEADERS).end(html);
    });
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const browser = await chromium.launch({ executablePath: browserPath('chromium'), args: ARGUMENTS });
  return {
    requests,
    async newPage(query = '', load = (page, url) => page.goto(url)) {
      const context = await browser.newContext();
      const page = await context.newPage();
      await load(page, `http://127.0.0.1:${server.address().port}/${query}`);
      return page;
    },
    async close() {
      await browser.close();
      server.close();
    },
  };
}

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

/** The package as built, for the import in a bench's page. */
export const SDK = JSON.stringify(join(import.meta.dirname, '../dist/index.js'));

/**
 * Opens Chromium on a page that holds `source`, an ES module's text, bundled; its endpoint takes everything at once.
 * `newPage()` gives a fresh page each time.
 */
export async function openBench(source) {
  const { outputFiles } = await build({
    stdin: { resolveDir: import.meta.dirname, contents: source },
    bundle: true,
    minify: true,
    write: false,
    format: 'iife',
  });
  const html = `<!doctype html><title>Bench</title><button id="button">Click</button><script>${outputFiles[0].text}</script>`;
  const server = createServer((request, response) => {
    request.resume();
    request.on('end', () => {
      if (request.method === 'POST') response.writeHead(204).end();
      else response.writeHead(200, PAGE_HEADERS).end(html);
    });
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const browser = await chromium.launch({ executablePath: browserPath('chromium'), args: ARGUMENTS });
  return {
    async newPage(query = '') {
      const context = await browser.newContext();
      const page = await context.newPage();
      await page.goto(`http://127.0.0.1:${server.address().port}/${query}`);
      return page;
    },
    async close() {
      await browser.close();
      server.close();
    },
  };
}

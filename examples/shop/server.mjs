import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { extname, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('.', import.meta.url));
const resolve = createRequire(import.meta.url).resolve;

const TYPES = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.map': 'application/json',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
};

/** Addresses of the pages and the file in `pages/` that each one shows. */
const PAGES = {
  '/': 'home',
  '/collection': 'collection',
  '/about': 'about',
  '/contact': 'contact',
  '/contact/thanks': 'thanks',
};

const CHECKOUT_STEPS = ['/checkout/cart', '/checkout/address', '/checkout/done'];

/** Serves the shop. The pages send their events to `endpoint` and link to the dashboard at `collectorUrl`. */
export async function startShop({ port, host = '127.0.0.1', collectorUrl, endpoint }) {
  const products = JSON.parse(await readFile(join(here, 'products.json'), 'utf8'));
  const values = { endpoint, dashboard: `${collectorUrl.replace(/\/$/, '')}/?site=shop` };

  const server = createServer((request, response) => {
    answer(request).then(
      ({ status = 200, headers = {}, body = '' }) => {
        response.writeHead(status, headers);
        response.end(request.method === 'HEAD' ? undefined : body);
      },
      (error) => {
        console.error(error);
        response.writeHead(500, { 'content-type': 'text/plain' }).end('The shop has a fault; its console knows more.');
      },
    );
    // Nothing that is posted here is kept.
    request.resume();
  });

  async function answer({ method, url }) {
    const path = pathOf(url);
    if (method === 'POST' && path === '/contact') return redirect('/contact/thanks', 303);
    if (method !== 'GET' && method !== 'HEAD') return { status: 405, headers: { allow: 'GET, HEAD' } };
    if (path === '/checkout' || path === '/checkout/') return redirect('/checkout/cart', 302);
    if (CHECKOUT_STEPS.includes(path)) return html(fill(await template('checkout'), values));
    if (path === '/beaconry.js') return file(resolve('beaconry/beaconry.js'));
    return (await page(path)) ?? (await asset(path)) ?? html(await inLayout(await template('not-found')), 404);
  }

  async function page(path) {
    const card = await template('card');
    const cards = (list) => list.map((product) => fill(card, escaped(product))).join('');
    if (path in PAGES) {
      const lists = { featured: cards(products.slice(0, 4)), cards: cards(products) };
      return html(await inLayout(fill(await template(PAGES[path]), lists)));
    }
    const product = products.find(({ id }) => path === `/products/${id}`);
    if (!product) return undefined;
    const at = products.indexOf(product);
    const others = cards([1, 2, 3, 4].map((step) => products[(at + step) % products.length]));
    return html(await inLayout(fill(await template('product'), { ...escaped(product), others })));
  }

  /** Puts a page into the layout; its first line says `title | description`. */
  async function inLayout(text) {
    const [head, title = '', description = ''] = /^<!-- (.*?) \| (.*?) -->/.exec(text) ?? [''];
    return fill(await template('layout'), { ...values, title, description, main: text.slice(head.length) });
  }

  await new Promise((done, fail) => server.once('error', fail).listen(port, host, done));
  const bound = server.address().port;
  return {
    url: `http://${host}:${bound}`,
    port: bound,
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}

/** Read anew for every request, so that a change shows on reload. */
const template = (name) => readFile(join(here, 'pages', `${name}.html`), 'utf8');

const fill = (text, values) => text.replaceAll(/\{\{(\w+)\}\}/g, (whole, name) => values[name] ?? whole);

const escaped = (values) =>
  Object.fromEntries(
    Object.entries(values).map(([key, value]) => [
      key,
      String(value).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;'),
    ]),
  );

function pathOf(url) {
  try {
    return decodeURIComponent(new URL(url, 'http://shop').pathname);
  } catch {
    // Not an address at all; nothing is found there.
    return '/?';
  }
}

/** A file of `public/`, or of the built scripts, and of nowhere else. */
async function asset(path) {
  for (const folder of ['public', 'dist']) {
    const root = join(here, folder);
    const name = join(root, path);
    if (!name.startsWith(root + sep) || name.includes('\0')) continue;
    const found = await file(name).catch(() => undefined);
    if (found) return found;
  }
  return undefined;
}

async function file(name) {
  const body = await readFile(name);
  return { headers: headersFor(extname(name)), body };
}

const html = (body, status = 200) => ({ status, headers: headersFor('.html'), body });

const redirect = (location, status) => ({ status, headers: { location } });

// `no-cache` asks again on every load; `no-store` would keep the pages out of the back/forward cache.
const headersFor = (extension) => ({
  'content-type': TYPES[extension] ?? 'application/octet-stream',
  'cache-control': 'no-cache',
  'x-content-type-options': 'nosniff',
});

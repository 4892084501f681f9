import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { dirname, extname, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { tide } from './tide.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const resolve = createRequire(import.meta.url).resolve;

/** The tracker's file, and what it fetches from beside itself: further captures, and the banner's languages. */
const SCRIPTS = /^\/(beaconry|more|locales\/[a-z]{2})\.js$/;

const TYPES = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.map': 'application/json',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.wav': 'audio/wav',
};

/** Addresses of the pages and the file in `pages/` that each one shows. */
const PAGES = {
  '/': 'home',
  '/collection': 'collection',
  '/about': 'about',
  '/contact': 'contact',
  '/contact/thanks': 'thanks',
  '/privacy': 'privacy',
};

const CHECKOUT_STEPS = ['/checkout/cart', '/checkout/address', '/checkout/done'];

/** All that there is to capture, by the names of the package's exports. */
const EVERYTHING =
  'pageViews clicks scrollDepth forms visibility engagement cta sessionStart sections search media copy frustration errors requests notFound heatmap webVitals';

/** Serves the shop. The pages send their events to `endpoint`; consent and dashboard are at `collectorUrl`. */
export async function startShop({
  port,
  host = '127.0.0.1',
  collectorUrl,
  endpoint,
  consent = 'ask',
  capture = EVERYTHING,
  locale: fixedLocale,
}) {
  const products = JSON.parse(await readFile(join(here, 'products.json'), 'utf8'));
  const languages = ['en', ...readdirSync(dirname(resolve('beaconry/locales/de.js'))).map((name) => name.slice(0, 2))];
  const collector = collectorUrl.replace(/\/$/, '');
  const settings = {
    endpoint,
    consent,
    capture,
    recordUrl: `${collector}/v1/consent?site=shop`,
    eraseUrl: `${collector}/v1/erase`,
    dashboard: `${collector}/?site=shop`,
  };

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

  async function answer({ method, url, headers }) {
    const { pathname, searchParams } = parse(url);
    // The shop speaks English alone. What a visitor is asked to agree to should be in a language of theirs.
    const values = { ...settings, locale: fixedLocale ?? preferred(headers['accept-language'], languages) };
    if (method === 'POST') return take(pathname, headers);
    if (method !== 'GET' && method !== 'HEAD') return { status: 405, headers: { allow: 'GET, HEAD' } };
    if (pathname === '/checkout' || pathname === '/checkout/') return redirect('/checkout/cart', 302);
    if (CHECKOUT_STEPS.includes(pathname)) return html(fill(await template('checkout'), values));
    if (SCRIPTS.test(pathname)) return script(pathname).catch(() => ({ status: 404 }));
    if (pathname === '/embed/map') return html(await template('map'));
    if (pathname === '/sounds/tide.wav') return partOf(tide(), headers.range);
    const stock = /^\/api\/stock\/([\w-]+)$/.exec(pathname);
    if (stock) return json({ left: stockOf(stock[1]) });
    return (
      (await page(pathname, searchParams.get('q')?.trim() ?? '', values)) ??
      (await asset(pathname)) ??
      html(await inLayout(await template('not-found'), { ...values, head: GONE }), 404)
    );
  }

  /** What is posted here is not kept: nothing is sold. */
  function take(path, { accept = '' }) {
    const number = Date.now().toString(36).toUpperCase();
    if (path === '/api/orders') return json({ order: `S-${number}`, customer: `C-${number}` });
    if (path === '/newsletter' && accept.includes('json')) return json({ code: 'TIDE10' });
    if (path === '/contact' || path === '/newsletter') return redirect('/contact/thanks', 303);
    return { status: 404 };
  }

  async function page(path, query, values) {
    const card = await template('card');
    const cards = (list) => list.map((product) => fill(card, escaped(product))).join('');
    if (path in PAGES) {
      const found = products.filter((product) => matches(product, query));
      const count = found.length === 1 ? 'One piece' : `${found.length || 'No'} pieces`;
      const lists = {
        featured: cards(products.slice(0, 4)),
        cards: cards(found),
        ...escaped({ query, found: query && `${count} for “${query}”.` }),
      };
      return html(await inLayout(fill(await template(PAGES[path]), lists), values));
    }
    const product = products.find(({ id }) => path === `/products/${id}`);
    if (!product) return undefined;
    const at = products.indexOf(product);
    const others = cards([1, 2, 3, 4].map((step) => products[(at + step) % products.length]));
    return html(await inLayout(fill(await template('product'), { ...escaped(product), others }), values));
  }

  /** Puts a page into the layout; its first line says `title | description`. */
  async function inLayout(text, values) {
    const [head, title = '', description = ''] = /^<!-- (.*?) \| (.*?) -->/.exec(text) ?? [''];
    const main = text.slice(head.length);
    return fill(await template('layout'), { head: '', ...values, title, description, main });
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

/** For browsers that do not tell a page's script how the server answered. */
const GONE = '<meta name="beaconry:status" content="404" />';

/** Read anew for every request, so that a change shows on reload. */
const template = (name) => readFile(join(here, 'pages', `${name}.html`), 'utf8');

const fill = (text, values) => text.replaceAll(/\{\{(\w+)\}\}/g, (whole, name) => values[name] ?? whole);

const ENTITIES = { '&': '&amp;', '<': '&lt;', '"': '&quot;', '{': '&#123;' };

const escaped = (values) =>
  Object.fromEntries(
    Object.entries(values).map(([key, value]) => [key, String(value).replace(/[&<"{]/g, (sign) => ENTITIES[sign])]),
  );

const matches = (product, query) =>
  query
    .toLowerCase()
    .split(/\s+/)
    .every((word) => `${product.name} ${product.kind} ${product.line} ${product.text}`.toLowerCase().includes(word));

/** How many there are, until the kiln is opened again. */
const stockOf = (id) => ([...id].reduce((sum, sign) => sum + sign.charCodeAt(0), 0) % 7) + 2;

/** The first of a visitor's languages that there is. */
function preferred(header = '', known) {
  const tags = header.split(',').map((tag) => tag.trim().slice(0, 2).toLowerCase());
  return tags.find((tag) => known.includes(tag)) ?? 'en';
}

function parse(url) {
  try {
    const { pathname, searchParams } = new URL(url, 'http://shop');
    return { pathname: decodeURIComponent(pathname), searchParams };
  } catch {
    // Not an address at all; nothing is found there.
    return { pathname: '/?', searchParams: new URLSearchParams() };
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

/** As the package exports it. */
async function script(path) {
  return file(resolve(`beaconry${path}`));
}

async function file(name) {
  const body = await readFile(name);
  return { headers: headersFor(extname(name)), body };
}

/** The bytes that a player asks for: Safari plays nothing that it cannot ask for in parts. */
function partOf(body, range) {
  const headers = { ...headersFor('.wav'), 'accept-ranges': 'bytes' };
  const [, from, to] = /^bytes=(\d+)-(\d*)$/.exec(range ?? '') ?? [];
  if (from === undefined) return { headers, body };
  const end = Math.min(to ? Number(to) : body.length - 1, body.length - 1);
  if (Number(from) > end) return { status: 416, headers: { 'content-range': `bytes */${body.length}` } };
  const part = { ...headers, 'content-range': `bytes ${from}-${end}/${body.length}` };
  return { status: 206, headers: part, body: body.subarray(Number(from), end + 1) };
}

const html = (body, status = 200) => ({ status, headers: { ...headersFor('.html'), vary: 'accept-language' }, body });

const json = (value) => ({ headers: headersFor('.json'), body: JSON.stringify(value) });

const redirect = (location, status) => ({ status, headers: { location } });

// `no-cache` asks again on every load; `no-store` would keep the pages out of the back/forward cache.
const headersFor = (extension) => ({
  'content-type': TYPES[extension] ?? 'application/octet-stream',
  'cache-control': 'no-cache',
  'x-content-type-options': 'nosniff',
});

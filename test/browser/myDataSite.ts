import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { MyDataSettings } from './myDataPage.ts';
import { type Answer, type ReceivedRequest, serve } from './serve.ts';

export interface MyDataVisit extends Omit<MyDataSettings, 'endpoint'> {
  lang?: string;
  dir?: string;
  /** A style sheet of the page. */
  css?: string;
  /** Runs in the page before all else. */
  before?: () => void;
  /** Headers of the page. */
  headers?: Record<string, string>;
}

export interface MyDataSite {
  /** Address of a page that does as told. All pages are of one origin. */
  visit(visit?: MyDataVisit): string;
  /** What the endpoint got. */
  requests: ReceivedRequest[];
  /** What the endpoint says. */
  answer: Answer;
  close(): Promise<void>;
}

const NONCE = 'abc123';
/** The strictest policy that lets a script run at all. */
export const STRICT_POLICY = `default-src 'self'; script-src 'nonce-${NONCE}'; style-src 'self'; connect-src 'self'; require-trusted-types-for 'script'; trusted-types 'none'`;

/** The script of the pages, from the present source. */
export async function bundleMyDataPage(): Promise<string> {
  const bundle = await build({
    entryPoints: [fileURLToPath(new URL('myDataPage.ts', import.meta.url))],
    bundle: true,
    write: false,
    format: 'iife',
    target: 'es2020',
  });
  return bundle.outputFiles[0]?.text ?? '';
}

/** Serves test/pages/my-data.html with that script, on an origin of its own, with an endpoint that refuses. */
export async function openMyDataSite(bundle: string): Promise<MyDataSite> {
  const script = (body: string) => ({ headers: { 'content-type': 'text/javascript' }, body });
  const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  const html = await readFile(new URL('../pages/my-data.html', import.meta.url), 'utf8');
  const visits: MyDataVisit[] = [];
  const site: Omit<MyDataSite, 'visit'> = { requests: [], answer: { status: 503 }, close: () => server.close() };

  const server = await serve({
    '/e': (request) => {
      site.requests.push(request);
      return site.answer;
    },
    '/*': ({ path }) => {
      const [, number = '', name = ''] = path.split('/');
      const { lang = 'en', dir = 'ltr', css = '', before, headers, ...settings } = visits[Number(number)] ?? {};
      if (name === 'axe.js') return script(axe);
      if (name === 'myDataPage.js') return script(bundle);
      if (name === 'before.js') return script(`(${before ?? (() => {})})();`);
      if (name === 'page.css') return { headers: { 'content-type': 'text/css' }, body: css };
      if (name === 'blank') return '<!doctype html><title>blank</title>';
      if (name !== 'privacy') return { status: 404 };
      const options = JSON.stringify({ endpoint: '/e', ...settings })
        .replaceAll('&', '&amp;')
        .replaceAll('"', '&quot;');
      return {
        headers: { 'content-type': 'text/html; charset=utf-8', ...headers },
        body: html
          .replace('lang="en"', `lang="${lang}" dir="${dir}"`)
          .replace('%options%', options)
          .replaceAll('%nonce%', NONCE),
      };
    },
  });
  return Object.assign(site, {
    visit: (visit: MyDataVisit = {}) => `${server.url}/${visits.push(visit) - 1}/privacy`,
  });
}

import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { ConsentOptions } from '../../src/consent/consent.ts';
import { serve } from './serve.ts';

export interface BannerVisit extends ConsentOptions {
  /** Of the page. @default 'en' */
  lang?: string;
  /** A style sheet of the page. */
  css?: string;
  /** Markup at the start of the body. */
  body?: string;
  /** Runs in the page before all else. */
  before?: () => void;
  /** Headers of the page. */
  headers?: Record<string, string>;
  /** Files of ours that do not arrive. */
  missing?: RegExp;
}

export interface BannerSite {
  /** Address of a page that asks as told, and remembers no other page's answer. */
  visit(visit?: BannerVisit): string;
  close(): Promise<void>;
}

const NONCE = 'abc123';

/** The strictest policy that lets a script run at all. */
export const STRICT_POLICY = `default-src 'self'; script-src 'nonce-${NONCE}'; style-src 'self'; require-trusted-types-for 'script'; trusted-types 'none'`;

/** Serves test/pages/banner.html with the present source in it, and each language as a file of its own. */
export async function openBannerSite(): Promise<BannerSite> {
  const bundle = await build({
    entryPoints: [fileURLToPath(new URL('bannerPage.ts', import.meta.url))],
    bundle: true,
    splitting: true,
    write: false,
    outdir: '/',
    format: 'esm',
    target: 'es2020',
  });
  const files = new Map(bundle.outputFiles.map(({ path, text }) => [path.slice(path.lastIndexOf('/')), text]));
  files.set('/axe.js', await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8'));
  const html = await readFile(new URL('../pages/banner.html', import.meta.url), 'utf8');
  const visits: BannerVisit[] = [];
  const script = (body: string) => ({ headers: { 'content-type': 'text/javascript' }, body });

  const server = await serve({
    '/*': ({ path }) => {
      const [, number = '', ...rest] = path.split('/');
      const name = `/${rest.join('/')}`;
      const visit = visits[Number(number)];
      if (!visit || visit.missing?.test(name)) return { status: 404 };
      const { lang = 'en', css = '', body = '', before = () => {}, headers = {}, missing, ...options } = visit;
      const file = files.get(name);
      if (file) return script(file);
      if (name === '/before.js') return script(`(${before})();`);
      if (name === '/page.css') return { headers: { 'content-type': 'text/css' }, body: css };
      if (name !== '/page' && name !== '/other') return { status: 404 };
      const settings = JSON.stringify({
        banner: 'auto',
        privacyPolicyUrl: '/privacy',
        cookieName: `c${number}`,
        ...options,
      });
      return {
        headers: { 'content-type': 'text/html; charset=utf-8', ...headers },
        body: html
          .replace('lang="en"', `lang="${lang}"`)
          .replace('%options%', settings.replaceAll('"', '&quot;'))
          .replaceAll('%nonce%', NONCE)
          .replace('<!-- body -->', body),
      };
    },
  });
  return {
    visit: (visit = {}) => `${server.url}/${visits.push(visit) - 1}/page`,
    close: () => server.close(),
  };
}

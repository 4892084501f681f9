import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { type Server, serve } from '../browser/serve.ts';

const PAGE = '<!doctype html><title>faults</title><script src="/page.js"></script>';
const STRICT =
  "default-src 'none'; script-src 'self'; connect-src http://127.0.0.1:*; require-trusted-types-for 'script'; trusted-types 'none'";

/** Bundles the test page from the sources and serves it: `/`, `/next`, `/strict` with the strictest policy, `/blank` without a tracker. */
export async function servePages(): Promise<Server> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('page.ts', import.meta.url))],
    bundle: true,
    write: false,
    format: 'iife',
    target: 'es2020',
  });
  const html = { 'content-type': 'text/html; charset=utf-8' };
  return serve({
    '/': PAGE,
    '/next': PAGE,
    '/strict': { headers: { ...html, 'content-security-policy': STRICT }, body: PAGE },
    '/blank': '<!doctype html><title>blank</title>',
    '/page.js': { headers: { 'content-type': 'text/javascript; charset=utf-8' }, body: outputFiles[0]?.contents ?? '' },
  });
}

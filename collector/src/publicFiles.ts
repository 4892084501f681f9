import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

/** The page reads this collector and nothing else, and runs no code but its own. */
const CONTENT_SECURITY_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const PAGE_HEADERS = {
  'Cache-Control': 'no-cache',
  'Content-Security-Policy': CONTENT_SECURITY_POLICY,
  'Referrer-Policy': 'no-referrer',
};

/** Other sites load this file: an hour in their visitors' caches, then a question that is cheap to answer. */
const SDK_HEADERS = {
  'Access-Control-Allow-Origin': '*',
  'Cache-Control': 'public, max-age=3600',
  'Cross-Origin-Resource-Policy': 'cross-origin',
};

const JAVASCRIPT = 'text/javascript; charset=utf-8';

const FILES = new Map<string, { name: string; type: string; headers: Record<string, string> }>([
  ['/', { name: 'index.html', type: 'text/html; charset=utf-8', headers: PAGE_HEADERS }],
  ['/dashboard.js', { name: 'dashboard.js', type: JAVASCRIPT, headers: PAGE_HEADERS }],
  ['/dashboard.css', { name: 'dashboard.css', type: 'text/css; charset=utf-8', headers: PAGE_HEADERS }],
  ['/beaconry.js', { name: 'beaconry.js', type: JAVASCRIPT, headers: SDK_HEADERS }],
]);

/** The addresses that are taken; the ingest path must be another. */
export const PUBLIC_PATHS: readonly string[] = [...FILES.keys()];

/** Answers the dashboard's files and the SDK's script file; null for a file that the build did not make. */
export function createPublicFiles(folder = new URL('./public/', import.meta.url)) {
  const read = new Map<string, { body: Uint8Array<ArrayBuffer>; etag: string }>();

  return async (path: string, ifNoneMatch: string | null): Promise<Response | null> => {
    const file = FILES.get(path);
    if (!file) return null;
    let content = read.get(path);
    if (!content) {
      try {
        const body = new Uint8Array(await readFile(fileURLToPath(new URL(file.name, folder))));
        content = { body, etag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"` };
      } catch {
        return null;
      }
      read.set(path, content);
    }
    const headers = { ...file.headers, 'Content-Type': file.type, ETag: content.etag };
    const isKnown = ifNoneMatch?.split(/\s*,\s*/).some((tag) => tag.replace(/^W\//, '') === content.etag);
    return isKnown ? new Response(null, { status: 304, headers }) : new Response(content.body, { headers });
  };
}

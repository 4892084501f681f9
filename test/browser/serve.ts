import { readFile } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { gunzipSync } from 'node:zlib';

/** A request as it arrived, complete. */
export interface ReceivedRequest {
  method: string;
  path: string;
  query: URLSearchParams;
  headers: IncomingHttpHeaders;
  /** The body as UTF-8 text, unzipped. */
  body: string;
  bytes: Buffer;
  /** Epoch milliseconds of its last byte. */
  at: number;
}

export interface Reply {
  status?: number;
  headers?: Record<string, string>;
  body?: string | Uint8Array;
}

/** `null` breaks the connection without an answer; a promise that never settles lets the visitor wait. */
export type Answer = string | Reply | null;

/** A page, an answer, a handler, or the files of a folder (for paths that end in `/*`). */
export type Route =
  | Answer
  | { folder: string }
  | ((request: ReceivedRequest, body: string) => Answer | Promise<Answer>);

export interface Server {
  /** `http://127.0.0.1:port`, without a slash. */
  url: string;
  /** All requests in the order they arrived. Empty it with `requests.length = 0`. */
  requests: ReceivedRequest[];
  /** Breaks open connections too. */
  close(): Promise<void>;
}

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.map': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
};

/**
 * Serves pages and handlers on a free port of 127.0.0.1.
 * Exact paths go before `/folder/*`; all else is a 404. `routes` is read at every request: change it while it serves.
 */
export async function serve(routes: Record<string, Route>): Promise<Server> {
  const requests: ReceivedRequest[] = [];
  const server = createServer((incoming, response) => {
    respond(incoming, response).catch((error) => {
      // A client that went away is part of the tests; a broken handler is not.
      if (!response.headersSent) response.writeHead(500);
      response.end(String(error));
    });
  });

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');

  return {
    url: `http://127.0.0.1:${address.port}`,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };

  async function respond(incoming: IncomingMessage, response: ServerResponse) {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk);
    const bytes = Buffer.concat(chunks);
    const url = new URL(incoming.url ?? '/', 'http://localhost');
    const request: ReceivedRequest = {
      method: incoming.method ?? '',
      path: url.pathname,
      query: url.searchParams,
      headers: incoming.headers,
      body: (bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes).toString('utf8'),
      bytes,
      at: Date.now(),
    };
    requests.push(request);

    const answer = await answerTo(request);
    if (answer === null) {
      response.destroy();
      return;
    }
    const { status = 200, headers = {}, body = '' } = typeof answer === 'string' ? page(answer) : answer;
    response.writeHead(status, headers);
    response.end(body);
  }

  async function answerTo(request: ReceivedRequest): Promise<Answer> {
    const { path } = request;
    const pattern = path in routes ? path : Object.keys(routes).find((key) => isFolderOf(key, path));
    const route = pattern === undefined ? undefined : routes[pattern];
    if (pattern === undefined || route === undefined) return { status: 404 };
    if (typeof route === 'function') return route(request, request.body);
    if (route !== null && typeof route === 'object' && 'folder' in route) {
      return fileOf(route.folder, path.slice(pattern.length - 1));
    }
    return route;
  }
}

function isFolderOf(pattern: string, path: string) {
  return pattern.endsWith('/*') && path.startsWith(pattern.slice(0, -1));
}

function page(html: string): Reply {
  return { headers: { 'content-type': 'text/html; charset=utf-8' }, body: html };
}

async function fileOf(folder: string, path: string): Promise<Reply> {
  // Normalising from the root drops every `..` that would leave the folder.
  const file = join(folder, normalize(`/${decodeURIComponent(path)}`));
  try {
    return {
      headers: { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream' },
      body: await readFile(file),
    };
  } catch {
    return { status: 404 };
  }
}

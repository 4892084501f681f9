import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import { type CollectorOptions, createCollector } from './collector.ts';
import { openDuckdbStore } from './store/duckdbStore.ts';

export interface ServerOptions
  extends Pick<CollectorOptions, 'sites' | 'path' | 'consentCookie' | 'onError' | 'onRefusal'> {
  /** Address to listen on. @default '127.0.0.1': this machine alone */
  host?: string;
  /** 0 takes a free one. @default 4318 */
  port?: number;
  /** Data file, made with its folder when missing; `:memory:` keeps nothing. */
  data: string;
}

export interface RunningCollector {
  /** `http://127.0.0.1:4318`, without a slash at the end. */
  url: string;
  port: number;
  /** Finishes what is under way, brings the data file in order, frees the port. */
  close(): Promise<void>;
}

/** How long a request under way may take after `close`. */
const GRACE_MS = 2000;

/** Opens the data file and listens. Throws with a message for the owner when either cannot be had. */
export async function startCollector({
  host = '127.0.0.1',
  port = 4318,
  data,
  ...options
}: ServerOptions): Promise<RunningCollector> {
  const collector = createCollector({ ...options, store: await openDuckdbStore(data) });
  // The adaptor answers an HTTP/1 server unless it is asked for another.
  const server = createAdaptorServer({ fetch: collector.fetch, overrideGlobalObjects: false }) as Server;
  try {
    await listen(server, host, port);
  } catch (error) {
    await collector.close();
    throw error;
  }
  // A TCP server's address is an object.
  const address = server.address() as AddressInfo;
  const name = address.family === 'IPv6' ? `[${address.address}]` : address.address;

  return {
    url: `http://${name}:${address.port}`,
    port: address.port,
    close: async () => {
      const stopped = new Promise<void>((resolve) => server.close(() => resolve()));
      await collector.close();
      server.closeIdleConnections();
      const grace = setTimeout(() => server.closeAllConnections(), GRACE_MS);
      await stopped;
      clearTimeout(grace);
    },
  };
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(new Error(explain(error, host, port))));
    server.listen(port, host, () => {
      server.removeAllListeners('error');
      resolve();
    });
  });
}

function explain(error: NodeJS.ErrnoException, host: string, port: number): string {
  switch (error.code) {
    case 'EADDRINUSE':
      return `Port ${port} on ${host} is in use. Stop the program that has it, or choose another with --port.`;
    case 'EACCES':
      return `Port ${port} needs more rights than this process has. Choose one above 1023 with --port.`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `${host} is not an address of this machine. Choose another with --host.`;
    default:
      return `Cannot listen on ${host}:${port}: ${error.message}`;
  }
}

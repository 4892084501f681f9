import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Batch, WireEvent } from '../../src/protocol/event.ts';
import { type Collector, type CollectorOptions, createCollector } from '../src/collector.ts';
import { openDuckdbStore } from '../src/store/duckdbStore.ts';
import type { EventStore } from '../src/store/eventStore.ts';

/** Noon, so that a day's events stay within the day. */
export const NOW = Date.UTC(2026, 5, 15, 12);

/** An event as the SDK sends it, of the page `p1`. */
export function makeEvent(id: string, more: Partial<WireEvent> = {}): WireEvent {
  return { id, name: 'click', at: NOW, tab: 't1', seq: 1, session: 's1', page: 'p1', data: {}, ...more };
}

/** A batch as the SDK sends it. */
export function makeBatch(id: string, events: WireEvent[], more: Partial<Batch> = {}): Batch {
  return {
    v: 1,
    id,
    site: 'shop',
    sentAt: NOW,
    sdk: 'beaconry/0.1.0',
    consent: 'granted',
    counts: {},
    context: { language: 'de', viewport: 'small' },
    pages: { p1: { url: 'https://shop.example/tea', title: 'Tea', referrer: '' } },
    events,
    ...more,
  };
}

/** A collector on a store in memory whose clock stands at noon. */
export async function makeCollector(options: Partial<CollectorOptions> = {}) {
  const store = options.store ?? (await openDuckdbStore(':memory:'));
  const errors: string[] = [];
  const refusals: string[] = [];
  const collector = createCollector({
    now: () => NOW,
    onError: (message) => errors.push(message),
    onRefusal: (line) => refusals.push(line),
    ...options,
    store,
  });
  onTestFinished(() => collector.close());
  return { collector, store, errors, refusals };
}

interface PostOptions {
  path?: string;
  type?: string | null;
  headers?: Record<string, string>;
}

/** Sends a body as the SDK does. */
export function post(
  collector: Collector,
  body: unknown,
  { path = '/e', type = 'text/plain;charset=UTF-8', headers }: PostOptions = {},
): Promise<Response> {
  const isText = typeof body === 'string' || body instanceof Uint8Array || body instanceof ReadableStream;
  const request = new Request(`http://collector.test${path}`, {
    method: 'POST',
    body: (isText ? body : JSON.stringify(body)) as RequestInit['body'],
    headers: { ...headers, ...(type && { 'Content-Type': type }) },
    duplex: 'half',
  } as RequestInit);
  if (!type) request.headers.delete('Content-Type');
  return collector.fetch(request);
}

export async function get(collector: Collector, path: string, headers: Record<string, string> = {}): Promise<Response> {
  return collector.fetch(new Request(`http://collector.test${path}`, { headers }));
}

/** Every stored event id, repeats included, sorted. */
export async function storedIds(store: EventStore): Promise<string[]> {
  return (await store.query('SELECT event_id FROM events ORDER BY event_id')).map((row) => String(row.event_id));
}

/** A folder that goes when the test ends. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'beaconry-collector-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

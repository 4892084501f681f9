import { gunzipSync } from 'node:zlib';
import { afterEach, expect, test, vi } from 'vitest';
import { createTransport } from '../../src/delivery/transport.ts';
import type { OutboxBatch } from '../../src/outbox/outbox.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { beaconryWire } from '../../src/wires/beaconryWire.ts';

afterEach(() => vi.unstubAllGlobals());

const batchOf = (text: string): OutboxBatch => ({
  id: 'b',
  counts: {},
  bytes: text.length,
  events: [
    { id: 'e', at: 0, text: JSON.stringify({ text }), bytes: text.length, head: '"consent":"granted"', page: '' },
  ],
});

/** Sends and answers with what reached the network. */
async function send(batch: OutboxBatch, leaving: boolean, wire = beaconryWire) {
  const requests: RequestInit[] = [];
  vi.stubGlobal('fetch', async (_: string, init: RequestInit) => {
    requests.push(init);
    return new Response('{"accepted":1,"rejected":[]}');
  });
  await createTransport({ endpoint: '/e', site: 'shop' }, wire, systemClock)(batch, leaving);
  return requests[0] as RequestInit;
}

test('a long body is gzipped, still as plain text', async () => {
  const { body, headers } = await send(batchOf('long '.repeat(1000)), false);
  expect(headers).toEqual({ 'Content-Type': 'text/plain' });
  const bytes = Buffer.from(body as ArrayBuffer);
  expect(bytes.length).toBeLessThan(500);
  expect(JSON.parse(gunzipSync(bytes).toString()).events[0].text).toContain('long long');
});

test('a short body, one of a leaving page and one of a wire that says nothing of gzip stay as they are', async () => {
  const long = batchOf('long '.repeat(1000));
  expect(typeof (await send(batchOf('short'), false)).body).toBe('string');
  expect(typeof (await send(long, true)).body).toBe('string');
  expect(typeof (await send(long, false, { ...beaconryWire, gzip: undefined })).body).toBe('string');
});

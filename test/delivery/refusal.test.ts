import { afterEach, expect, test, vi } from 'vitest';
import { createTransport } from '../../src/delivery/transport.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { beaconryWire } from '../../src/wires/beaconryWire.ts';

afterEach(() => vi.unstubAllGlobals());

const BATCH = { id: 'b', counts: {}, bytes: 2, events: [{ id: 'e', at: 0, text: '{}', bytes: 2, head: '', page: '' }] };

/** Whether the server has surely taken nothing, by its answer. */
async function isRefused(answer: () => Response | Promise<Response>) {
  vi.stubGlobal('fetch', async () => answer());
  const transport = createTransport({ endpoint: '/e', site: 'shop' }, beaconryWire, systemClock);
  const result = await transport(BATCH);
  expect(result.kind).toBe('retry');
  return result.kind === 'retry' && !!result.isRefused;
}

test.each([401, 403, 404, 408, 410, 425, 429, 503])('%i says that nothing was taken', async (status) => {
  expect(await isRefused(() => new Response('', { status }))).toBe(true);
});

test.each([304, 500, 502, 504])('%i does not', async (status) => {
  expect(await isRefused(() => new Response(status === 304 ? null : '', { status }))).toBe(false);
});

test('nothing is asked, so nothing taken, where the headers cannot be had', async () => {
  const fetch = vi.fn();
  vi.stubGlobal('fetch', fetch);
  const headers = () => {
    throw Error('no token');
  };
  const transport = createTransport({ endpoint: '/e', site: 'shop', headers }, beaconryWire, systemClock);
  expect(await transport(BATCH)).toMatchObject({ kind: 'retry', isRefused: true });
  expect(fetch).not.toHaveBeenCalled();
});

test('nor does a redirect, or no answer at all', async () => {
  // As browsers show a redirect that is not followed.
  const redirect = () => Object.defineProperty(new Response(null, { status: 302 }), 'status', { value: 0 }) as Response;
  expect(await isRefused(redirect)).toBe(false);
  expect(await isRefused(() => Promise.reject(new TypeError('Failed to fetch')))).toBe(false);
});

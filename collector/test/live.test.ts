import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Collector } from '../src/collector.ts';
import { createLive } from '../src/live.ts';
import { openDuckdbStore } from '../src/store/duckdbStore.ts';
import { get, makeBatch, makeCollector, makeEvent, NOW, post, temporaryFolder } from './fakes.ts';

interface Message {
  event: string;
  ids: string[];
}

/** Listens as a dashboard does. */
async function listen(collector: Collector, site = '') {
  const response = await get(collector, `/v1/live?site=${site}`);
  expect(response.headers.get('content-type')).toBe('text/event-stream');
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  onTestFinished(() => reader.cancel());
  let text = '';
  /** The next message or comment, as it stands. */
  const nextText = async (): Promise<string | null> => {
    while (!text.includes('\n\n')) {
      const { done, value } = await reader.read();
      if (done) return null;
      text += new TextDecoder().decode(value);
    }
    const end = text.indexOf('\n\n');
    const message = text.slice(0, end);
    text = text.slice(end + 2);
    return message;
  };
  const next = async (): Promise<Message | null> => {
    const found = /^event: (\w+)\ndata: (.*)$/.exec((await nextText()) ?? '');
    if (!found) return null;
    return { event: String(found[1]), ids: JSON.parse(String(found[2])).events.map(({ id }: { id: string }) => id) };
  };
  return { next, nextText, cancel: () => reader.cancel() };
}

test('a dashboard is greeted with the latest events, oldest first, and then told what is stored', async () => {
  const { collector } = await makeCollector();
  await post(collector, makeBatch('b1', [makeEvent('e1'), makeEvent('e2')]));
  const { next } = await listen(collector);
  expect(await next()).toEqual({ event: 'hello', ids: ['e1', 'e2'] });
  await post(collector, makeBatch('b2', [makeEvent('e3')]));
  expect(await next()).toEqual({ event: 'events', ids: ['e3'] });
});

test('repeats are never told', async () => {
  const { collector } = await makeCollector();
  const { next } = await listen(collector);
  expect(await next()).toEqual({ event: 'hello', ids: [] });
  const batch = makeBatch('b1', [makeEvent('e1'), makeEvent('e2')]);
  await Promise.all(Array.from({ length: 10 }, () => post(collector, batch)));
  await post(collector, makeBatch('b2', [makeEvent('e2'), makeEvent('e3')]));
  expect(await next()).toEqual({ event: 'events', ids: ['e1', 'e2'] });
  expect(await next()).toEqual({ event: 'events', ids: ['e3'] });
});

test('an event is told with what a feed shows', async () => {
  const { collector } = await makeCollector();
  const event = makeEvent('e1', { at: NOW - 500, visitor: 'v1', data: { plan: 'team' } });
  await post(collector, makeBatch('b1', [event, makeEvent('e2')], { sentAt: NOW - 100 }));
  const { nextText } = await listen(collector);
  const { events } = JSON.parse(String(await nextText()).replace(/^event: hello\ndata: /, ''));
  const shared = { name: 'click', site: 'shop', path: '/tea', title: 'Tea', session: 's1' };
  expect(events).toEqual([
    { ...shared, id: 'e1', at: NOW - 400, visitor: 'v1', data: { plan: 'team' } },
    { ...shared, id: 'e2', at: NOW + 100, data: {} },
  ]);
});

test('a dashboard of one site hears of that one', async () => {
  const { collector } = await makeCollector();
  await post(collector, makeBatch('b1', [makeEvent('s1')]));
  await post(collector, makeBatch('b1', [makeEvent('b1')], { site: 'blog' }));
  const { next } = await listen(collector, 'blog');
  expect(await next()).toEqual({ event: 'hello', ids: ['b1'] });
  await post(collector, makeBatch('b2', [makeEvent('s2')]));
  await post(collector, makeBatch('b2', [makeEvent('b2')], { site: 'blog' }));
  expect(await next()).toEqual({ event: 'events', ids: ['b2'] });
});

test('a greeting holds at most the fifty latest events', async () => {
  const { collector } = await makeCollector();
  await post(
    collector,
    makeBatch(
      'b1',
      Array.from({ length: 80 }, (_, index) => makeEvent(`e${index}`)),
    ),
  );
  const { next } = await listen(collector);
  expect((await next())?.ids).toEqual(Array.from({ length: 50 }, (_, index) => `e${index + 30}`));
});

test('a restarted collector remembers the last half hour', async () => {
  const file = join(await temporaryFolder(), 'data.duckdb');
  for (const [id, now] of [
    ['old', NOW - 31 * 60_000],
    ['e1', NOW - 60_000],
    ['e2', NOW],
  ] as const) {
    const { collector } = await makeCollector({ store: await openDuckdbStore(file), now: () => now });
    await post(collector, makeBatch(id, [makeEvent(id)]));
    await collector.close();
  }
  const { collector } = await makeCollector({ store: await openDuckdbStore(file), now: () => NOW });
  const { next } = await listen(collector);
  expect(await next()).toEqual({ event: 'hello', ids: ['e1', 'e2'] });
});

test('a quiet stream is kept open by comments', async () => {
  const { collector } = await makeCollector({ live: { pingMs: 10 } });
  const { next, nextText } = await listen(collector);
  await next();
  expect(await nextText()).toBe(': ping');
});

test('a client that does not read is let go, and the others go on', async () => {
  const live = createLive({ now: () => NOW });
  onTestFinished(live.close);
  const { collector, store } = await makeCollector();
  await post(collector, makeBatch('b1', [makeEvent('e1')]));
  await live.fill(store.query);
  const slow = live.open('')?.getReader();
  const row = { eventId: 'e', site: 'shop', receivedAt: NOW, props: '{}' } as Parameters<
    typeof live.publish
  >[0][number];
  for (let index = 0; index < 200; index += 1) live.publish([row]);
  let read = 0;
  while (!(await slow?.read())?.done) read += 1;
  expect(read).toBeLessThan(100);
});

test('a dashboard that leaves is forgotten, and stopping ends every stream', async () => {
  const { collector } = await makeCollector();
  const gone = await listen(collector);
  await gone.next();
  await gone.cancel();
  const stays = await listen(collector);
  await stays.next();
  await post(collector, makeBatch('b1', [makeEvent('e1')]));
  expect(await stays.next()).toEqual({ event: 'events', ids: ['e1'] });
  await collector.close();
  expect(await stays.nextText()).toBeNull();
});

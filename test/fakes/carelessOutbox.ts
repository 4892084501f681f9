import { promisifyRequest } from 'idb-keyval';
import type { Meeting } from '../../src/outbox/durableOutbox.ts';
import { transact } from '../../src/outbox/openStore.ts';
import type { Outbox, OutboxContext, SealedEvent } from '../../src/outbox/outbox.ts';

/**
 * An outbox with the three usual mistakes: it keeps all events in one value, takes a batch out before the answer, and
 * lets every tab send. Tests that do not find it wanting are worth nothing.
 */
export function carelessOutbox({ clock, createId, counters }: OutboxContext, { openStore }: Meeting): Outbox {
  const opened = openStore('beaconry key');
  let queue: SealedEvent[] = [];
  const read = async () =>
    transact(
      await opened,
      'relaxed',
      async (store) => ((await promisifyRequest(store.get('q'))) ?? []) as SealedEvent[],
    );
  const write = async (events: SealedEvent[]) =>
    void transact(await opened, 'relaxed', async (store) => store.put(events, 'q')).catch(() => {});
  const loaded = read().then((events) => {
    queue = [...(events ?? []), ...queue];
  });
  let pending = 0;
  return {
    append(event) {
      pending++;
      queue.push(event);
      void loaded.then(() => write(queue));
    },
    async claim({ maxEvents }) {
      await loaded;
      const events = queue.splice(0, maxEvents);
      void write(queue);
      return events.length ? { id: createId(), events, bytes: 0, counts: counters.take() } : null;
    },
    async settle(batch, { kind }) {
      if (kind === 'retry') queue.push(...batch.events);
      else {
        pending -= batch.events.length;
        counters.acknowledge(batch.events.length);
      }
    },
    tail: () => [],
    async wipe(reason) {
      counters.drop(reason, pending);
      pending = 0;
      queue = [];
    },
    stats: () => ({ pending, durable: clock.now() > 0 }),
    close() {},
  };
}

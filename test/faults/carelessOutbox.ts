import type { Outbox, OutboxBatch, OutboxFactory, SealedEvent } from '../../src/outbox/outbox.ts';

/**
 * What not to do, all in one, for the suite to find fault with: the queue is one value in localStorage, read once and
 * rewritten by each tab; there is no lock; events leave it before the server has answered, and come back as a new batch.
 */
export function carelessOutbox(): OutboxFactory {
  const create: OutboxFactory = ({ key, createId, counters }): Outbox => {
    const name = `careless ${key}`;
    let queue = JSON.parse(localStorage.getItem(name) ?? '[]') as SealedEvent[];
    const save = () => localStorage.setItem(name, JSON.stringify(queue));
    const take = (count: number): OutboxBatch => {
      const events = queue.splice(0, count);
      save();
      return {
        id: createId(),
        events,
        bytes: events.reduce((sum, { bytes }) => sum + bytes, 0),
        counts: counters.take(),
      };
    };
    return {
      append(event) {
        queue.push(event);
        save();
      },
      claim: async ({ maxEvents }) => (queue.length ? take(maxEvents) : null),
      async settle({ events }, settlement) {
        if (settlement.kind === 'accepted') counters.acknowledge(events.length);
        else if (settlement.kind === 'retry') queue.unshift(...events);
        else counters.drop(settlement.reason, events.length);
        save();
      },
      tail: () => (queue.length ? [take(50)] : []),
      async wipe(reason) {
        counters.drop(reason, queue.length);
        queue = [];
        save();
      },
      stats: () => ({ pending: queue.length, durable: true }),
      close() {},
    };
  };
  return Object.assign(create, { isDurable: true });
}

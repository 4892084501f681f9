import type { Counts } from '../protocol/event.ts';
import { addCounts } from './addCounts.ts';
import type { Counters, DropReason } from './outbox.ts';

/** The totals of one tracker: accepted = acknowledged + pending + the sum of dropped, at every moment. */
export interface Totals {
  accepted: number;
  acknowledged: number;
  dropped: Partial<Record<DropReason, number>>;
}

export function createCounters(
  onDrop: (drop: { reason: DropReason; count: number }) => void,
): Counters & { totals: Totals } {
  const totals = { accepted: 0, acknowledged: 0, dropped: {} };
  let changes: Counts = {};
  const add = (added: Counts) => {
    addCounts(totals, added);
    addCounts(changes, added);
  };
  return {
    totals,
    accept: () => add({ accepted: 1 }),
    acknowledge(count) {
      totals.acknowledged += count;
    },
    drop(reason, count = 1) {
      if (!count) return;
      add({ dropped: { [reason]: count } });
      onDrop({ reason, count });
    },
    take(): Counts {
      const taken = changes;
      changes = {};
      return taken;
    },
  };
}

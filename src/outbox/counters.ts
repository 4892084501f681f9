import type { Counts } from '../protocol/event.ts';
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
  const zero = () => ({ accepted: 0, dropped: {} as Totals['dropped'] });
  const totals = { ...zero(), acknowledged: 0 };
  let changes = zero();
  return {
    totals,
    accept() {
      totals.accepted++;
      changes.accepted++;
    },
    acknowledge(count) {
      totals.acknowledged += count;
    },
    drop(reason, count = 1) {
      if (!count) return;
      for (const { dropped } of [totals, changes]) dropped[reason] = (dropped[reason] ?? 0) + count;
      onDrop({ reason, count });
    },
    take(): Counts {
      const taken = changes;
      changes = zero();
      return taken;
    },
  };
}

import type { Counts } from '../protocol/event.ts';

/** Adds the second counts to the first, and answers with these. Negative ones take away. */
export function addCounts(to: Counts, { accepted = 0, dropped = {} }: Counts = {}): Counts {
  to.accepted = (to.accepted ?? 0) + accepted;
  // A copy: somebody may have been told the former ones.
  to.dropped = { ...to.dropped };
  for (const [reason, count] of Object.entries(dropped)) {
    to.dropped[reason] = (to.dropped[reason] ?? 0) + count;
    if (!to.dropped[reason]) delete to.dropped[reason];
  }
  return to;
}

/** Span of time that one search for repeats covers. */
export interface TimeBand<Item> {
  from: number;
  to: number;
  items: Item[];
}

const LARGEST_GAP_MS = 24 * 60 * 60 * 1000;
const MOST_BANDS = 8;

/**
 * Splits items by time wherever more than a day lies between neighbours, into at most eight bands.
 *
 * The store searches for repeats between a band's ends, so one wildly wrong clock must not widen everybody's search. Where
 * there are more gaps than that, the smallest bands share one: slower, never wrong.
 */
export function timeBands<Item>(items: readonly Item[], timeOf: (item: Item) => number): TimeBand<Item>[] {
  const bands: TimeBand<Item>[] = [];
  for (const item of [...items].sort((a, b) => timeOf(a) - timeOf(b))) {
    const at = timeOf(item);
    const last = bands.at(-1);
    if (last && at - last.to <= LARGEST_GAP_MS) {
      last.items.push(item);
      last.to = at;
    } else {
      bands.push({ from: at, to: at, items: [item] });
    }
  }
  if (bands.length <= MOST_BANDS) return bands;

  bands.sort((a, b) => b.items.length - a.items.length);
  const rest = bands.splice(MOST_BANDS - 1);
  bands.push({
    from: Math.min(...rest.map((band) => band.from)),
    to: Math.max(...rest.map((band) => band.to)),
    items: rest.flatMap((band) => band.items),
  });
  return bands;
}

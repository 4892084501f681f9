import type { ResultRow } from '../store/eventStore.ts';
import { countErasuresBy } from './erasures.ts';
import { parseScope, type Report } from './report.ts';
import { parseSteps } from './steps.ts';

/** Visitors by what they chose. */
interface Shares {
  visitors: number;
  granted: number;
  denied: number;
  /** Granted some purposes and denied others. */
  partial: number;
}

/**
 * How did visitors choose? By day unless asked otherwise, by the time the choice came here.
 *
 * A visitor counts once in each number, with the latest choice of that time; `choices` counts all that were made.
 */
export const consent: Report = async (context) => {
  const scope = parseScope(context, 'received_at');
  const { site, from, to, where, bound } = scope;
  const { interval, step, starts } = parseSteps(context, scope, 'day');

  /** Visitors by their latest choice in each piece of time, or in all of it. */
  const latest = (piece: string) => `
    SELECT piece, outcome, source, purposes, count(*) AS visitors FROM (
      SELECT ${piece} AS piece, outcome, source, purposes FROM consent_records WHERE ${where}
      QUALIFY row_number() OVER (PARTITION BY site, record_id, ${piece} ORDER BY updated_at DESC, received_at DESC) = 1
    ) GROUP BY ALL ORDER BY ALL`;
  const byTime = await context.query(latest('epoch_ms(received_at) // $step * $step'), { ...bound, step });
  const overall = await context.query(latest('0'), bound);
  const [all] = await context.query(`SELECT count(*) AS choices FROM consent_records WHERE ${where}`, bound);
  const erasures = await countErasuresBy(context, step);

  const pieces = new Map<number, ResultRow[]>();
  for (const row of byTime) entry(pieces, Number(row.piece), () => []).push(row);
  return {
    site: site ?? null,
    from,
    to,
    choices: Number(all?.choices),
    ...sumUp(overall),
    erasures: [...erasures.values()].reduce((sum, count) => sum + count, 0),
    interval,
    points: starts.map((at) => ({ at, ...sumUp(pieces.get(at) ?? []), erasures: erasures.get(at) ?? 0 })),
  };
};

/** Adds up rows of visitors by outcome, source and purposes. */
function sumUp(rows: readonly ResultRow[]) {
  const total = noShares();
  const sources = new Map<string, Shares>();
  const purposes = new Map<string, { granted: number; denied: number }>();
  for (const row of rows) {
    const visitors = Number(row.visitors);
    for (const shares of [total, entry(sources, String(row.source), noShares)]) {
      shares.visitors += visitors;
      // What the store's rows hold was checked at ingest.
      shares[row.outcome as 'granted' | 'denied' | 'partial'] += visitors;
    }
    const choices = JSON.parse(String(row.purposes)) as Record<string, 'granted' | 'denied'>;
    for (const [purpose, choice] of Object.entries(choices)) {
      if (purpose !== 'necessary') entry(purposes, purpose, () => ({ granted: 0, denied: 0 }))[choice] += visitors;
    }
  }
  const rate = (count: number) => (total.visitors > 0 ? count / total.visitors : 0);
  return {
    ...total,
    rates: { granted: rate(total.granted), denied: rate(total.denied), partial: rate(total.partial) },
    purposes: [...purposes].map(([purpose, { granted, denied }]) => ({
      purpose,
      granted,
      denied,
      grantRate: granted / (granted + denied),
    })),
    sources: [...sources].map(([source, shares]) => ({ source, ...shares })).sort((a, b) => b.visitors - a.visitors),
  };
}

const noShares = (): Shares => ({ visitors: 0, granted: 0, denied: 0, partial: 0 });

function entry<Key, Value>(map: Map<Key, Value>, key: Key, create: () => Value): Value {
  const value = map.get(key) ?? create();
  map.set(key, value);
  return value;
}

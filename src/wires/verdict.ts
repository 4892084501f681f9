import type { SendResult } from '../delivery/transport.ts';

const LONGEST_WISH_MS = 60 * 60_000;

/** Reads an answer by its status, as most collectors mean it. `now` is in epoch milliseconds. */
export function verdict({ ok, status, headers }: Response, now: number): SendResult {
  if (ok) return { kind: 'accepted' };
  if (/400|413|422/.test(`${status}`)) return { kind: 'split', reason: status === 413 ? 'too_large' : 'rejected' };
  // Seconds, or a date. Less than a second is no pause.
  const wish = headers.get('Retry-After') as string;
  const wishMs = Number(wish) * 1000 || Date.parse(wish) - now;
  return {
    kind: 'retry',
    afterMs: wishMs > 999 ? Math.min(wishMs, LONGEST_WISH_MS) : undefined,
    // Time alone will not mend these. A redirect shows as status 0.
    problem: /5..|408|425|429/.test(`${status}`) ? undefined : `answers ${status || 'with a redirect'}`,
  };
}

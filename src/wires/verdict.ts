import type { SendResult } from '../delivery/transport.ts';

const LONGEST_WISH_MS = 60 * 60_000;

/** Reads an answer by its status, as most collectors mean it. `now` is in epoch milliseconds. */
export function verdict({ ok, status, headers }: Response, now: number): SendResult {
  if (ok) return { kind: 'accepted' };
  if (status === 413) return { kind: 'split', reason: 'too_large' };
  if (status === 400 || status === 422) return { kind: 'split', reason: 'rejected' };
  // Seconds, or a date.
  const wish = headers.get('Retry-After') ?? '';
  const wishMs = Number(wish) * 1000 || Date.parse(wish) - now;
  const isPassing = status > 499 || /408|425|429/.test(`${status}`);
  return {
    kind: 'retry',
    afterMs: wishMs > 0 ? Math.min(wishMs, LONGEST_WISH_MS) : undefined,
    // Time alone will not mend these. A redirect shows as status 0.
    problem: isPassing ? undefined : `answers ${status || 'with a redirect'}`,
  };
}

import type { Enricher } from './enricher.ts';

/** Most events that are remembered. */
const MOST = 100;

/**
 * Leaves out events that this session has had already, by name and data, on any of its pages: `oncePerSession('experiment')`.
 * They count as `filtered`. Without consent to keep things, once per page load.
 */
export function oncePerSession(...names: string[]): Enricher {
  return ({ stored }) => {
    const kept = stored<{ session: string; seen: string[] }>('once');
    let last: { session: string; seen: string[] } | undefined;
    return (event) => {
      const { session, name, data } = event;
      if (!names.includes(name)) return event;
      const before = kept?.read() ?? last;
      const seen = before?.session === session ? before.seen : [];
      const key = JSON.stringify([name, data]);
      if (seen.includes(key)) return null;
      last = { session, seen: [...seen, key].slice(-MOST) };
      kept?.write(last);
      return event;
    };
  };
}

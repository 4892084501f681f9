import { openBench, SDK } from './openBench.mjs';

const ROUNDS = 40;
const CALLS = 100;

/**
 * Measures the synchronous part of `track()` in Chromium, beside the least that any tracker has to do: an id, one JSON
 * text, a list. All run in turns in one page; the figure that travels between machines is the ratio.
 */
export async function benchTrack({ log = console.log } = {}) {
  const bench = await openBench(SOURCE);
  try {
    const page = await bench.newPage();
    const results = await page.evaluate(([rounds, calls]) => globalThis.measure(rounds, calls), [ROUNDS, CALLS]);
    log('track(), synchronous part      µs per call (median)   times the floor');
    for (const [name, us] of Object.entries(results)) {
      log(`${name.padEnd(30)} ${us.toFixed(2).padStart(20)} ${(us / results.floor).toFixed(1).padStart(17)}`);
    }
    return results;
  } finally {
    await bench.close();
  }
}

const SOURCE = `
  import { createTracker, durableOutbox } from ${SDK};
  const data = { plan: 'team', seats: 12, source: 'pricing', trial: true };
  const start = (site, options) => {
    const tracker = createTracker({ endpoint: '/e', site, batch: { size: 1e6, intervalMs: 1e6 }, ...options });
    return () => tracker.track('signup', data);
  };
  const list = [];
  const subjects = {
    floor: () => list.push(JSON.stringify({ id: Math.random(), name: 'signup', at: Date.now(), url: location.href, data })),
    "consent: 'cookieless'": start('a', {}),
    "consent: 'granted'": start('b', { consent: 'granted' }),
    'granted, durableOutbox()': start('c', { consent: 'granted', outbox: durableOutbox() }),
    'granted, beforeSend': start('d', { consent: 'granted', beforeSend: (event) => event }),
  };
  globalThis.measure = async (rounds, calls) => {
    const times = Object.fromEntries(Object.keys(subjects).map((name) => [name, []]));
    for (let round = 0; round < rounds; round++) {
      for (const [name, run] of Object.entries(subjects)) {
        const begin = performance.now();
        for (let call = 0; call < calls; call++) run();
        times[name].push(((performance.now() - begin) * 1000) / calls);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    }
    return Object.fromEntries(Object.entries(times).map(([name, all]) => [name, all.sort((a, b) => a - b)[all.length >> 1]]));
  };
`;

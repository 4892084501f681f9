import { openBench, SDK } from './openBench.mjs';

const LOOP = 1000;
const PACED = 30;
const PACE_MS = 200;
const BACKLOG = 5000;

/**
 * Measures the main thread's CPU per event from `track()` until it is delivered, by Chromium's own account of its tasks,
 * beside the least that delivers: in a loop, and at a visitor's pace, the page's own timers included. And how long a backlog takes.
 */
export async function benchDelivery({ log = console.log } = {}) {
  const bench = await openBench(SOURCE);
  try {
    log(`main thread, µs per event      ${LOOP} in a loop   ${PACED} at ${PACE_MS} ms`);
    for (const outbox of ['floor', 'memory', 'durable']) {
      const loop = await cost(bench, outbox, LOOP, 0);
      const paced = await cost(bench, outbox, PACED, PACE_MS);
      log(`${outbox.padEnd(28)} ${String(loop).padStart(15)} ${String(paced).padStart(14)}`);
    }
    const page = await bench.newPage('?outbox=durable');
    const { seconds, longestMs } = await page.evaluate((count) => globalThis.drain(count), BACKLOG);
    log(
      `\n${BACKLOG} events stored and drained in ${seconds.toFixed(1)} s; longest task ${longestMs} ms (0: none over 50)`,
    );
    await page.context().close();
  } finally {
    await bench.close();
  }
}

async function cost(bench, outbox, count, paceMs) {
  const page = await bench.newPage(`?outbox=${outbox}`);
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable');
  const taskSeconds = async () => {
    const { metrics } = await session.send('Performance.getMetrics');
    return metrics.find(({ name }) => name === 'TaskDuration').value;
  };
  const measure = async (tracked) => {
    const before = await taskSeconds();
    await page.evaluate(([n, ms]) => globalThis.run(n, ms), [tracked, paceMs]);
    return (await taskSeconds()) - before;
  };
  await measure(20);
  const used = await measure(count);
  await page.context().close();
  return Math.round((used * 1e6) / count);
}

const SOURCE = `
  import { createTracker, durableOutbox, memoryOutbox } from ${SDK};
  const kind = new URLSearchParams(location.search).get('outbox');
  const tracker = kind === 'floor' ? bare() : createTracker({
    endpoint: '/e', site: 'bench', consent: 'granted', batch: { size: 50, intervalMs: 500 },
    outbox: kind === 'durable' ? durableOutbox() : memoryOutbox({ maxEvents: 10000 }),
  });
  // The least that delivers: a list of texts, sent twice a second or by fifties.
  function bare() {
    let list = [];
    let timer;
    const send = () => {
      timer = clearTimeout(timer);
      const body = '[' + list.splice(0) + ']';
      fetch('/e', { method: 'POST', body });
    };
    return {
      track(name, data) {
        list.push(JSON.stringify({ id: Math.random(), name, at: Date.now(), url: location.href, data }));
        if (list.length >= 50) send();
        else timer ??= setTimeout(send, 500);
      },
      stats: () => ({ pending: list.length }),
    };
  }
  const data = { plan: 'team', seats: 12, source: 'pricing', trial: true };
  const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
  const settled = async () => { while (tracker.stats().pending) await pause(100); };
  globalThis.run = async (count, paceMs) => {
    for (let index = 0; index < count; index++) {
      tracker.track('bench', data);
      if (paceMs) await pause(paceMs);
    }
    await settled();
  };
  globalThis.drain = async (count) => {
    let longestMs = 0;
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) longestMs = Math.max(longestMs, duration);
    }).observe({ type: 'longtask' });
    for (let index = 0; index < count; index++) {
      tracker.track('bench', data);
      if (index % 100 === 99) await pause(0);
    }
    const begin = performance.now();
    await tracker.flush();
    await settled();
    return { seconds: (performance.now() - begin) / 1000, longestMs };
  };
`;

import { gzipSync } from 'node:zlib';
import { openBench, SDK } from './openBench.mjs';
import { readDispatches, trace } from './trace.mjs';

const KINDS = ['empty', 'bare', 'ours'];
const ELEMENTS = 1000;
const CLICKS = 100;
const SCROLLS = 100;
const STARTS = 5;
const EVENTS = 1000;
const WIRE_EVENTS = 100;
const WIRE_EVERY_MS = 20;

/**
 * Measures what captures cost the page and the wire, side by side: a page without anything, one with the least that anybody
 * would write by hand for page views, clicks and scroll depth, and ours. By Chromium's own account of the main thread's CPU.
 */
export async function benchCaptures({ log = console.log } = {}) {
  const bench = await openBench(SOURCE, PAGE);
  try {
    log(`${''.padEnd(52)}${KINDS.map((kind) => kind.padStart(10)).join('')}`);
    const line = (name, values, digits = 0) =>
      log(
        `${name.padEnd(52)}${KINDS.map((kind) => {
          const value = values[kind];
          return (typeof value === 'number' ? value.toFixed(digits) : (value ?? '')).padStart(10);
        }).join('')}`,
      );
    const each = async (run) => {
      const results = {};
      for (const kind of KINDS) results[kind] = await run(kind);
      return (name) => Object.fromEntries(KINDS.map((kind) => [kind, results[kind][name]]));
    };

    const clicks = await each((kind) => click(bench, kind));
    line(`click among ${ELEMENTS} elements, handler script, µs`, clicks('us'));
    line('  the slowest single handler, µs', clicks('longestUs'));
    line('  main thread in all, sending included, µs', clicks('taskUs'));
    line('  INP, the 98th of a hundred, ms', clicks('inpMs'));
    line('  a click until it is painted, median, ms', clicks('medianMs'));
    const scrolls = await each((kind) => scroll(bench, kind));
    line('scroll event, all script, µs', scrolls('us'), 1);
    line('  the slowest single handler, µs', scrolls('longestUs'));
    const starts = await each((kind) => start(bench, kind, 1));
    line('cold start, script, ms', starts('ms'), 1);
    line('  on a device four times as slow', (await each((kind) => start(bench, kind, 4)))('ms'), 1);
    const heaps = await each((kind) => heap(bench, kind));
    line('heap after the start, KiB', heaps('started'));
    line(`  after ${EVENTS} events more`, heaps('tracked'));
    const views = await each((kind) => view(bench, kind));
    line('page view: requests', views('requests'));
    line('  preflights', views('preflights'));
    line('  body, bytes', views('bytes'));
    line(
      `an event of ${WIRE_EVENTS}, ${WIRE_EVERY_MS} ms apart, by fifties, gzip, bytes`,
      (await each((kind) => wire(bench, kind)))('bytes'),
      1,
    );
  } finally {
    await bench.close();
  }
}

const median = (values) => values.toSorted((one, other) => one - other)[values.length >> 1];
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const isOurs = '127.0.0.1';

async function metricsOf(page) {
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable');
  return async () => {
    const { metrics } = await session.send('Performance.getMetrics');
    return Object.fromEntries(metrics.map(({ name, value }) => [name, value]));
  };
}

async function click(bench, kind) {
  const page = await bench.newPage(`?kind=${kind}`);
  const session = await page.context().newCDPSession(page);
  const clickAt = async (index) => {
    const at = { x: 20 + 60 * (index % 20), y: 20 + 26 * (index % 23) };
    for (const type of ['mouseMoved', 'mousePressed', 'mouseReleased'])
      await session.send('Input.dispatchMouseEvent', { type, ...at, button: 'left', clickCount: 1 });
    await pause(20);
  };
  for (let index = 0; index < 30; index++) await clickAt(index);
  const read = await metricsOf(page);
  const before = await read();
  for (let index = 0; index < CLICKS; index++) await clickAt(index);
  await pause(600);
  const { TaskDuration } = await read();
  const durations = await page.evaluate(() => globalThis.durations);
  // Afterwards: a browser that writes down what it does is slower.
  const events = await trace(page, async () => {
    for (let index = 0; index < CLICKS; index++) await clickAt(index);
  });
  const calls = readDispatches(events, isOurs).map(({ calls }) => calls);
  await page.context().close();
  const sorted = durations.toSorted((one, other) => one - other);
  return {
    us: calls.flat().reduce((sum, us) => sum + us, 0) / CLICKS,
    longestUs: Math.max(0, ...calls.flat()),
    taskUs: ((TaskDuration - before.TaskDuration) * 1e6) / CLICKS,
    inpMs: sorted[Math.floor(sorted.length * 0.98)],
    medianMs: median(sorted),
  };
}

async function scroll(bench, kind) {
  const page = await bench.newPage(`?kind=${kind}`);
  const session = await page.context().newCDPSession(page);
  const scrollOn = async (count) => {
    for (let index = 0; index < count; index++) {
      const deltaY = index % 40 < 20 ? 60 : -60;
      await session.send('Input.dispatchMouseEvent', { type: 'mouseWheel', x: 300, y: 300, deltaX: 0, deltaY });
      await pause(16);
    }
    await pause(300);
  };
  await scrollOn(30);
  const events = await trace(page, () => scrollOn(SCROLLS));
  await page.context().close();
  const dispatches = readDispatches(events, isOurs).filter(({ type }) => type === 'scroll');
  const script = events.filter(
    ({ name, ph, args }) => name === 'FunctionCall' && ph === 'X' && args.data?.url?.includes(isOurs),
  );
  return {
    us: script.reduce((sum, { tdur, dur }) => sum + (tdur ?? dur), 0) / dispatches.length,
    longestUs: Math.max(0, ...dispatches.flatMap(({ calls }) => calls)),
  };
}

async function start(bench, kind, rate) {
  const times = [];
  for (let count = 0; count < STARTS; count++) {
    let events = [];
    const page = await bench.newPage(`?kind=${kind}`, async (page, url) => {
      const session = await page.context().newCDPSession(page);
      await session.send('Emulation.setCPUThrottlingRate', { rate });
      events = await trace(page, async () => {
        await page.goto(url);
        await pause(300);
      });
    });
    await page.context().close();
    // From the first line of the script on, and whatever it has the browser do in the moments after.
    const script = events.find(
      ({ name, ph, args }) => name === 'EvaluateScript' && ph === 'X' && args.data.url.includes(isOurs),
    );
    const tasks = events.filter(
      ({ name, ph, pid, tid, ts }) =>
        name === 'FunctionCall' &&
        ph === 'X' &&
        pid === script.pid &&
        tid === script.tid &&
        ts > script.ts + script.dur,
    );
    times.push([script, ...tasks].reduce((sum, { tdur, dur }) => sum + (tdur ?? dur), 0) / 1000);
  }
  return { ms: median(times) };
}

async function heap(bench, kind) {
  const page = await bench.newPage(`?kind=${kind}`);
  const session = await page.context().newCDPSession(page);
  const used = async () => {
    await pause(1000);
    for (let round = 0; round < 3; round++) await session.send('HeapProfiler.collectGarbage');
    return (await session.send('Runtime.getHeapUsage')).usedSize / 1024;
  };
  const started = await used();
  await page.evaluate((count) => globalThis.trackSome(count, 2), EVENTS);
  await pause(3000);
  const tracked = (await used()) - started;
  await page.context().close();
  return { started, tracked };
}

async function view(bench, kind) {
  bench.requests.length = 0;
  const page = await bench.newPage(`?kind=${kind}`);
  await pause(1500);
  const sent = [...bench.requests];
  await page.context().close();
  const posts = sent.filter(({ method }) => method === 'POST');
  return {
    requests: posts.length,
    preflights: sent.length - posts.length,
    bytes: posts.reduce((sum, { body }) => sum + body.length, 0),
  };
}

async function wire(bench, kind) {
  const page = await bench.newPage(`?kind=${kind}&batch=50`);
  await pause(1500);
  bench.requests.length = 0;
  await page.evaluate(([count, ms]) => globalThis.trackSome(count, ms), [WIRE_EVENTS, WIRE_EVERY_MS]);
  await pause(1000);
  const bodies = bench.requests.filter(({ method }) => method === 'POST').map(({ body }) => body);
  await page.context().close();
  const zipped = bodies.map((body) => (body[0] === 0x1f ? body : gzipSync(body)).length);
  return { bytes: zipped.reduce((sum, length) => sum + length, 0) / WIRE_EVENTS };
}

const PAGE = `<style>button{width:58px;height:24px;margin:0}section{height:2000px}.on{background:teal}</style><main>${Array.from(
  { length: ELEMENTS },
  (_, index) => `<button type="button">${index}</button>`,
).join('')}</main><section></section>`;

const SOURCE = `
  import { autocapture, createTracker } from ${SDK};
  const query = new URLSearchParams(location.search);
  const kind = query.get('kind');
  const size = Number(query.get('batch') ?? 10);
  const intervalMs = query.has('batch') ? 60_000 : 500;
  // Another origin, as with a collector of its own.
  const endpoint = 'http://localhost:' + location.port + '/e';

  // What the page itself does with a click: something that has to be painted.
  document.querySelector('main').addEventListener('click', ({ target }) => target.classList.toggle('on'));
  globalThis.durations = [];
  new PerformanceObserver((list) => {
    for (const { interactionId, name, duration } of list.getEntries())
      if (interactionId && name === 'click') globalThis.durations.push(duration);
  }).observe({ type: 'event', durationThreshold: 0 });

  /** The least that tells of views, clicks and scroll depth, and delivers. */
  function bare() {
    let list = [];
    let timer;
    const send = () => {
      clearTimeout(timer);
      timer = undefined;
      fetch(endpoint, { method: 'POST', body: '[' + list.splice(0) + ']' });
    };
    const track = (name, data) => {
      list.push(JSON.stringify({ id: Math.random(), name, at: Date.now(), url: location.href, data }));
      if (list.length >= size) send();
      else timer ??= setTimeout(send, intervalMs);
    };
    let deepest = 0;
    let isWaiting;
    track('page_view', { title: document.title, referrer: document.referrer });
    addEventListener('click', (event) => {
      const element = event.target.closest('a,button');
      if (element) track('click', { tag: element.localName, id: element.id, href: element.href, x: event.pageX, y: event.pageY });
    }, { capture: true, passive: true });
    addEventListener('scroll', () => {
      if (isWaiting) return;
      isWaiting = true;
      setTimeout(() => {
        isWaiting = false;
        const percent = ((scrollY + innerHeight) / document.documentElement.scrollHeight) * 100;
        for (const depth of [25, 50, 75, 90, 100]) if (depth > deepest && depth <= percent) track('scroll_depth', { depth });
        deepest = Math.max(deepest, percent);
      }, 100);
    }, { capture: true, passive: true });
    return { track };
  }
  const tracker = kind === 'bare' ? bare() : kind === 'ours' ? createTracker({
    endpoint, site: 'bench', consent: 'granted', capture: autocapture(), batch: { size, intervalMs },
  }) : { track() {} };

  const data = { plan: 'team', seats: 12, source: 'pricing', trial: true };
  globalThis.trackSome = async (count, everyMs) => {
    for (let index = 0; index < count; index++) {
      tracker.track('bench', data);
      await new Promise((resolve) => setTimeout(resolve, everyMs));
    }
  };
`;

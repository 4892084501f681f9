import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createCollector, openDuckdbStore } from '../dist/index.js';

const BATCH_SIZES = [10, 100, 1000];
/** The wire's limit is 500 events a request: 1000 travel as two requests at once. */
const REQUEST_EVENTS = 500;
const SENDERS = 8;

/**
 * Measures how many events a second the collector takes, on a data file, with eight senders who each wait for the answer
 * before they send the next batch. In process, without a network; one line per size of batch.
 */
export async function benchIngest({ msPerSize = 3000, log = console.log } = {}) {
  const results = [];
  for (const size of BATCH_SIZES) results.push(await measure(size, msPerSize));
  log('batch   events/s   requests/s   median ms   p95 ms');
  for (const { size, eventsPerSecond, requestsPerSecond, medianMs, p95Ms } of results) {
    const cells = [
      String(size).padStart(5),
      String(eventsPerSecond).padStart(10),
      String(requestsPerSecond).padStart(12),
      medianMs.toFixed(1).padStart(11),
      p95Ms.toFixed(1).padStart(8),
    ];
    log(cells.join(' '));
  }
  return results;
}

async function measure(size, lengthMs) {
  const folder = await mkdtemp(join(tmpdir(), 'beaconry-bench-'));
  const collector = createCollector({ store: await openDuckdbStore(join(folder, 'bench.duckdb')) });
  try {
    await run(collector, size, 500);
    return await run(collector, size, lengthMs);
  } finally {
    await collector.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function run(collector, size, lengthMs) {
  const waits = [];
  let events = 0;
  let requests = 0;
  const start = performance.now();
  const sender = async () => {
    while (performance.now() - start < lengthMs) {
      const sizes = [];
      for (let rest = size; rest > 0; rest -= REQUEST_EVENTS) sizes.push(Math.min(rest, REQUEST_EVENTS));
      const bodies = sizes.map(makeBody);
      const sentAt = performance.now();
      const answers = await Promise.all(bodies.map((body) => send(collector, body)));
      waits.push(performance.now() - sentAt);
      requests += answers.length;
      for (const { accepted } of answers) events += accepted;
    }
  };
  await Promise.all(Array.from({ length: SENDERS }, sender));
  const seconds = (performance.now() - start) / 1000;
  waits.sort((a, b) => a - b);
  return {
    size,
    eventsPerSecond: Math.round(events / seconds),
    requestsPerSecond: Math.round(requests / seconds),
    medianMs: waits[Math.floor(waits.length / 2)],
    p95Ms: waits[Math.floor(waits.length * 0.95)],
  };
}

async function send(collector, body) {
  const request = new Request('http://127.0.0.1/e', {
    method: 'POST',
    body,
    headers: { 'Content-Type': 'text/plain' },
  });
  const response = await collector.fetch(request);
  if (response.status !== 200) throw new Error(`${response.status} ${await response.text()}`);
  return response.json();
}

/** A batch of a shop's ordinary events, about 250 bytes each. */
function makeBody(size) {
  const at = Date.now();
  const visitor = crypto.randomUUID();
  const events = Array.from({ length: size }, (_, index) => ({
    id: crypto.randomUUID(),
    name: index % 3 === 0 ? 'page_view' : 'click',
    at: at - (size - index) * 10,
    tab: 'tab',
    seq: index + 1,
    session: visitor,
    visitor,
    page: 'p1',
    data: { kind: 'link', selector: 'main > ul > li:nth-child(3) > a', x: 120, y: 340 },
  }));
  const pages = { p1: { url: 'https://shop.example/tea/green?utm_source=news', title: 'Green tea', referrer: '' } };
  const context = { language: 'de', viewport: 'small' };
  const batch = { v: 1, id: crypto.randomUUID(), site: 'shop', sentAt: at, sdk: 'bench', consent: 'granted' };
  return JSON.stringify({ ...batch, counts: { accepted: size }, context, pages, events });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await benchIngest();

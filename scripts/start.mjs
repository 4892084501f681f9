import { mkdir } from 'node:fs/promises';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { startCollector } from '../collector/dist/index.js';
import { startShop } from '../examples/shop/server.mjs';

// The whole line on one machine: a shop, the collector it sends to, and the dashboard that shows it.

const HOST = '127.0.0.1';
const COLLECTOR_PORT = 4318;
const SHOP_PORT = 4317;
const INGEST_PATH = '/e';

const folder = fileURLToPath(new URL('../.data/', import.meta.url));
const running = [];
let stopping = false;

for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, stop);

try {
  await mkdir(folder, { recursive: true });
  const collector = await startCollector({
    host: HOST,
    port: await freePort(COLLECTOR_PORT, 'collector'),
    data: `${folder}shop.duckdb`,
    path: INGEST_PATH,
  });
  running.push(collector);
  const collectorUrl = collector.url.replace(/\/$/, '');
  const shop = await startShop({
    host: HOST,
    port: await freePort(SHOP_PORT, 'shop'),
    collectorUrl,
    endpoint: collectorUrl + INGEST_PATH,
  });
  running.push(shop);
  console.log(`
  beaconry is running.

    Shop        ${shop.url}/
    Dashboard   ${collectorUrl}/?site=shop

  Open both side by side. The shop asks first: agree, look at a few pots, and watch the dashboard.
  Events are kept in .data/shop.duckdb; Ctrl-C ends everything.
`);
} catch (error) {
  const text = error instanceof Error ? error.message : String(error);
  const isTaken = text.includes('in use by another process');
  const hint = isTaken ? ' Is npm start running in another terminal?' : '';
  console.error(
    `\n  beaconry could not start: ${text.replace(/,? or give this one another file with --data/, '')}${hint}\n`,
  );
  process.exitCode = 1;
  await stop();
}

async function stop() {
  // A second Ctrl-C does not wait.
  if (stopping) process.exit(130);
  stopping = true;
  for (const part of running.reverse()) await part.close();
  process.exit();
}

/** The usual port, or 0 (any free one) when something else listens there. */
function freePort(port, name) {
  return new Promise((done) => {
    const probe = createServer();
    probe.once('error', () => {
      console.log(`  Port ${port} is taken, so the ${name} takes a free one.`);
      done(0);
    });
    probe.listen(port, HOST, () => probe.close(() => done(port)));
  });
}

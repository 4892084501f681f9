import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { startCollector } from '../../collector/dist/index.js';
import { type ShopOptions, startShop } from '../../examples/shop/server.mjs';
import { type Browser, type BrowserOptions, type EngineName, openBrowser, type Tab } from './openBrowser.ts';

/** An event as it lies in the database. */
export interface ShopRow {
  id: string;
  name: string;
  path: string;
  title: string;
  tab: string;
  seq: number;
  session: string;
  visitor: string;
  page: string;
  at: number;
  data: Record<string, unknown>;
}

/** The whole line: the shop, its collector, and a browser whose first tab shows the dashboard. */
export interface OpenShop {
  url: string;
  collectorUrl: string;
  browser: Browser;
  dashboard: Tab;
  /** How many events the dashboard shows. */
  shown(): Promise<number>;
  /** Asks the collector: `report('consent')`, `report('events', 'limit=100')`. */
  report(name: string, parameters?: string): Promise<Record<string, unknown>>;
  /** One more shop on the same collector. */
  openAnother(options: Partial<ShopOptions>): Promise<string>;
  /** Closes browser and collector, and reads what is in the database. */
  readRows(): Promise<ShopRow[]>;
  close(): Promise<void>;
}

export async function openShop(
  engine: EngineName,
  options: Partial<ShopOptions> = {},
  browserOptions: BrowserOptions = {},
): Promise<OpenShop> {
  const folder = await mkdtemp(join(tmpdir(), 'beaconry-shop-'));
  const data = join(folder, 'shop.duckdb');
  const undo: (() => Promise<unknown>)[] = [() => rm(folder, { recursive: true, force: true })];
  const close = async () => {
    for (const end of undo.splice(0).reverse()) await end();
  };
  try {
    const collector = await startCollector({ port: 0, data });
    undo.push(() => collector.close());
    const open = async (more: Partial<ShopOptions>) => {
      const shop = await startShop({ port: 0, collectorUrl: collector.url, endpoint: `${collector.url}/e`, ...more });
      undo.push(() => shop.close());
      return shop.url;
    };
    const url = await open(options);
    const browser = await openBrowser(engine, browserOptions);
    undo.push(() => browser.close());
    const dashboard = await browser.newTab();
    await dashboard.goto(`${collector.url}/?site=shop`);
    await dashboard.waitFor(() => document.querySelector('#connection[data-state=live]'));

    return {
      url,
      collectorUrl: collector.url,
      browser,
      dashboard,
      shown: () =>
        dashboard.evaluate(() => Number(document.querySelector<HTMLElement>('[data-metric=events]')?.dataset.value)),
      async report(name, parameters = '') {
        const response = await fetch(`${collector.url}/v1/query/${name}?site=shop&${parameters}`);
        return response.json() as Promise<Record<string, unknown>>;
      },
      openAnother: open,
      async readRows() {
        await dashboard.close();
        // All but the folder.
        for (const end of undo.splice(1).reverse()) await end();
        return readRows(data);
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function readRows(file: string): Promise<ShopRow[]> {
  const instance = await DuckDBInstance.create(file, { access_mode: 'READ_ONLY' });
  const connection = await instance.connect();
  const reader = await connection.runAndReadAll(
    `SELECT event_id AS id, name, path, title, tab, seq, session_id AS session, visitor_id AS visitor, page_id AS page, props,
            epoch_ms(ts) AS at
     FROM events ORDER BY ts, event_id`,
  );
  const rows = reader
    .getRowObjectsJson()
    .map(({ props, ...row }) => ({ ...row, data: JSON.parse(`${props}` || '{}') }));
  connection.closeSync();
  instance.closeSync();
  return rows as unknown as ShopRow[];
}

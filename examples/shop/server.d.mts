export interface ShopOptions {
  /** 0 takes a free one. */
  port: number;
  /** @default '127.0.0.1' */
  host?: string;
  /** Where consent is recorded, events are erased, and the dashboard is; the pages link to it. */
  collectorUrl: string;
  /** Where the pages send their events. */
  endpoint: string;
  /** `ask` shows visitors the banner. @default 'ask' */
  consent?: 'ask' | 'granted';
  /** What is captured, by the names of the package's exports: `'pageViews clicks'`. @default everything */
  capture?: string;
  /** Language of the banner: `'de'`. @default what the visitor's browser prefers */
  locale?: string;
}

export interface Shop {
  /** Without a slash at the end. */
  url: string;
  port: number;
  close(): Promise<void>;
}

export function startShop(options: ShopOptions): Promise<Shop>;

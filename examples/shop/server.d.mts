export interface ShopOptions {
  /** 0 takes a free one. */
  port: number;
  /** @default '127.0.0.1' */
  host?: string;
  /** Where the dashboard is; the pages link to it. */
  collectorUrl: string;
  /** Where the pages send their events. */
  endpoint: string;
}

export interface Shop {
  /** Without a slash at the end. */
  url: string;
  port: number;
  close(): Promise<void>;
}

export function startShop(options: ShopOptions): Promise<Shop>;

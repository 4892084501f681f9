export { type Collector, type CollectorOptions, createCollector } from './collector.ts';
export type { ConsentCookieOptions } from './ingest/consentCookie.ts';
export type { BodyLimits } from './ingest/readBody.ts';
export { type RunningCollector, type ServerOptions, startCollector } from './server.ts';
export { DataFileProblem } from './store/checkDataFile.ts';
export { openDuckdbStore } from './store/duckdbStore.ts';
export {
  type BatchRows,
  type ConsentRow,
  type CountsRow,
  type Erasure,
  type EventRow,
  type EventStore,
  type QueryParameters,
  type ResultRow,
  StoreUnavailable,
} from './store/eventStore.ts';

import { DuckDBTimestampMillisecondsValue } from '@duckdb/node-api';

/** Epoch milliseconds as DuckDB binds and appends them. */
export function timestamp(at: number): DuckDBTimestampMillisecondsValue {
  return new DuckDBTimestampMillisecondsValue(BigInt(at));
}

import type { Clock } from './clock.ts';

const hex = (value: number, digits: number) => value.toString(16).padStart(digits, '0');

/**
 * Returns a source of UUIDv7 that sort in the order they were made, also within a millisecond and when the clock is set
 * back. Random bytes come from a pool: one call to the browser per 128 ids.
 */
export function createIds(clock: Clock): () => string {
  const pool = new Uint32Array(256);
  let used = 0;
  let last = 0;
  const random = () => {
    used %= 256;
    if (!used) crypto.getRandomValues(pool);
    return hex(pool[used++] as number, 8);
  };
  return () => {
    // Milliseconds, and 12 bits that count within one.
    last = Math.max(last + 1, clock.now() * 4096);
    return (hex(last, 15) + random() + random()).replace(/(.{8})(.{4})(.{3}).(.{3})/, '$1-$2-7$3-8$4-');
  };
}

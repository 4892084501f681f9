import type { Clock } from './clock.ts';

const hex = (value: number, digits: number) => value.toString(16).padStart(digits, '0');

/**
 * Returns a source of UUIDv7 that sort in the order they were made, also within a millisecond and when the clock is set
 * back. Random bytes come from a pool: one call to the browser per 128 ids.
 */
export function createIds(clock: Clock): () => string {
  const pool = new Uint32Array(256);
  let used = 256;
  let last = 0;
  const random = () => {
    if (used > 255) {
      crypto.getRandomValues(pool);
      used = 0;
    }
    return pool[used++] as number;
  };
  return () => {
    // Milliseconds, and 12 bits that count within one.
    last = Math.max(last + 1, clock.now() * 4096);
    const time = hex(last, 15);
    const bits = random();
    return `${time.slice(0, 8)}-${time.slice(8, 12)}-7${time.slice(12)}-${hex((bits >>> 18) | 0x8000, 4)}-${hex(bits & 0xffff, 4)}${hex(random(), 8)}`;
  };
}

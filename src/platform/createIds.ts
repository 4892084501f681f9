import type { Clock } from './clock.ts';

const hex = (value: number, digits: number) => value.toString(16).padStart(digits, '0');

/**
 * Returns a source of UUIDv7 that sort in the order they were made, also within a millisecond and when the clock is set
 * back. Random bytes come from a pool: one call to the browser per 128 ids.
 */
export function createIds(clock: Clock): () => string {
  const pool = new Uint32Array(256);
  let used = 256;
  let at = 0;
  let counter = 0;
  const random = () => {
    if (used > 255) {
      crypto.getRandomValues(pool);
      used = 0;
    }
    return pool[used++] as number;
  };
  return () => {
    const now = clock.now();
    // 12 bits count ids within a millisecond; when they run out, the next millisecond is borrowed.
    if (now > at || ++counter > 0xfff) {
      at = Math.max(now, at + 1);
      counter = 0;
    }
    const first = random();
    return (
      hex(at, 12) +
      7 +
      hex(counter, 3) +
      hex((first >>> 18) | 0x8000, 4) +
      hex(first & 0xffff, 4) +
      hex(random(), 8)
    ).replace(/(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
  };
}

import { MAX_DEPTH, MAX_KEYS, MAX_STRING_LENGTH } from '../protocol/limits.ts';
import { scrubSecrets } from './scrubText.ts';

const SECRET_KEY = /pass(w|ph|code)|pwd|secret|cv[vc]\d?$/i;
const CUT = '…';

/** The object, or a copy of its first entries where it has more than can be kept, so that a huge one costs little. */
export function few<Data extends object>(data: Data): Data {
  const keys = Object.keys(data);
  if (keys.length <= MAX_KEYS) return data;
  // One more than is kept: it becomes the mark.
  return Object.fromEntries(keys.slice(0, MAX_KEYS + 1).map((key) => [key, data[key as keyof Data]])) as Data;
}

/**
 * Writes data as JSON: dates as ISO text, NaN and Infinity as null, maps as objects, sets as lists, undefined and
 * functions left out. Too long, deep or many is cut and marked `…`. Passwords (by key), card numbers and JWTs are
 * taken out, except below the keys that are `exempt`. Elements are never looked into.
 *
 * Throws on BigInt and cycles, and lets through what getters and `toJSON` throw: such data cannot be told truthfully.
 */
export function plainJson(data: object, exempt: readonly string[] = []): string {
  // And the whole itself.
  let room = MAX_KEYS + 1;
  const depths = new Map<unknown, number>();
  /** What stands below a key that is exempt. */
  const free = new Set<unknown>();
  return JSON.stringify(data, function (this: unknown, key, value: unknown) {
    const isFree = free.has(this) || exempt.includes(key);
    if (value instanceof Node || (!isFree && SECRET_KEY.test(key))) return undefined;
    if (--room < 0) return room === -1 ? CUT : undefined;
    if (typeof value === 'string' && value.length > MAX_STRING_LENGTH)
      value = value.slice(0, MAX_STRING_LENGTH - 1) + CUT;
    if (typeof value !== 'object' || !value) {
      // A card number may be a number.
      const text = String(value);
      const kept = isFree ? text : scrubSecrets(text);
      return kept === text ? value : kept;
    }
    const depth = (depths.get(this) ?? 0) + 1;
    if (depth > MAX_DEPTH) return CUT;
    if (value instanceof Map) value = Object.fromEntries(value);
    else if (value instanceof Set || Array.isArray(value)) value = [...value].slice(0, MAX_KEYS);
    const plain = few(value as object);
    depths.set(plain, depth);
    if (isFree) free.add(plain);
    return plain;
  });
}

/** Puts values in the place of `{names}`. */
export const fill = (text: string, values: Record<string, unknown>): string =>
  text.replace(/\{(\w+)\}/g, (place, name) => `${values[name] ?? place}`);

/** Reads JSON; a text that is none is the answer itself. */
export function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** The value, if it has members to look at. */
export const toBag = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value ? (value as Record<string, unknown>) : {};

/** A time in ISO 8601; `undefined` for what is none. */
export function toIso(at: unknown): string | undefined {
  const date = new Date(at as number);
  return typeof at === 'number' && !Number.isNaN(date.getTime()) ? date.toISOString() : undefined;
}

/** When a UUIDv7 was made, in epoch milliseconds. */
export const timeOf = (id: unknown): number => Number.parseInt(`${id}`.replace('-', '').slice(0, 12), 16);

/** A time as it is written in a language; '' is the browser's. */
export function toWords(iso: string, language: string, timeStyle: 'short' | 'medium' = 'short'): string {
  const inLanguage = (tag?: string) => new Date(iso).toLocaleString(tag, { dateStyle: 'medium', timeStyle });
  try {
    return inLanguage(language || undefined);
  } catch {
    // The page names a language that is none.
    return inLanguage();
  }
}

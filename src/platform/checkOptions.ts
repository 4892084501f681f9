/** What each option may be, by its path: kinds of value, or the very values. A plain `object` has rules of its own for what it holds. */
export type OptionRules = Record<string, string>;

/**
 * Copies what is right in the options. What is not is left out, so that its default holds, with one warning that names
 * the option and the remedy. Numbers are above 0, texts not empty.
 */
export function checkOptions<Options>(
  given: object,
  rules: OptionRules,
  warn: (text: string) => void,
  path = '',
): Options {
  const checked: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(given)) {
    const option = path + name;
    const rule = rules[option];
    // `toString` and its like have no rule in words.
    const words = `${rule}`.split(/ or | from | of /);
    if (
      (words.includes(Array.isArray(value) ? 'array' : typeof value) || words.includes(value)) &&
      (value === false || value) &&
      !(value < 0) &&
      (option !== 'consent' || words.includes(value) || value.mode) &&
      (!words.includes('functions') || value.every((part: unknown) => typeof part === 'function'))
    )
      checked[name] = rule === 'object' ? checkOptions(value, rules, warn, `${option}.`) : value;
    else if (value !== undefined) warn(`option "${option}" ${rule ? `should be ${rule}` : 'does not exist'}`);
  }
  return checked as Options;
}

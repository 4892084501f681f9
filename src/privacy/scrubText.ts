/** No repetition may begin again within its own match, so that hostile text costs linear time. */
const WORD = /[\w.+@-]+/g;
const EMAIL = /.@[^@]*\../;
const JWT = /\beyJ[\w-]{8,}\.[\w-]+(?:\.[\w-]*)?/g;
const CARD = /\b[2-6]\d{3}(?:[ +-]?\d){9,15}\b/g;
const LONG = /[\w+=-]{20,}/g;

/** Takes what lets a stranger in or pay (JWTs, card numbers) out of a text. */
export function scrubSecrets(text: string): string {
  return text.replace(JWT, ':token').replace(CARD, (digits) => (isCard(digits) ? ':card' : digits));
}

/** Takes secrets, e-mail addresses and, unless they are declared harmless, token-like strings out of a text. */
export function scrubText(text: string, keepTokens = false): string {
  const scrubbed = scrubSecrets(text).replace(WORD, (word) => (EMAIL.test(word) ? ':email' : word));
  return keepTokens ? scrubbed : scrubbed.replace(LONG, (word) => (isToken(word) ? ':token' : word));
}

/** The check digit by Luhn's method tells card numbers from order numbers, nine times in ten. */
function isCard(text: string): boolean {
  const digits = [...text.replace(/\D/g, '')].reverse();
  // Every second digit counts twice, by the sum of its own digits.
  return (
    digits.reduce((sum, digit, index) => sum + Number(index % 2 ? '0246813579'[Number(digit)] : digit), 0) % 10 === 0
  );
}

/** Random-looking: letters and digits take turns. UUIDs, slugs and plain numbers are not. */
function isToken(word: string): boolean {
  return !/^[\da-f]{8}(-[\da-f]{4}){3}-/i.test(word) && /([a-z]{1,20}\d{1,20}){3}|(\d{1,20}[a-z]{1,20}){3}/i.test(word);
}

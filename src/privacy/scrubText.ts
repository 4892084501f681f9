/** Every repetition is bounded, so that hostile text costs linear time. */
const EMAIL = /[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}/g;
const JWT = /\beyJ[\w-]{8,}\.[\w-]+(?:\.[\w-]*)?/g;
const CARD = /\b[2-6]\d{3}(?:[ -]?\d){9,15}\b/g;
const LONG = /[\w+=-]{20,}/g;

/** Takes what lets a stranger in or pay (JWTs, card numbers) out of a text. */
export function scrubSecrets(text: string): string {
  return text.replace(JWT, ':token').replace(CARD, (digits) => (isCard(digits) ? ':card' : digits));
}

/** Takes secrets, e-mail addresses and, unless they are declared harmless, token-like strings out of a text. */
export function scrubText(text: string, keepTokens = false): string {
  const scrubbed = scrubSecrets(text).replace(EMAIL, ':email');
  return keepTokens ? scrubbed : scrubbed.replace(LONG, (word) => (isToken(word) ? ':token' : word));
}

/** The check digit by Luhn's method tells card numbers from order numbers, nine times in ten. */
function isCard(text: string): boolean {
  const digits = text.replace(/\D/g, '');
  let sum = 0;
  for (let index = 0; index < digits.length; index++) {
    const digit = Number(digits[digits.length - 1 - index]) * (index % 2 ? 2 : 1);
    sum += digit > 9 ? digit - 9 : digit;
  }
  return sum % 10 === 0;
}

/** Random-looking: letters and digits take turns. UUIDs, slugs and plain numbers are not. */
function isToken(word: string): boolean {
  return !/^[\da-f]{8}(-[\da-f]{4}){3}-/i.test(word) && /([a-z]+\d+){3}|(\d+[a-z]+){3}/i.test(word);
}

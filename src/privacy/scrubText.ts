// Every repetition is bounded, or ends where a next try could only begin: hostile text costs linear time.

/** By first digits, groups and length. The digits of a fraction are none. */
const CARD =
  /(^|[^a-z\d])(?:\d{1,3}\.\d+|(3[046-9]\d\d([\s.-]?)\d{6}\3\d{4,5}|(2[2-7]|35|[4-6]\d)\d\d([\s.-]?)\d{4}\5\d{4}\5\d{4}(\d{3})?)(?![a-z\d]))/gi;
const IBAN = /(^|[^a-z\d])([a-z]{2}\d\d([\s-]?)[a-z\d]{4}(\3[a-z\d]{4}){1,6}(\3[a-z\d]{1,4})?)(?![a-z\d])/gi;
/** Any JSON in base64 begins as a JWT does. */
const JWT = /(?:\b|_)eyJ[\w.-]{15,}/g;
const PHONE = /(\B\+[1-9]|\btel:\+?\d)([\s()-]{0,2}\d){7,14}(?!\d)/gi;
/** Neither a version (`a@1.2.3`, `a@3.x`) nor an image for fine screens (`a@2x.png`). */
const EMAIL = /.@(?!\dx\.)[^@:]*\.[^\d.:]{2}/;
const LONG = /[\w+-]{20,}/g;
const UUID = /[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}/gi;
const HEX = /(?!\d{20})[\da-f]{20}/i;
/** Where letters and digits or capitals take turns, as in what is random. Words in camelCase do not count. */
const TURN = /[a-z](?=\d)|\d(?=[a-z])|[A-Z](?=\d)|[a-z\d](?=[A-Z](?![a-z]{2}))/g;

/** What opens something or reaches a person, as `name=value` or `"name":"value"`. Marks such as `:token` are no names. */
const NAMED =
  /:[a-z]+|(((token|secret|passw|pwd|sess|signature|auth(?!or[^i])|reset|verif|invit|confirm|activat|mail|phone|mobile|\btel)[\w%[\].-]{0,20}|key|code|sig|sid|otp|pin)(["']?=+["']?|["']:\s?["']))[^\s&"<>=][^\s&"<>]*/gi;
/** A path segment whose next one opens something, unless that is a plain word. */
const OPENS =
  /(^|[_-])((reset|verif|invit|confirm|activat|unsubscri|magic-?link)[\w-]{0,20}|(api|access)?(token|key)|secret|passw\w{0,9}|auth|otp)$/i;
const PLAIN = /^[a-z-]{0,15}$/;

const PART = /[^\s/?#&=;,"<>[\]]+/g;
const MARK = /:(?:card|email|iban|phone|token)/;

/** Takes what lets a stranger in or pay (JWTs, card numbers) out of a text. */
export function scrubSecrets(text: string): string {
  return replaceReal(text.replace(JWT, ':token'), CARD, ':card', lengthOfCard);
}

/**
 * Takes secrets, e-mail addresses, bank accounts, phone numbers and, unless they are declared harmless, what looks or is
 * named like a token out of a text, percent-encoded or not. Addresses in it lose names, passwords and queries.
 */
export function scrubText(text: string, keepTokens?: boolean): string {
  const bare = text.replace(/(:\/\/)[^\s/?#"'<>]*@|[?#][\w%[\].&-]+=[^\s"'<>]*/g, '$1');
  // Not what `map(scrubText)` gives.
  return scrub(bare, keepTokens === true);
}

/** First what is encoded, part by part: its mark takes the whole part’s place. Then what stands there in plain text. */
function scrub(text: string, keepTokens: boolean, isDecoded?: boolean): string {
  /** The path segment before, if there is one. */
  let segment = '';
  const decoded = text.replace(PART, (part, at) => {
    // Twice, so that nothing hides behind a second encoding. Unlike what came after it, `unescape` takes Latin-1 and
    // broken text as well.
    const plain = isDecoded ? part : unescape(unescape(part.replace(/\b\+/g, ' ')));
    const isSegment = text[at - 1] === '/';
    const isOpened = !keepTokens && isSegment && OPENS.test(segment) && !PLAIN.test(plain);
    segment = isSegment ? plain : '';
    if (isOpened) return ':token';
    // The slash of an encoded path may have been left out.
    const path = `/${plain}`;
    const scrubbed = plain === part ? path : scrub(path, keepTokens, true);
    return scrubbed === path ? part : `${MARK.exec(scrubbed)}`;
  });
  const scrubbed = scrubSecrets(replaceReal(decoded.replace(JWT, ':token'), IBAN, ':iban', lengthOfIban))
    .replace(PHONE, ':phone')
    .replace(PART, (word) => (EMAIL.test(word) ? ':email' : word));
  return keepTokens
    ? scrubbed
    : scrubbed
        .replace(LONG, (word) => (isToken(word) ? ':token' : word))
        .replace(NAMED, (all, name) => (name ? `${name}:token` : all));
}

/** Replaces as much of what has the shape as is real. */
function replaceReal(text: string, shape: RegExp, mark: string, lengthOf: (body: string) => number): string {
  return text.replace(shape, (all: string, before: string, body = '') => {
    const length = lengthOf(body);
    return length ? before + mark + body.slice(length) : all;
  });
}

/** The check digit by Luhn's method tells card numbers from order numbers, nine times in ten. */
function lengthOfCard(text: string): number {
  const digits = [...text.replace(/\D/g, '')].reverse();
  // Every second digit counts twice, by the sum of its own digits.
  const sum = digits.reduce((sum, digit, index) => sum + ((index % 2 && (+digit * 2) % 9) || +digit), 0);
  return sum % 10 ? 0 : text.length;
}

/** Two check digits tell a bank account; words that follow it are taken off until they do. */
function lengthOfIban(text: string): number {
  if (text.length < 15) return 0;
  const plain = text.replace(/[\s-]/g, '');
  const remainder = [...(plain.slice(4) + plain.slice(0, 4))].reduce(
    (sum, digit) => (sum * (digit > '9' ? 100 : 10) + parseInt(digit, 36)) % 97,
    0,
  );
  return remainder === 1 ? text.length : lengthOfIban(text.replace(/[\s-]?\w{1,34}$/, ''));
}

/** Random-looking. UUIDs are not taken for it, nor are slugs with a number here and there. */
function isToken(word: string): boolean {
  const rest = word.replace(UUID, '');
  return HEX.test(rest) || rest.split(TURN).length > 3 + rest.split(/[\W_]/).length;
}

import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { plainJson } from '../../src/privacy/plainJson.ts';
import { scrubText } from '../../src/privacy/scrubText.ts';
import { scrubUrl } from '../../src/privacy/scrubUrl.ts';

const SITE = 'https://shop.example';
const JWT = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U';
const HEX = '9f86d081884c7d659a2feaa0c55ad015';

// Everybody's run tries the same; others try something else: `SEED=2 npx vitest …`.
fc.configureGlobal({ seed: Number(process.env.SEED ?? 1) });

beforeEach(() => {
  (window as unknown as { happyDOM: { setURL(url: string): void } }).happyDOM.setURL(`${SITE}/here/page`);
});

// --- What the owner declares ---

describe('parameters that the owner declares', () => {
  const declared = (raw: string, keepQuery = false) => scrubUrl(raw, keepQuery, false, ['q', 'order', 'code', 'a[b]']);

  test('are kept, others are not', () => {
    expect(declared('/?q=shoes&page=2&order=asc&utm_source=news')).toBe(`${SITE}/?q=shoes&order=asc&utm_source=news`);
    expect(declared('/?qq=1&Q=1&xq=1&q')).toBe(`${SITE}/?q`);
    expect(declared('/?a[b]=1')).toBe(`${SITE}/?a[b]=1`);
  });

  test('may look or be named like a token', () => {
    expect(declared(`/?code=SUMMER25&order=${HEX}`)).toBe(`${SITE}/?code=SUMMER25&order=${HEX}`);
    expect(declared(`/?code=SUMMER25&key=K1`, true)).toBe(`${SITE}/?code=SUMMER25&key=:token`);
  });

  test('still lose what is personal or secret by its shape', () => {
    expect(declared(`/?q=jo%40example.org&order=4111111111111111&code=${JWT}`)).toBe(
      `${SITE}/?q=:email&order=:card&code=:token`,
    );
  });
});

describe('data below keys that the owner declares', () => {
  const kept = (data: object) => JSON.parse(plainJson(data, ['order_id', 'traits']));

  test('stays as it is, however deep', () => {
    const data = {
      order_id: '4111111111111111',
      traits: { password: 'x', list: [{ secret: JWT }, '4111111111111111'] },
    };
    expect(kept(data)).toEqual(data);
    expect(kept({ items: [{ order_id: 4111111111111111 }] })).toEqual({ items: [{ order_id: 4111111111111111 }] });
    expect(kept({ traits: new Map([['password', 'x']]) })).toEqual({ traits: { password: 'x' } });
  });

  test('is no excuse for data beside it', () => {
    expect(kept({ order_id: 1, note: '4111111111111111', sub: { traits: 1, password: 'x' } })).toEqual({
      order_id: 1,
      note: ':card',
      sub: { traits: 1 },
    });
  });
});

test('a list of texts can be mapped: the index says nothing about tokens', () => {
  expect([HEX, HEX].map(scrubText as (text: string) => string)).toEqual([':token', ':token']);
});

test('what is too long is cut where nothing is cut in two', () => {
  const long = `/${'z'.repeat(2040)}/jo@example.org`;
  expect(scrubUrl(long)).toBe(`${SITE}/${'z'.repeat(2040)}/`);
  expect(scrubUrl(`/?utm_source=a&utm_content=${'b'.repeat(2000)}&utm_term=jo@example.org`)).not.toContain('jo@');
  expect(scrubUrl('x'.repeat(3000))).toBe('');
});

// --- Whatever comes ---

describe('whatever comes', () => {
  const piece = fc.oneof(
    // biome-ignore format: a list
    fc.constantFrom(
      'jo@example.org', JWT, HEX, 'q8Jx2LmZ7vKt4RbN9pWc3YdF6', '4111111111111111', '4111 1111 1111 1111',
      'DE89370400440532013000', 'DE89 3704 0044 0532 0130 00', '+4930123456', 'tel:', 'reset', 'token', 'password', 'auth',
      'email', 'key', '/', '?', '#', '#/', '=', '&', '%40', '%2540', '%25', '%2F', '%3D', '%3A', '%20', '%E9', '%C3%A9',
      // A mere `%` before digits would be an escape.
      '% ', '%zz', '+', '-', '_', ':', ':token', ':email', '//', 'https://', 'utm_source=', 'gclid=', '@', '.', ' ', '"',
      '":"', "'", "':", ',', '1', 'a', 'x',
    ),
    fc.string({ unit: 'binary', maxLength: 6 }),
  );
  const hostile = fc.array(piece, { maxLength: 12 }).map((parts) => parts.join(''));
  /** An address with a blank before its `@` is none, until what holds the blank has become a mark. */
  const isNoAddress = (text: string) => /:\/\/[^/?#]*\s[^/?#]*@/.test(text);

  test('scrubbing a text never throws, and twice is once', () => {
    fc.assert(
      fc.property(hostile, fc.boolean(), (raw, keepTokens) => {
        fc.pre(!isNoAddress(raw));
        const once = scrubText(raw, keepTokens);
        expect(scrubText(once, keepTokens)).toBe(once);
      }),
      { numRuns: 3000 },
    );
  });

  test('scrubbing an address never throws, and twice is once', () => {
    fc.assert(
      fc.property(hostile, fc.boolean(), fc.boolean(), (raw, keepQuery, keepRoute) => {
        const once = scrubUrl(raw, keepQuery, keepRoute);
        // `a/./b` is `a/b` to every reader.
        if (/^https?:\/\//.test(once)) expect(scrubUrl(once, keepQuery, keepRoute)).toBe(new URL(once).href);
      }),
      { numRuns: 3000 },
    );
  });

  test('scrubbing data twice is once', () => {
    fc.assert(
      fc.property(fc.dictionary(hostile, fc.oneof(hostile, fc.array(hostile), fc.integer(), fc.double())), (data) => {
        const once = plainJson(data);
        expect(plainJson(JSON.parse(once))).toBe(once);
      }),
    );
  });

  test('what is not text when it should be does not get through as an address', () => {
    for (const raw of ['http://[', 'http://a:b:c', '\u0000', '\ud800', '//', '///', 'http:', 'https://%']) {
      expect(() => scrubUrl(raw, true, true)).not.toThrow();
    }
  });
});

// --- Canaries ---

const digits = (count: number) => fc.stringMatching(new RegExp(`^\\d{${count}}$`));
const letters = (least: number, most: number) => fc.stringMatching(new RegExp(`^[a-z]{${least},${most}}$`));

/** With the check digit that makes it a card's. */
function withLuhn(number: string): string {
  const sum = [...number]
    .reverse()
    .reduce((total, digit, index) => total + (index % 2 ? Number(digit) : (Number(digit) * 2) % 9 || Number(digit)), 0);
  return number + ((10 - (sum % 10)) % 10);
}
/** With the check digits that make it a bank account's. */
function withMod97(country: string, account: string): string {
  const number = [...`${account}${country}00`].map((character) => Number.parseInt(character, 36)).join('');
  return country + String(98n - (BigInt(number) % 97n)).padStart(2, '0') + account;
}
const grouped = (text: string, sizes: number[], separator: string) => {
  let at = 0;
  const groups: string[] = [];
  for (let index = 0; at < text.length; index++) {
    const size = sizes[Math.min(index, sizes.length - 1)] as number;
    groups.push(text.slice(at, at + size));
    at += size;
  }
  return groups.join(separator);
};
const separator = fc.constantFrom('', ' ', '-');

const email = fc
  .tuple(
    fc.stringMatching(/^[a-z0-9äöüßéñ用户д][a-z0-9._+äöüßéñ用户д-]{2,20}$/),
    fc.stringMatching(/^[a-zäöü例子][a-z0-9äöü例子-]{2,12}$/),
    fc.constantFrom('com', 'org', 'co.uk', 'DE', 'xn--p1ai', '公司', 'рф'),
  )
  .map(([local, host, top]) => `${local}@${host}.${top}`);
const card = fc
  .oneof(
    fc.tuple(fc.constantFrom('4', '51', '55', '2221', '2720', '6011', '65', '62', '3530', '6759'), fc.constant(16)),
    fc.tuple(fc.constantFrom('34', '37'), fc.constant(15)),
    fc.tuple(fc.constantFrom('305', '36', '38'), fc.constant(14)),
    fc.tuple(fc.constantFrom('62'), fc.constant(19)),
  )
  .chain(([prefix, length]) =>
    fc.tuple(fc.constant(length), digits(length - prefix.length - 1), separator).map(([total, rest, between]) => {
      const number = withLuhn(prefix + rest);
      if (total === 16) return grouped(number, [4], between);
      return total === 19 ? number : grouped(number, [4, 6, 5], between);
    }),
  );
const iban = fc
  .oneof(
    digits(18).map((account) => withMod97('DE', account)),
    digits(16).map((account) => withMod97('AT', account)),
    fc.tuple(letters(4, 4), digits(14)).map(([bank, account]) => withMod97('GB', bank.toUpperCase() + account)),
    digits(11).map((account) => withMod97('NO', account)),
  )
  .chain((account) => separator.map((between) => grouped(account, [4], between)));
const phone = fc
  .tuple(fc.integer({ min: 1, max: 99 }), digits(10), separator)
  .map(([country, number, between]) => `+${country}${between}${grouped(number, [3, 3, 4], between)}`);
const base64url = (least: number) =>
  fc.uint8Array({ minLength: least, maxLength: least + 16 }).map((bytes) => Buffer.from(bytes).toString('base64url'));
const jwt = fc
  .tuple(fc.record({ alg: fc.constantFrom('HS256', 'none'), kid: letters(1, 12) }), base64url(20), base64url(32))
  .map(
    ([header, payload, signature]) =>
      `${Buffer.from(JSON.stringify(header)).toString('base64url')}.${payload}.${signature}`,
  );
const hex = fc
  .uint8Array({ minLength: 10, maxLength: 40 })
  .map((bytes) => Buffer.from(bytes).toString('hex'))
  .filter((text) => /^(?!\d{20})/.test(text) && /[a-f]/.test(text.slice(0, 20)));

const secrets: Record<string, fc.Arbitrary<string>> = { email, card, iban, phone, jwt, hex };

/** What stands around a secret: words, and what parts them. */
const around = fc
  .tuple(
    fc.array(letters(1, 9), { maxLength: 4 }).map((words) => words.join(' ')),
    fc.constantFrom(' ', ', ', ' (', ' "', '\n', '; ', ' – ', '\t', ' <'),
    fc.constantFrom(' ', ', ', ') ', '" ', '\n', '; ', '! ', '>'),
    fc.array(letters(1, 9), { maxLength: 4 }).map((words) => words.join(' ')),
  )
  .map(
    ([before, opening, closing, after]) =>
      (secret: string) =>
        before + opening + secret + closing + after,
  );

const encodings = fc.constantFrom<((text: string) => string)[]>(
  (text) => text,
  encodeURIComponent,
  (text) => encodeURIComponent(encodeURIComponent(text)),
  (text) => encodeURIComponent(text).replace(/%../g, (code) => (code === '%20' ? '+' : code.toLowerCase())),
  (text) =>
    text.replace(/./gsu, (character) =>
      character < '\u0080' ? `%${character.charCodeAt(0).toString(16)}` : character,
    ),
);

/** What is left of a secret, however it is written: runs of it that are long enough to be told. */
function leftOf(secret: string, marked: string): string[] {
  const scrubbed = marked.replace(/:(card|email|iban|phone|token)/g, '|');
  const plain = (text: string) => text.toLowerCase().replace(/[\s+-]/g, '');
  let seen = scrubbed;
  for (let round = 0; round < 3; round++) seen = unescape(seen.replace(/%(?=[8-9a-f])/gi, '%25'));
  const wanted = plain(decodeSafely(secret));
  const runs: string[] = [];
  for (let at = 0; at + 5 <= wanted.length; at++) runs.push(wanted.slice(at, at + 5));
  const there = `${plain(seen)}|${plain(decodeSafely(scrubbed))}`;
  return runs.filter((run) => there.includes(run));
}
function decodeSafely(text: string): string {
  try {
    return decodeURIComponent(decodeURIComponent(text));
  } catch {
    return text;
  }
}

describe.each(Object.entries(secrets))('of a random %s nothing is left', (kind, secret) => {
  /** Words that are in the secret by chance are none of it. */
  const check = (raw: string, value: string, scrubbed: string) => {
    const byChance = leftOf(value, `${SITE}/app/u/a/b/edit/x?q=&a=1&utm_content=&own=|${raw.split(value).join('|')}`);
    expect(
      leftOf(value, scrubbed).filter((run) => !byChance.includes(run)),
      scrubbed,
    ).toEqual([]);
  };

  test('in a text', () => {
    fc.assert(
      fc.property(secret, around, (value, surround) => {
        const raw = surround(value);
        check(raw, value, scrubText(raw));
      }),
      { numRuns: 500 },
    );
  });

  test('in a segment of a path, encoded or not', () => {
    fc.assert(
      fc.property(secret, encodings, fc.constantFrom('/', '/u/', '/a/b/'), (value, encode, before) => {
        const raw = `${SITE}${before}${encode(value)}/edit`;
        check('', value, scrubUrl(raw));
      }),
      { numRuns: 500 },
    );
  });

  test('in a route, in parameters and campaigns, in a referrer, encoded or not', () => {
    fc.assert(
      fc.property(secret, encodings, around, (value, encode, surround) => {
        const alone = encode(value);
        const among = encodeURIComponent(surround(value));
        check('', value, scrubUrl(`${SITE}/app#/${alone}/x`, false, true));
        check('', value, scrubUrl(`${SITE}/?q=${alone}&a=1`, true));
        check(surround(''), value, scrubUrl(`${SITE}/?q=${among}`, true));
        check('', value, scrubUrl(`${SITE}/?q=${alone}#${alone}`));
        if (kind === 'hex') return;
        check('', value, scrubUrl(`${SITE}/?utm_content=${alone}`));
        check(surround(''), value, scrubUrl(`${SITE}/?utm_content=${among}`));
        check('', value, scrubUrl(`${SITE}/?own=${alone}`, false, false, ['own']));
      }),
      { numRuns: 300 },
    );
  });
});

describe.each(Object.entries({ card, jwt }))('of a random %s nothing is left', (_, secret) => {
  test('in the owner’s data, at any depth', () => {
    fc.assert(
      fc.property(secret, around, (value, surround) => {
        const text = surround(value);
        const scrubbed = plainJson({ text, list: [1, { text }], map: new Map([['a', text]]), set: new Set([text]) });
        expect(leftOf(value, scrubbed).filter((run) => !leftOf(value, surround('')).includes(run))).toEqual([]);
      }),
    );
  });
});

test('of a random password nothing is left in the owner’s data, nor where its name stands before it', () => {
  const name = fc.constantFrom('password', 'newPassword', 'user_passwd', 'PWD', 'clientSecret', 'passphrase');
  fc.assert(
    fc.property(fc.stringMatching(/^[!-~]{6,20}$/), name, (value, key) => {
      expect(plainJson({ a: [{ [key]: value, list: { [key]: [value] } }] })).toBe('{"a":[{"list":{}}]}');
      if (key === 'passphrase') return;
      // A quote in front may stay.
      const form = `a=1&${key}=${encodeURIComponent(value)}&b=2`;
      expect(scrubUrl(`${SITE}/?${form}`, true).replace("'", '')).toBe(`${SITE}/?a=1&${key}=:token&b=2`);
      expect(scrubText(`POST ${form} failed`).replace("'", '')).toBe(`POST a=1&${key}=:token&b=2 failed`);
    }),
  );
});

test('random base64 is seen the better, the longer it is', () => {
  let state = 1;
  const randomByte = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state >>> 24;
  };
  const missed = (bytes: number) => {
    let count = 0;
    for (let round = 0; round < 3000; round++) {
      const token = Buffer.from(Array.from({ length: bytes }, randomByte)).toString('base64url');
      if (!scrubText(token).includes(':token')) count++;
    }
    return count / 3000;
  };
  // Of sixteen bytes one in eleven passes for a name in camelCase.
  expect(missed(16)).toBeLessThan(0.1);
  expect(missed(24)).toBeLessThan(0.02);
  expect(missed(32)).toBeLessThan(0.004);
  expect(missed(48)).toBe(0);
});

// --- What is no secret ---

describe('what is no secret stays, whatever it is', () => {
  const words = fc.array(fc.oneof(letters(1, 12), fc.integer({ min: 0, max: 999 }).map(String)), {
    minLength: 1,
    maxLength: 12,
  });
  const harmless: Record<string, fc.Arbitrary<string>> = {
    UUIDs: fc.uuid(),
    'order numbers by date': fc
      .tuple(fc.date({ min: new Date('2000-01-01'), max: new Date('2039-12-31'), noInvalidDate: true }), digits(6))
      .map(([day, number]) => day.toISOString().slice(0, 10).replace(/-/g, '') + number),
    'order numbers with letters': fc
      .tuple(fc.constantFrom('ORD-', 'R', 'SO-2025-'), digits(8))
      .map((parts) => parts.join('')),
    times: fc.integer({ min: 0, max: 2_000_000_000_000 }).map(String),
    'ISO dates': fc
      .date({ noInvalidDate: true, min: new Date(0), max: new Date('2100-01-01') })
      .map((day) => day.toISOString()),
    slugs: words.map((parts) => parts.join('-')),
    prices: fc.tuple(fc.integer({ min: 0, max: 99999 }), digits(2)).map((parts) => parts.join('.')),
    coordinates: fc
      .tuple(fc.double({ min: -90, max: 90, noNaN: true }), fc.double({ min: -180, max: 180, noNaN: true }))
      .map(([north, east]) => `${north.toFixed(14)},${east.toFixed(14)}`),
    'short hashes': fc.stringMatching(/^[\da-f]{7,12}$/),
    versions: fc.tuple(fc.nat(99), fc.nat(99), fc.nat(99)).map((parts) => `v${parts.join('.')}`),
    'EANs of thirteen digits': digits(12).map((start) => {
      const sum = [...start].reduce((total, digit, index) => total + Number(digit) * (index % 2 ? 3 : 1), 0);
      return start + ((10 - (sum % 10)) % 10);
    }),
    colours: fc.stringMatching(/^[\da-f]{6}([\da-f]{2})?$/),
  };

  test.each(Object.entries(harmless))('%s', (_, thing) => {
    fc.assert(
      fc.property(thing, (value) => {
        expect(scrubText(`It is ${value}, so.`)).toBe(`It is ${value}, so.`);
        expect(scrubUrl(`${SITE}/things/${value}/edit`)).toBe(`${SITE}/things/${value}/edit`);
        expect(scrubUrl(`${SITE}/?id=${value}`, true)).toBe(`${SITE}/?id=${value}`);
        expect(scrubUrl(`${SITE}/?utm_campaign=${value}`)).toBe(`${SITE}/?utm_campaign=${value}`);
        expect(JSON.parse(plainJson({ value }))).toEqual({ value });
      }),
      { numRuns: 1000 },
    );
  });

  test('click ids', () => {
    fc.assert(
      fc.property(
        fc.stringMatching(/^[A-Z][\w-]{20,90}$/),
        fc.constantFrom('gclid', 'fbclid', 'wbraid'),
        (value, name) => {
          fc.pre(!/eyJ|\d{12}|(^|[_-])[a-z]{2}\d\d/i.test(value));
          expect(scrubUrl(`${SITE}/?${name}=${value}`)).toBe(`${SITE}/?${name}=${value}`);
        },
      ),
    );
  });
});

// --- Time ---

// The expressions themselves are measured in hostile.test.ts, in steps.
test.each([
  'a@',
  'a',
  'a1',
  '4',
  '4111-',
  'DE89 ',
  '+49 ',
  'eyJ',
  '%',
  '%25',
  '/',
  '?a',
  'token=',
  '&',
  ' ',
  '"',
  '://',
])(
  'half a megabyte of %s takes no time to speak of',
  (piece) => {
    const text = piece.repeat(500_000 / piece.length);
    const start = performance.now();
    scrubText(text);
    scrubUrl(`${SITE}/${text}?${text}#/${text}`, true, true);
    plainJson({ text });
    // Quadratic work would be some hundred billion steps: minutes.
    expect(performance.now() - start).toBeLessThan(15_000);
  },
  60_000,
);

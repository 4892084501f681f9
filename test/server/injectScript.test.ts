import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { injectScript, type SnippetOptions, snippet } from '../../src/server.ts';

const options: SnippetOptions = { src: '/beaconry.js', endpoint: '/e', site: 'shop', consent: 'cookieless' };
const tag = snippet(options);
/** The one script element of a page. */
const parsed = (html: string) => new DOMParser().parseFromString(html, 'text/html');
const script = (html: string) => parsed(html).querySelector('script') as HTMLScriptElement;

describe('the tag', () => {
  test('says what it was told', () => {
    expect(tag).toBe(
      '<script defer src="/beaconry.js" data-endpoint="/e" data-site="shop" data-consent="cookieless"></script>',
    );
  });

  test('says everything that the script reads', () => {
    const source = readFileSync(join(import.meta.dirname, '../../src/script.ts'), 'utf8');
    const wordsIn = (pattern: RegExp) =>
      [...source.matchAll(pattern)].flatMap(([, words = '']) => words.match(/\w+/g) ?? []);
    const read = [
      ...wordsIn(/const \{([^}]*)\} = dataset/g),
      ...wordsIn(/dataset\.(\w+)/g),
      ...wordsIn(/const CONSENT_\w+ =\s+'([^']*)'\.split/g),
    ];
    expect(read.length).toBeGreaterThan(20);
    const all = Object.fromEntries(read.map((name) => [name, 'x']));
    const other = { src: '/b.js' } as SnippetOptions;
    expect({ ...script(snippet({ ...other, ...all })).dataset }).toEqual(all);
    // And what the script does not read is no option of the tag.
    const written = Object.fromEntries(
      [...readFileSync(join(import.meta.dirname, '../../src/server/snippet.ts'), 'utf8').matchAll(/[a-z]\w+/gi)].map(
        ([word]) => [word, 'x'],
      ),
    );
    expect({ ...script(snippet({ ...other, ...written })).dataset }).toEqual(all);
  });

  test('writes a list of purposes', () => {
    expect(snippet({ ...options, consent: 'ask', purposes: ['analytics', 'marketing'] })).toContain(
      ' data-consent="ask" data-purposes="analytics,marketing"',
    );
  });

  test('writes a flag that is on, and not one that is off or missing', () => {
    expect(script(snippet({ ...options, debug: true, hash: false, text: undefined })).getAttributeNames()).toEqual([
      'defer',
      'src',
      'data-endpoint',
      'data-site',
      'data-consent',
      'data-debug',
    ]);
  });

  test('writes numbers, zero included', () => {
    expect(snippet({ ...options, batchSize: 0, sessionIdle: 60_000 })).toContain(
      ' data-batch-size="0" data-session-idle="60000"',
    );
  });

  test('bears a nonce and a hash', () => {
    expect(snippet({ src: '/b.js', endpoint: '/e', nonce: 'r4nd0m', integrity: 'sha384-x' })).toBe(
      '<script defer src="/b.js" data-endpoint="/e" nonce="r4nd0m" integrity="sha384-x" crossorigin></script>',
    );
  });

  test.each([
    '"><script>alert(1)</script>',
    "'><img src=x onerror=alert(1)>",
    '" onload="alert(1)',
    '</script><script>alert(1)</script>',
    '&quot;&#34;&amp;',
    '--><!--',
    'a\nb\tc `x` = {y}',
    '$& $` $1',
  ])('%s stays a value', (text) => {
    const page = parsed(
      snippet({
        ...options,
        src: text,
        endpoint: text,
        site: text,
        nonce: text,
        integrity: text,
        privacy: text as 'strict',
      }),
    );
    expect(page.querySelectorAll('*')).toHaveLength(4);
    const element = page.querySelector('script') as HTMLScriptElement;
    expect(element.getAttributeNames().sort()).toEqual(
      [
        'crossorigin',
        'data-consent',
        'data-endpoint',
        'data-privacy',
        'data-site',
        'defer',
        'integrity',
        'nonce',
        'src',
      ].sort(),
    );
    for (const name of ['src', 'data-endpoint', 'data-site', 'data-privacy', 'nonce', 'integrity']) {
      expect(element.getAttribute(name)).toBe(text);
    }
  });

  test('any text stays a value', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'<>"\'&;=/ -!#3a') }), (text) => {
        const quoted = /data-site="([^"]*)"/.exec(snippet({ ...options, site: text }))?.[1] as string;
        expect(quoted).not.toMatch(/[<>']|&(?!#\d+;)/);
        expect(quoted.replace(/&#(\d+);/g, (_, code) => String.fromCharCode(code))).toBe(text);
      }),
    );
  });

  test('says nothing that is no option', () => {
    const odd = { ...options, 'x onload=alert(1)': 'y', onload: 'alert(1)', __proto__: { nonce: undefined } };
    expect(snippet(odd)).toBe(tag);
  });
});

describe('a page', () => {
  test.each<[string, string]>([
    ['with a head', '<!doctype html><html><head><title>x</title>|</head><body>y</body></html>'],
    ['in capitals', '<HTML><HEAD>|</HEAD ><BODY>y</BODY></HTML>'],
    ['with a header', '<head>|</head><body><header>x</header>'],
    ['without a head', '<!doctype html><html lang="de"><body class="a">|<p>x</p></body></html>'],
    ['whose body holds a >', `<body data-a="a>b" data-b='>"'>|<p>x</p>`],
    ['without head and body', '<!doctype html>|<title>x</title><p>y'],
    ['with html alone', '\uFEFF<!DOCTYPE html>\n<html lang="en">\n|<p>y</html>'],
    ['that is a piece', '|<p>y</p>'],
    ['that is empty', '|'],
    ['with a comment about its head', '<head><!-- </head> -->|</head>'],
    ['with a script about heads', '<head><script>"</head><body>"</script>|</head>'],
    ['with a style about heads', '<head><style>a::after{content:"</head>"}</style>|</head>'],
    ['with a title about heads', '<head><title></head></title>|</head>'],
    ['with a frame for those without scripts', '<head><noscript></head></noscript>|</head>'],
    ['with an attribute about heads', '<head><script data-a="</script></head>" src=x></script>|</head>'],
    ['with a comment that does not end', '|<!-- </head><body>'],
    ['with a script that does not end', '|<script></head><body>'],
    ['with a quote that does not end', '<head>|</head><body data-a="'],
    ['that is all head', '<head>|</head></head>'],
    ['with a body by that name', '<bodyguard>x</bodyguard><body>|</body>'],
  ])('%s', (_, page) => {
    const [before, after] = page.split('|') as [string, string];
    expect(injectScript(before + after, options)).toBe(before + tag + after);
  });

  test('gets the tag once', () => {
    const once = injectScript('<head></head><body></body>', options);
    expect(injectScript(once, { ...options, nonce: 'other' })).toBe(once);
  });

  test.each([
    '<head></head><body><script src="/beaconry.js"></script></body>',
    "<head></head><script async data-site='a' src = '/beaconry.js' ></script>",
    '<script src=/beaconry.js></script>',
  ])('that has the script already stays as it is: %s', (page) => {
    expect(injectScript(page, options)).toBe(page);
  });

  test('that has it with a query stays as it is', () => {
    const src = '/beaconry.js?a=1&b=2';
    for (const written of ['/beaconry.js?a=1&amp;b=2', src, '/beaconry.js?a=1&#38;b=2']) {
      const page = `<head><script src="${written}"></script></head>`;
      expect(injectScript(page, { ...options, src })).toBe(page);
    }
  });

  test.each([
    '<head>|</head><script src="/lib/beaconry.js"></script>',
    '<head>|</head><!-- <script src="/beaconry.js"></script> -->',
    '<head>|</head><script data-src="/beaconry.js"></script>',
    '<head>|</head><a href="/beaconry.js">the script</a>',
    '<head>|</head><textarea><script src="/beaconry.js"></script></textarea>',
  ])('that only speaks of it gets it: %s', (page) => {
    expect(injectScript(page.replace('|', ''), options)).toBe(page.replace('|', tag));
  });

  test('keeps values that look like a replacement', () => {
    expect(injectScript('<head></head>', { ...options, site: "$& $' $1" })).toContain('data-site="$&#38; $&#39; $1"');
  });

  test('is whole but for the tag, whatever it holds', () => {
    const pieces = [
      '<head>',
      '</head>',
      '<body a="',
      '<body>',
      '"',
      "'",
      '>',
      '<!--',
      '-->',
      '<script>',
      '</script>',
      '<title>',
      'x',
    ];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...pieces)), (parts) => {
        const page = parts.join('');
        expect(injectScript(page, options).replace(tag, '')).toBe(page);
      }),
    );
  });

  test.each(['<!--', '<script>', '<body a="', '<title', '<html ', ' ', '<!doctype'])(
    'of %s without end takes no time',
    (piece) => {
      const page = piece.repeat(200_000);
      const start = performance.now();
      injectScript(page, options);
      expect(performance.now() - start).toBeLessThan(2000);
    },
  );
});

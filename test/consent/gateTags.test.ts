import nodeConsole from 'node:console';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { ConsentOptions } from '../../src/consent/consent.ts';
import { createConsent } from '../../src/consent/createConsent.ts';
import { type GateTagsOptions, gateTags } from '../../src/consent/gateTags.ts';
import { type CookieJar, openCookieJar } from '../fakes/cookieJar.ts';
import { type FakePage, openPage } from '../fakes/fakePage.ts';

// What runs, and in which order, only a browser can tell: test/browser/consentTags.browser.test.ts.

let page: FakePage;
let jar: CookieJar;
let observers: MutationObserver[];
beforeEach(() => {
  page = openPage();
  jar = openCookieJar();
  // Neither frames nor files are loaded here, and each is said to be an error.
  vi.spyOn(nodeConsole, 'error').mockImplementation(() => {});
  observers = [];
  vi.stubGlobal(
    'MutationObserver',
    class extends MutationObserver {
      constructor(callback: MutationCallback) {
        super(callback);
        observers.push(this);
      }
    },
  );
});
afterEach(async () => {
  // A page is watched for as long as it lives; the tests' page lives on.
  for (const observer of observers) observer.disconnect();
  Reflect.deleteProperty(window, 'trustedTypes');
  vi.restoreAllMocks();
  jar.close();
  await page.close();
});

function ask(html: string, options?: GateTagsOptions, more?: ConsentOptions) {
  document.body.innerHTML = html;
  return createConsent({
    purposes: ['analytics', 'marketing', 'functional'],
    banner: false,
    integrations: [gateTags(options)],
    ...more,
  });
}
/** Scripts that are no longer held back, as they stand in the page. */
const running = () =>
  [...document.querySelectorAll('script')]
    .filter(({ type }) => type !== 'text/plain')
    .map(({ text, id }) => text || id);
const settled = async () => {
  await page.advance(1);
  // The texts of placeholders.
  await vi.dynamicImportSettled();
  await page.advance(1);
};
const held = (purposes: string, text: string) =>
  `<script type="text/plain" data-consent="${purposes}">${text}</script>`;

describe('which purposes', () => {
  test.each<[purposes: string, granted: string[], runs: boolean]>([
    ['analytics', [], false],
    ['analytics', ['marketing'], false],
    ['analytics', ['analytics'], true],
    ['analytics marketing', ['analytics'], false],
    ['analytics marketing', ['marketing'], false],
    ['analytics marketing', ['analytics', 'marketing'], true],
    ['analytics|marketing', [], false],
    ['analytics|marketing', ['marketing'], true],
    [' analytics | marketing functional ', ['marketing'], false],
    [' analytics | marketing functional ', ['marketing', 'functional'], true],
    [' analytics | marketing functional ', ['analytics'], true],
    ['necessary', [], true],
    ['', ['analytics', 'marketing', 'functional'], false],
    ['|', ['analytics', 'marketing', 'functional'], false],
    ['statistics', ['analytics', 'marketing', 'functional'], false],
  ])('"%s" with %j granted: %s', async (purposes, granted, runs) => {
    const consent = ask(held(purposes, 'a'));
    consent.update(Object.fromEntries(granted.map((purpose) => [purpose, true])));
    await settled();
    expect(running()).toEqual(runs ? ['a'] : []);
  });

  test('one that nobody is asked about is said once', async () => {
    const consent = ask(held('statistics', 'a') + held('statistics', 'b'));
    await settled();
    consent.give();
    await settled();
    expect(page.warnings).toEqual([expect.stringContaining('"statistics"')]);
  });

  test('attributes of other tools count by option only', async () => {
    const html = `<script type="text/plain" data-category="analytics">a</script><template data-category="analytics"><i></i></template>`;
    const plain = ask(html);
    plain.give();
    await settled();
    expect(running()).toEqual([]);
    ask(html, { aliases: ['data-category', 'data-cookiecategory'] }).give();
    await settled();
    expect(running()).toEqual(['a']);
    expect(document.querySelector('i')).toBeTruthy();
  });
});

describe('mistakes', () => {
  test.each<[object, string]>([
    [{ observe: 'yes' }, '"observe"'],
    [{ aliases: 'data-category' }, '"aliases"'],
    [{ aliases: ['data-x]'] }, '"aliases"'],
    [{ aliases: ['data-x]', 'data-x]'] }, '"aliases"'],
    [{ alias: [] }, '"alias"'],
  ])('%j is said once, and tags are gated all the same', async (options, words) => {
    const consent = ask(held('analytics', 'a'), options);
    consent.give();
    await settled();
    expect(page.warnings).toEqual([expect.stringContaining(words)]);
    expect(running()).toEqual(['a']);
  });
});

test.each(['<script data-consent="analytics">a</script>', '<iframe data-consent="analytics" src="/map"></iframe>'])(
  '%s is not held back, which is said',
  async (html) => {
    ask(html + html);
    await settled();
    expect(page.warnings).toEqual([expect.stringContaining('<script type="text/plain"> and <iframe data-src>')]);
  },
);

test('our own script tag, which says by the same attribute whether to ask, is no mistake', () => {
  ask('<script defer data-endpoint="/e" data-consent="ask"></script>');
  expect(page.warnings).toEqual([]);
});

describe('a script', () => {
  test('runs as a copy with its attributes, behind an original that stays', async () => {
    const consent = ask(
      `<p><script id="x" type="text/plain" data-consent="analytics" data-key="7" crossorigin="anonymous" nonce="n1">a</script></p>`,
    );
    const original = document.querySelector('script') as HTMLScriptElement;
    consent.give();
    await settled();
    const copy = original.nextElementSibling as HTMLScriptElement;
    expect(original.type).toBe('text/plain');
    expect([copy.text, copy.dataset.key, copy.crossOrigin, copy.getAttribute('nonce')]).toEqual([
      'a',
      '7',
      'anonymous',
      'n1',
    ]);
    expect(copy.hasAttribute('type')).toBe(false);
  });

  test('is what its data-type says', async () => {
    ask('<script type="text/plain" data-type="module" data-consent="analytics">a</script>').give();
    await settled();
    expect(document.querySelector('script[type=module]')).toBeTruthy();
  });

  test('runs once, whatever is chosen later and however many consents there are', async () => {
    const consent = ask(held('analytics', 'a'));
    createConsent({ purposes: ['analytics'], banner: false, integrations: [gateTags()] });
    consent.give();
    await settled();
    consent.revoke();
    consent.give();
    await settled();
    expect(running()).toEqual(['a']);
  });

  test('that a choice of an earlier page allows runs without another', async () => {
    jar.set('user_tracking_consent=1.1.t0000.b.0.analytics~1;Path=/');
    ask(held('analytics', 'a'), {}, { reask: 36_500 });
    expect(running()).toEqual([]);
    await settled();
    expect(running()).toEqual(['a']);
  });

  test('withdrawn before its turn does not run', async () => {
    const consent = ask(held('analytics', 'a'));
    consent.give();
    consent.revoke();
    await settled();
    expect(running()).toEqual([]);
    consent.give();
    await settled();
    expect(running()).toEqual(['a']);
  });
});

describe('a template', () => {
  test('has its content put before it, scripts in order with those of the page', async () => {
    ask(
      `<template data-consent="analytics"><b>shown</b><script id="1">one</script></template>${held('analytics', 'two')}`,
    ).give();
    await settled();
    expect(document.querySelector('b')?.textContent).toBe('shown');
    expect(running()).toEqual(['one', 'two']);
  });

  test('within another waits for its own purposes', async () => {
    const consent = ask(
      `<template data-consent="analytics"><i></i><template data-consent="marketing"><b></b></template></template>`,
    );
    consent.update({ analytics: true });
    await settled();
    expect([document.querySelector('i'), document.querySelector('b')].map(Boolean)).toEqual([true, false]);
    consent.update({ marketing: true });
    await settled();
    expect(document.querySelectorAll('i,b')).toHaveLength(2);
  });

  test('within another comes with it, when both are granted', async () => {
    ask(`<template data-consent="analytics"><template data-consent="marketing"><b></b></template></template>`).give();
    await settled();
    expect(document.querySelectorAll('b')).toHaveLength(1);
  });

  test('may hold a script that waits for more', async () => {
    const consent = ask(`<template data-consent="analytics">${held('marketing', 'a')}</template>`);
    consent.update({ analytics: true });
    await settled();
    expect(running()).toEqual([]);
    consent.update({ marketing: true });
    await settled();
    expect(running()).toEqual(['a']);
  });

  test('may keep its addresses where no browser looks, and its scripts as text', async () => {
    ask(
      `<template data-consent="analytics">
        <img data-src="/a.png" data-srcset="/a2.png 2x"><link data-href="/a.css"><video data-poster="/a.jpg"></video>
        <script type="text/plain" data-type="module">module</script>
        <iframe data-src="/frame"></iframe><iframe data-consent="marketing" data-src="/gated"></iframe><p data-src="mine"></p>
      </template>`,
    ).update({ analytics: true });
    await settled();
    const filled = document.body;
    expect(filled.querySelector('img')?.getAttribute('src')).toBe('/a.png');
    expect(filled.querySelector('img')?.getAttribute('srcset')).toBe('/a2.png 2x');
    expect(filled.querySelector('link')?.getAttribute('href')).toBe('/a.css');
    expect(filled.querySelector('video')?.getAttribute('poster')).toBe('/a.jpg');
    expect([...filled.querySelectorAll('iframe')].map((frame) => frame.getAttribute('src'))).toEqual(['/frame', null]);
    expect(filled.querySelector('p')?.hasAttribute('src')).toBe(false);
    expect(filled.querySelector('script[type=module]')?.textContent).toBe('module');
    expect(page.warnings).toEqual([]);
  });

  test.each([
    '<script src="/a.js"></script>',
    '<script type="module" src="/a.js"></script>',
    '<img src="/a.png" alt="">',
    '<picture><source srcset="/a.png"></picture>',
    '<link rel="stylesheet" href="/a.css">',
    '<video poster="/a.png"></video>',
  ])('with %s does not hold it back in Firefox, which is said once', async (html) => {
    ask(`<template data-consent="analytics">${html}</template><template data-consent="marketing">${html}</template>`);
    await settled();
    expect(page.warnings).toEqual([expect.stringContaining('Firefox requests')]);
  });

  test('may hold data, which is left as it is', async () => {
    ask(
      `<template data-consent="analytics"><script type="application/ld+json">{}</script><script type="text/template">x</script></template>`,
    ).give();
    await settled();
    expect([...document.querySelectorAll('script')].map(({ type }) => type)).toEqual([
      'application/ld+json',
      'text/template',
    ]);
  });
});

describe('a frame', () => {
  const FRAME =
    '<iframe title="A map" data-consent="marketing" data-src="https://maps.example/1" style="display: block"></iframe>';
  const frame = () => document.querySelector('iframe') as HTMLIFrameElement;
  const box = () => document.querySelector<HTMLElement>('beaconry-embed');
  const press = (label: string) =>
    [...document.querySelectorAll('button')].find(({ textContent }) => textContent === label)?.click();

  test('is hidden behind a placeholder that says what for', async () => {
    ask(FRAME);
    await settled();
    expect(frame().hasAttribute('src')).toBe(false);
    expect(frame().style.display).toBe('none');
    expect(box()?.nextElementSibling).toBe(frame());
    expect(box()?.getAttribute('role')).toBe('group');
    expect(box()?.getAttribute('aria-label')).toBe('A map');
    expect(box()?.querySelector('p')?.textContent).toBe('This content is shown once you accept: Marketing.');
    expect([...document.querySelectorAll('button')].map(({ textContent }) => textContent)).toEqual([
      'Show this once',
      'Marketing: Always on',
    ]);
  });

  test('is shown when granted, and hidden again when that is withdrawn', async () => {
    const consent = ask(FRAME);
    await settled();
    consent.give();
    await settled();
    expect([frame().src, frame().style.display, box()]).toEqual(['https://maps.example/1', 'block', null]);
    consent.revoke();
    await settled();
    expect([frame().hasAttribute('src'), frame().style.display]).toEqual([false, 'none']);
    expect(document.querySelectorAll('beaconry-embed')).toHaveLength(1);
    consent.give();
    await settled();
    expect([frame().src, frame().style.display]).toEqual(['https://maps.example/1', 'block']);
  });

  test('shown once, nothing else is decided, and a refusal hides it', async () => {
    const consent = ask(FRAME);
    await settled();
    press('Show this once');
    expect(frame().src).toBe('https://maps.example/1');
    expect(box()).toBe(null);
    expect(consent.record()).toBe(null);
    consent.update({ analytics: true });
    await settled();
    expect(frame().src).toBe('https://maps.example/1');
    consent.update({ marketing: false });
    await settled();
    expect(frame().hasAttribute('src')).toBe(false);
    expect(box()).toBeTruthy();
  });

  test('shown always, its purposes are granted, and no other', async () => {
    const consent = ask(FRAME);
    await settled();
    press('Marketing: Always on');
    await settled();
    expect([consent.get('marketing'), consent.get('analytics'), consent.record()?.source]).toEqual([
      'granted',
      'unknown',
      'preferences',
    ]);
    expect(frame().src).toBe('https://maps.example/1');
  });

  test('of several purposes asks for all, or for the first of several lists', async () => {
    const consent = ask(FRAME.replace('"marketing"', '"marketing functional|analytics"'));
    await settled();
    press('Marketing, Functional: Always on');
    expect([consent.has('marketing'), consent.has('functional'), consent.has('analytics')]).toEqual([
      true,
      true,
      false,
    ]);
  });

  test('speaks the language of the banner, or as the owner says', async () => {
    ask(
      FRAME,
      {},
      {
        purposes: [{ name: 'marketing', title: 'Ads $& more' }],
        texts: { blocked: 'Erst nach Zustimmung: {purpose}', once: 'Einmal' },
      },
    );
    await settled();
    expect(box()?.querySelector('p')?.textContent).toBe('Erst nach Zustimmung: Ads $& more');
    expect(document.querySelector('button')?.textContent).toBe('Einmal');
  });

  test.each<[attributes: string, width: string, height: string]>([
    ['width="560" height="315"', '560px', '315px'],
    ['width="100%"', '100%', '150px'],
    ['style="width: 50vw; height: 20em"', '50vw', '20em'],
    ['', '300px', '150px'],
  ])('%s has a placeholder of that size', async (attributes, width, height) => {
    ask(`<iframe class="wide" data-consent="marketing" data-src="/map" ${attributes}></iframe>`);
    await settled();
    expect([box()?.style.width, box()?.style.minHeight, box()?.className]).toEqual([width, height, 'wide']);
  });

  test('stays as it is when something else is chosen', async () => {
    const consent = ask(FRAME);
    await settled();
    const placeholder = box();
    consent.update({ analytics: true });
    await settled();
    expect(box()).toBe(placeholder);
    consent.update({ marketing: true });
    await settled();
    // The visitor goes on in it.
    frame().src = 'https://maps.example/2';
    consent.update({ analytics: false });
    await settled();
    expect(frame().src).toBe('https://maps.example/2');
  });

  test('that leaves a watched page takes its placeholder along at the next view', async () => {
    ask(FRAME, { observe: true });
    await settled();
    frame().remove();
    document.body.insertAdjacentHTML('beforeend', held('marketing', 'late'));
    await settled();
    expect(box()).toBe(null);
  });

  test('that leaves the page takes its placeholder along', async () => {
    const consent = ask(FRAME);
    await settled();
    frame().remove();
    consent.update({ analytics: true });
    await settled();
    expect(box()).toBe(null);
  });
});

describe('tags that come later', () => {
  const add = () => {
    const div = document.createElement('div');
    div.innerHTML = held('analytics', 'late');
    document.body.append(div);
  };

  test('are gated when the page is watched', async () => {
    ask('', { observe: true }).give();
    await settled();
    add();
    await settled();
    expect(running()).toEqual(['late']);
  });

  test('wait for the next choice when it is not', async () => {
    const consent = ask('');
    consent.give();
    await settled();
    add();
    await settled();
    expect(running()).toEqual([]);
    consent.update({ marketing: false });
    await settled();
    expect(running()).toEqual(['late']);
  });

  test('while the page is still read are found when it has been', async () => {
    Object.defineProperty(document, 'readyState', { value: 'loading', configurable: true });
    ask('').give();
    await settled();
    add();
    document.dispatchEvent(new Event('readystatechange'));
    await settled();
    expect(running()).toEqual(['late']);
  });
});

describe('Trusted Types', () => {
  test('no policy is made for files, and one for all inline scripts', async () => {
    const made: string[] = [];
    Object.assign(window, {
      trustedTypes: {
        createPolicy(name: string, rules: object) {
          made.push(name);
          return rules;
        },
      },
    });
    const consent = ask(
      `<script type="text/plain" data-consent="analytics" id="file" src="/a.js"></script>` +
        held('marketing', 'a') +
        held('marketing', 'b'),
    );
    consent.update({ analytics: true });
    await settled();
    expect(made).toEqual([]);
    expect(running()).toEqual(['file']);
    document.querySelector('script:not([type])')?.dispatchEvent(new Event('load'));
    consent.update({ marketing: true });
    await settled();
    expect(made).toEqual(['beaconry']);
    expect(running()).toEqual(['file', 'a', 'b']);
  });

  test('that forbid it are said once, with what to do', async () => {
    Object.assign(window, {
      trustedTypes: {
        createPolicy() {
          throw TypeError('Policy "beaconry" disallowed.');
        },
      },
    });
    ask(held('analytics', 'a') + held('analytics', 'b')).give();
    await settled();
    expect(running()).toEqual([]);
    expect(page.warnings).toEqual([expect.stringContaining('<script type="text/plain" data-consent src>')]);
  });
});

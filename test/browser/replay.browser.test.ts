import { build } from 'esbuild';
import type { Replayer, record } from 'rrweb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ConsentApi, Tracker } from '../../src/index.ts';
import { type Browser, engines, openBrowser, type Tab } from './openBrowser.ts';
import { openTrackedSite, type SeenEvent, type TrackedPage, type TrackedSite, type Visit } from './trackedSite.ts';
import { waitUntil } from './waitUntil.ts';

/** What rrweb has recorded, as far as these tests look at it. */
interface Recorded {
  type: number;
  data: { source?: number; href?: string; node?: RecordedNode } & Record<string, unknown>;
  timestamp: number;
}
interface RecordedNode {
  tagName?: string;
  attributes?: Record<string, unknown>;
  textContent?: string;
  childNodes?: RecordedNode[];
}
interface ReplayPage extends TrackedPage {
  rrweb: { record: typeof record; Replayer: typeof Replayer };
  consent: ConsentApi;
  recordings: Tracker;
  tracker: Tracker;
}

/** What is planted on the page and typed into it; a mail address and the like may show by its mark alone. */
const CANARY = /canary|987612|1987-|03:47|a1b2c3|4111.?1111.?1111|de23001b/i;
const FULL_SNAPSHOT = 2;
const INCREMENT = 3;

let site: TrackedSite;
beforeAll(async () => {
  site = await openTrackedSite();
  const bundle = await build({
    stdin: { contents: "export { record, Replayer } from 'rrweb';", resolveDir: import.meta.dirname },
    bundle: true,
    write: false,
    format: 'iife',
    globalName: 'rrweb',
    logLevel: 'silent',
  });
  site.say('/said/rrweb.js', bundle.outputFiles[0]?.text ?? '');
});
afterAll(() => site.close());

/** The pieces of the one recording, in their order. */
const piecesOf = (events: SeenEvent[]) =>
  events
    .filter(({ name }) => name === 'replay')
    .map(({ data }) => data as { index: number; trigger: string; text: string })
    .sort((one, other) => one.index - other.index);

/** What was recorded, put together again. */
function recordingOf(events: SeenEvent[]): Recorded[] {
  const pieces = piecesOf(events);
  expect(pieces.map(({ index }) => index)).toEqual(pieces.map((_, index) => index));
  for (const { text } of pieces) expect(text.length).toBeLessThanOrEqual(8192);
  const lines = pieces.map(({ text }) => text).join('');
  return lines
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}

/** Every node of the first full snapshot. */
function nodesOf(recording: Recorded[]): RecordedNode[] {
  const all = (node: RecordedNode): RecordedNode[] => [node, ...(node.childNodes ?? []).flatMap(all)];
  return all(recording.find(({ type }) => type === FULL_SNAPSHOT)?.data.node as RecordedNode);
}

describe.each(engines)('recordings by rrweb in %s', (engine) => {
  let browser: Browser;
  let tab: Tab;
  beforeAll(async () => {
    browser = await openBrowser(engine);
    tab = await browser.newTab();
  });
  afterAll(() => browser?.close());

  const open = async (options: Parameters<TrackedSite['visit']>[0] = {}) => {
    const visit = site.visit({
      isIdle: true,
      captures: [['replay', { sample: 1 }]],
      ...options,
      tracker: { consent: 'granted', site: `replay-${site.pageRequests.length}`, ...options.tracker },
    });
    await tab.goto(`${visit.url('replay')}?token=canary-query&mail=canary-query@example.org`);
    return visit;
  };
  const track = (name: string) => tab.evaluate((what) => (window as unknown as ReplayPage).tracker.track(what), name);
  /** The page is left, which sends what has been recorded; what is too large for that is sent by the next one. */
  const left = async (visit: Visit) => {
    await tab.goto(site.visit({ isIdle: true }).url('blank'));
    await tab.goto(visit.url('replay'));
    const isWhole = () => {
      const pieces = piecesOf(visit.events()).filter(({ index }) => index === 0);
      return pieces.length > 0;
    };
    await waitUntil(isWhole, 'a recording');
  };
  /** Has what was recorded sent, and answers with it. */
  const recorded = async (visit: Visit) => {
    await tab.evaluate(async () => {
      const { tracker } = window as unknown as ReplayPage;
      tracker.stop();
      await new Promise((resolve) => setTimeout(resolve, 50));
    });
    await left(visit);
    let count = 0;
    await waitUntil(async () => {
      const before = count;
      await new Promise((resolve) => setTimeout(resolve, 400));
      count = visit.events().length;
      return count === before;
    }, 'all of it');
    return visit.events();
  };

  test('tell of a page and all that happens on it, and of nobody', { timeout: 120_000 }, async () => {
    const visit = await open();
    await track('begin');
    for (const id of ['plain', 'email', 'password', 'search', 'tel', 'textarea']) {
      await tab.fill(`#${id}`, `canary-typed-${id}@example.org`);
    }
    for (const id of ['checkbox', 'other-radio']) await tab.click(`#${id}`);
    await tab.evaluate(async () => {
      const find = <Found extends HTMLElement = HTMLInputElement>(id: string) =>
        document.querySelector(`#${id}`) as Found;
      const set = (id: string, value: string) => {
        find(id).value = value;
        find(id).dispatchEvent(new Event('input', { bubbles: true }));
        find(id).dispatchEvent(new Event('change', { bubbles: true }));
      };
      for (const id of ['cleared', 'cleared-area']) set(id, '');
      for (const id of ['hidden', 'url']) set(id, 'https://canary-typed.example');
      for (const id of ['number', 'range']) set(id, '98761299');
      set('date', '1987-03-22');
      set('time', '03:47');
      set('color', '#a1b2c3');
      set('select', 'a');
      find('hidden').setAttribute('value', 'canary-typed');
      find('submit').setAttribute('value', 'Send as canary-typed@example.org');
      const files = new DataTransfer();
      files.items.add(new File([''], 'canary-file.txt'));
      find('file').files = files.files;
      find('file').dispatchEvent(new Event('change', { bubbles: true }));

      const hero = find<HTMLElement>('hero');
      for (const name of ['title', 'aria-label', 'data-user', 'alt']) hero.setAttribute(name, 'canary-new@example.org');
      hero.setAttribute('style', 'margin: 3px; background: url("/said/new.png?token=canary-new")');
      hero.classList.add('wide');
      find('link').setAttribute('href', '/verify/canary7-new?token=canary-new');
      find('image').setAttribute('src', '/said/new.png?sig=canary-new');
      find('image').setAttribute('srcset', '/said/new.png?sig=canary-new 2x');
      find('form').setAttribute('action', '/said/new?token=canary-new');
      find('text').textContent = 'Now canary-new@example.org';
      (find('kept').firstChild as Text).data = 'Still nothing, canary-new@example.org';
      find('private').textContent = 'canary-private-new';
      find('private').title = 'canary-private-new';
      document.title = 'canary-new@example.org';
      history.pushState(null, '', '/reset/canary7-new?token=canary-new');

      const added = document.createElement('p');
      added.title = 'canary-added@example.org';
      added.append('Added for canary-added@example.org ');
      const field = Object.assign(document.createElement('input'), { type: 'hidden', value: 'canary-added' });
      const picture = Object.assign(document.createElement('img'), { src: '/said/added.png?sig=canary-added' });
      added.append(field, picture);
      find('added').append(added);
      const shadowed = find<HTMLElement>('card').shadowRoot?.querySelector('input') as HTMLInputElement;
      shadowed.value = 'canary-shadow-typed';
      shadowed.dispatchEvent(new Event('input', { bubbles: true, composed: true }));

      const sheet = document.styleSheets[0] as CSSStyleSheet;
      sheet.insertRule('.ruled { background: url("/said/rule.png?token=canary-rule") }', 0);
      (sheet.cssRules[1] as CSSStyleRule).style.setProperty('background-image', 'url("/said/r.png?token=canary-rule")');
      hero.style.setProperty('list-style-image', 'url("/said/list.png?token=canary-rule")');
      await new Promise((resolve) => setTimeout(resolve, 300));
      const style = document.createElement('style');
      style.textContent = '.late { background: url("/said/late.png?token=canary-late"); color: rgb(7, 8, 9) }';
      document.head.append(style);
    });
    await tab.click('#editor');
    await tab.evaluate(() => document.execCommand('insertText', false, 'canary-typed-editor'));
    await tab.evaluate(async () => {
      const link = Object.assign(document.createElement('a'), { href: 'https://canary-pasted.example' });
      document.querySelector('#editor')?.append(link);
      await new Promise((resolve) => setTimeout(resolve, 300));
    });

    const events = await recorded(visit);
    const recording = recordingOf(events);
    // Not one in anything that left: neither in a piece nor beside it.
    for (const { body, path, query, headers } of visit.requests) {
      const sent = `${path} ${query} ${JSON.stringify(headers)} ${body}`;
      const at = sent.search(CANARY);
      expect(at < 0 ? '' : sent.slice(Math.max(0, at - 200), at + 80)).toBe('');
    }

    // It is a recording all the same.
    expect(new Set(recording.map(({ type }) => type))).toEqual(new Set([4, FULL_SNAPSHOT, INCREMENT]));
    const sources = new Set(recording.filter(({ type }) => type === INCREMENT).map(({ data }) => data.source));
    // Changes of the document, clicks, inputs, style rules and declarations.
    for (const source of [0, 2, 5, 8, 13]) expect([...sources]).toContain(source);
    const nodes = nodesOf(recording);
    const hero = nodes.find(({ attributes }) => attributes?.id === 'hero');
    expect(hero?.attributes).toMatchObject({
      class: 'hero plain_3f786850e387550fdab836ed7e6dc881',
      title: ':email',
      'aria-label': 'Of :email',
      'data-user': ':email',
    });
    const css = nodes.map(({ attributes }) => attributes?._cssText).join();
    expect(css).toContain('rgb(1, 2, 3)');
    expect(css).toContain(`${site.url}/said/bg.png`);
    const drawn = nodes.find(({ tagName }) => tagName === 'path');
    expect(drawn?.attributes?.d).toBe('M10-20L30-40l50-60v70H80c1-2-3-4-5-6z');
    expect(nodes.find(({ tagName }) => tagName === 'use')?.attributes?.href).toBe('#tick');
    const image = nodes.find(({ attributes }) => attributes?.id === 'image');
    expect(image?.attributes).toMatchObject({
      src: `${site.url}/said/a.png`,
      srcset: `${site.url}/said/a.png 1x, ${site.url}/said/b.png 2x`,
    });
    const texts = nodes.map(({ textContent }) => textContent ?? '').join('\n');
    expect(texts).toContain('Account of :email');
    expect(texts).toContain('Nothing to hide here');
    expect(texts).toContain('Mail :email, pay with :card');
    expect(texts).toContain('no editor');
    expect(JSON.stringify(recording)).not.toMatch(/"(checked|selected)":|"isChecked":true/);

    // And it can be played.
    await tab.goto(site.visit({ isIdle: true, tracker: { consent: 'cookieless' } }).url('replay'));
    const played = await tab.evaluate(async (taped) => {
      const { rrweb } = window as unknown as ReplayPage;
      document.body.replaceChildren();
      const replayer = new rrweb.Replayer(taped as never, { root: document.body });
      replayer.pause((taped.at(-1)?.timestamp ?? 0) - (taped[0]?.timestamp ?? 0));
      await new Promise((resolve) => setTimeout(resolve, 300));
      const { contentDocument } = replayer.iframe;
      const find = (selector: string) => contentDocument?.querySelector<HTMLElement>(selector);
      return {
        text: find('#text')?.textContent,
        kept: find('#kept')?.textContent,
        added: find('#added p')?.textContent?.trim(),
        hero: find('#hero')?.className,
        color: contentDocument?.defaultView?.getComputedStyle(find('#hero') as Element).color,
        plain: /^\*+$/.test((find('#plain') as HTMLInputElement).value),
        editor: find('#editor')?.textContent ?? '',
      };
    }, recording);
    expect(played).toEqual({
      text: 'Now :email',
      kept: 'Still nothing, :email',
      added: 'Added for :email',
      hero: 'hero plain_3f786850e387550fdab836ed7e6dc881 wide',
      color: 'rgb(1, 2, 3)',
      plain: true,
      editor: '',
    });
  });

  test('begin with an error, a rage click, or by chance', { timeout: 120_000 }, async () => {
    const captures: [string, object?][] = [['errors'], ['frustration'], ['replay']];
    const triggerOf = async (visit: Visit) => piecesOf(await recorded(visit))[0]?.trigger;

    const failing = await open({ captures });
    await tab.evaluate(() => {
      setTimeout(() => {
        throw Error('of the page');
      });
      return new Promise((resolve) => setTimeout(resolve, 300));
    });
    expect(await triggerOf(failing)).toBe('error');

    const angry = await open({ captures });
    await waitUntil(async () => {
      for (let count = 0; count < 4; count++) await tab.click('#button');
      await new Promise((resolve) => setTimeout(resolve, 1500));
      return tab.evaluate(() => (window as unknown as ReplayPage).tracker.stats().accepted > 0);
    }, 'rage');
    expect(await triggerOf(angry)).toBe('rage_click');

    const drawn = await open();
    await track('anything');
    expect(await triggerOf(drawn)).toBe('sample');
  });

  test('under a purpose of their own begin when that is granted, and end at once when it is withdrawn', async () => {
    const visit = await open({
      captures: [['errors']],
      tracker: { consent: undefined, purpose: 'replay', batch: { size: 1 } },
    });
    const fail = () =>
      tab.evaluate(() => {
        setTimeout(() => {
          throw Error(`of the page, ${Math.random()}`);
        });
        return new Promise((resolve) => setTimeout(resolve, 200));
      });
    const choose = (choice: Record<string, boolean>) =>
      tab.evaluate((given) => (window as unknown as ReplayPage).consent.update(given), choice);
    const names = () => visit.events().map(({ name }) => name);

    await choose({ analytics: true, replay: false });
    await fail();
    await waitUntil(() => names().includes('error'), 'the error');
    await choose({ replay: true });
    await fail();
    await waitUntil(() => names().includes('trouble'), 'the trouble');
    await tab.evaluate(() => (window as unknown as ReplayPage).tracker.track('more'));
    // Recorded, and not sent yet: the text changes, and the purpose is withdrawn before the next piece is due.
    await waitUntil(() => names().includes('replay'), 'a piece', { timeoutMs: 15_000 });
    const before = names().filter((name) => name === 'replay').length;
    await tab.evaluate(async () => {
      (document.querySelector('#kept') as Element).textContent = 'after the piece';
      await new Promise((resolve) => setTimeout(resolve, 100));
      (window as unknown as ReplayPage).consent.update({ replay: false });
      (document.querySelector('#kept') as Element).textContent = 'after the withdrawal';
    });
    await tab.evaluate(() => (window as unknown as ReplayPage).tracker.track('analytics_go_on'));
    await waitUntil(() => names().includes('analytics_go_on'), 'what analytics see');
    await tab.goto(site.visit({ isIdle: true }).url('blank'));
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(names().filter((name) => name === 'replay')).toHaveLength(before);
    expect(visit.requests.map(({ body }) => body).join()).not.toMatch(/after the (piece|withdrawal)/);
    // The trouble knows the session in which it was.
    const [error, trouble] = ['error', 'trouble'].map((name) => visit.events().find((event) => event.name === name));
    expect(trouble?.data).toMatchObject({ by: 'error', session: error?.session });
    expect(trouble?.session).not.toBe(error?.session);
  });
});

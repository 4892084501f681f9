import type { AxeResults, RunOptions } from 'axe-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { MyData } from '../../src/myData/myData.ts';
import type { MyDataPage } from './myDataPage.ts';
import { bundleMyDataPage, type MyDataSite, type MyDataVisit, openMyDataSite, STRICT_POLICY } from './myDataSite.ts';
import { type Browser, engines, openBrowser, type Tab } from './openBrowser.ts';
import { waitUntil } from './waitUntil.ts';

type Page = typeof globalThis &
  MyDataPage & {
    axe: { run(root: Document, options: RunOptions): Promise<AxeResults> };
    files: Promise<string>[];
    violations: string[];
  };

const CONSENT: MyDataVisit = {
  consent: { purposes: ['analytics', 'marketing'], banner: 'manual', privacyPolicyUrl: '/privacy' },
  tracker: {},
};
const DARK = ':root{color-scheme:dark} body{background:#121212;color:#eee} a{color:#9ecbff}';
const TITLE = 'Privacy at the marsh pottery';

let bundle: string;
let site: MyDataSite;
beforeAll(async () => {
  bundle = await bundleMyDataPage();
});

describe.each(engines)('a visitor looks at their data in %s', (engine) => {
  let browser: Browser;
  let tab: Tab;
  beforeAll(async () => {
    browser = await openBrowser(engine);
    tab = await browser.newTab();
    await tab.setViewport(1280, 800);
  });
  afterAll(() => browser?.close());
  // An origin for each test, as a database goes when its connections do. Cookies are the host's.
  beforeEach(async () => {
    site = await openMyDataSite(bundle);
    await tab.goto(site.visit().replace('privacy', 'blank'));
    await tab.evaluate(() => {
      // biome-ignore lint/suspicious/noDocumentCookie: WebKit has no Cookie Store API.
      for (const cookie of document.cookie.split('; ')) document.cookie = `${cookie.split('=')[0]}=;Path=/;Max-Age=0`;
    });
  });
  afterEach(async () => {
    await tab.page?.emulateMedia({ forcedColors: null });
    await site?.close();
  });

  const inChromium = test.skipIf(engine !== 'chromium');
  const words = () => tab.evaluate(() => (window as unknown as Page).words());
  const says = (text: string) =>
    tab
      .waitFor((wanted) => (window as unknown as Page).words().includes(wanted), text)
      .catch(async () => expect(await words()).toContain(text));
  const open = async (visit: MyDataVisit = CONSENT) => {
    await tab.goto(site.visit(visit));
    await says('What leaves this device');
  };
  /** All that this origin keeps. */
  const kept = (from: Tab = tab) =>
    from.evaluate(async () => ({
      cookies: document.cookie.split('; ').map((cookie) => cookie.split('=')[0]),
      local: Object.keys(localStorage).sort(),
      session: Object.keys(sessionStorage),
      databases: (await indexedDB.databases()).map(({ name }) => name?.split(' ')[0]),
      caches: await caches.keys(),
    }));
  const NOTHING = { cookies: [''], local: [], session: [], databases: [], caches: [] };
  /** Agrees, and tracks what the server does not take. */
  const agree = async () => {
    await tab.evaluate(() => {
      const { consent, tracker } = window as unknown as Page;
      consent?.update({ analytics: true, marketing: false }, { source: 'banner' });
      tracker?.track('add_to_cart', { item: 'a bowl', price: { amount: 12, currency: 'EUR' } });
    });
    await waitUntil(() => site.requests.length, 'an attempt to send');
  };
  /** Clicks a button that hands over a file, and reads that without the browser's getting it. */
  const fileOf = async (selector: string) => {
    await tab.evaluate(() => {
      const page = window as unknown as Page;
      page.files = [];
      const { createObjectURL } = URL;
      URL.createObjectURL = (blob: Blob) => {
        page.files.push(blob.text());
        return createObjectURL.call(URL, blob);
      };
      // Firefox shows downloads in a panel, which then takes keys from the page.
      HTMLAnchorElement.prototype.click = () => {};
    });
    await tab.click(selector);
    return JSON.parse(await tab.waitFor(async () => (window as unknown as Page).files[0]));
  };
  const eraseAll = async () => {
    await tab.click('#erase');
    await tab.click('#confirm');
    await says('Everything has been erased');
  };

  test('who has stored nothing reads so, and nothing is stored by looking', async () => {
    await open();
    expect(await words()).toContain('Nothing is stored on this device.');
    expect(await words()).toContain('You have not chosen yet.');
    // The page view waits for a choice.
    expect(await words()).toContain('In the memory of this page, and not on the device: 1.');
    await fileOf('#download');
    expect(await kept()).toEqual(NOTHING);
    expect(site.requests).toEqual([]);
  });

  test('a look for a database that has just gone leaves none', async () => {
    await open();
    expect(await tab.evaluate(() => (window as unknown as Page).readDatabase('beaconry gone'))).toBe(null);
    await waitUntil(async () => !(await kept()).databases.length, 'no database', { timeoutMs: 5000 });
  });

  // WebKit always has; without its list, nobody could see what it leaves behind.
  test.skipIf(engine === 'webkit')('nothing is stored by looking where databases are not listed', async () => {
    const before = () => Object.defineProperty(indexedDB, 'databases', { value: undefined, configurable: true });
    await open({ ...CONSENT, before });
    expect(await words()).toContain('Nothing is stored on this device.');
    await tab.evaluate(() => Reflect.deleteProperty(indexedDB, 'databases'));
    expect(await kept()).toEqual(NOTHING);
    // And what is there is found.
    await agree();
    await open({ ...CONSENT, before });
    await says('Add to cart');
  });

  test('who agreed reads what is stored, and what waits for a server that refuses', async () => {
    await open();
    await agree();
    await open();
    for (const said of [
      'Chosen on',
      'when you were asked',
      'user_tracking_consent',
      'beaconry.pottery:touch',
      'How you came here',
      'Events on their way',
    ])
      expect(await words()).toContain(said);
    const badges = await tab.evaluate(() =>
      [...(window as unknown as Page).inside('section').querySelectorAll('.badge')].map((badge) => badge.textContent),
    );
    expect(badges).toEqual(['Allowed', 'Refused']);
    await says('Add to cart');
    const summaries = () =>
      tab.evaluate(() => {
        const { inside } = window as unknown as Page;
        const lists = inside('[role=status] ~ div').querySelectorAll('[id^="event "] > summary');
        return [...lists].map((summary) => [...summary.children].slice(1).map(({ textContent }) => textContent));
      });
    expect(await summaries()).toEqual(
      expect.arrayContaining([
        ['Page view', TITLE],
        ['Add to cart', TITLE],
        ['Consent', TITLE],
      ]),
    );
    // Unfolded, it shows what was tracked.
    expect(await words()).not.toContain('a bowl');
    await tab.evaluate(() => {
      const { inside } = window as unknown as Page;
      for (const details of inside('[role=status] ~ div').querySelectorAll('details')) details.open = true;
    });
    for (const said of ['a bowl', 'Amount', 'EUR', 'Session']) expect(await words()).toContain(said);
  });

  test('the download holds everything that is listed', async () => {
    await open();
    await agree();
    await open();
    await says('Add to cart');
    const file: MyData = await fileOf('#download');
    expect(await words()).toContain('my-data-127.0.0.1.json');
    expect(file).toMatchObject({
      v: 1,
      blocked: [],
      inMemory: 0,
      choice: { state: { analytics: 'granted', marketing: 'denied' } },
    });
    expect(file.stored.map(({ name }) => name.split(' ')[0]).sort()).toEqual([
      'beaconry',
      'beaconry.pottery',
      'beaconry.pottery:touch',
      'user_tracking_consent',
    ]);
    for (const { title, purpose, since, until, content } of file.stored)
      for (const part of [title, purpose, since, until, content]) expect(part).toBeTruthy();
    expect(file.waiting.map(({ name }) => name).sort()).toEqual(['add_to_cart', 'consent', 'page_view', 'page_view']);
    expect(file.waiting.find(({ name }) => name === 'add_to_cart')).toMatchObject({
      site: 'pottery',
      endpoint: expect.stringMatching(/\/e$/),
      consent: 'granted',
      page: { title: TITLE },
      data: { item: 'a bowl', price: { amount: 12, currency: 'EUR' } },
    });
    // Each as it went out, and was refused.
    const sent = site.requests.flatMap(({ body }) => JSON.parse(body).events.map(({ id }: { id: string }) => id));
    for (const id of sent) expect(file.waiting.map((event) => event.id)).toContain(id);

    const receipt = await fileOf('#receipt');
    expect(receipt).toMatchObject({ site: expect.stringContaining('127.0.0.1'), record: { source: 'banner' } });
  });

  inChromium('the files arrive as downloads', async () => {
    await open();
    const [download] = await Promise.all([tab.page?.waitForEvent('download'), tab.click('#download')]);
    expect(download?.suggestedFilename()).toBe('my-data-127.0.0.1.json');
  });

  const LEFT = { ...NOTHING, cookies: ['user_tracking_consent'] };
  const trackMore = (from: Tab) =>
    from.evaluate(async () => {
      const { tracker } = window as unknown as Page;
      tracker?.track('later');
      await tracker?.flush();
      return [tracker?.stats().pending, Number(tracker?.stats().dropped.consent) > 0];
    });

  test('erasing leaves nothing but the choice, and the tracker sends nothing more', async () => {
    await open();
    await agree();
    expect(await kept()).toEqual({
      cookies: ['user_tracking_consent'],
      local: ['beaconry.pottery', 'beaconry.pottery:touch'],
      session: [],
      databases: ['beaconry'],
      caches: [],
    });
    await eraseAll();
    expect(await kept()).toEqual(LEFT);
    for (const said of ['Nothing is stored on this device but your choice itself.', 'No events are waiting.', '0 / 2'])
      expect(await words()).toContain(said);
    expect(await words()).not.toContain('Erase everything');

    site.requests.length = 0;
    site.answer = { status: 200, body: '{"accepted":0,"rejected":[]}' };
    expect(await trackMore(tab)).toEqual([0, true]);
    // Nor does the next page.
    await open();
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(site.requests).toEqual([]);
    expect(await kept()).toEqual(LEFT);
  });

  test('other tabs obey when they would send', async () => {
    await open();
    await agree();
    const other = await browser.newTab();
    try {
      await other.goto(site.visit(CONSENT));
      await other.waitFor(() => (window as unknown as Page).tracker?.stats().durable);
      await other.evaluate(() => (window as unknown as Page).tracker?.track('elsewhere'));
      await tab.show();
      await open();
      await says('Elsewhere');
      await eraseAll();
      site.requests.length = 0;
      site.answer = { status: 200, body: '{"accepted":0,"rejected":[]}' };
      expect({ ...(await kept()), databases: [] }).toEqual(LEFT);
      expect(await trackMore(other)).toEqual([0, true]);
      expect(site.requests).toEqual([]);
      await waitUntil(async () => !(await kept()).databases.length, 'the database to go');
      expect(await kept(other)).toEqual(LEFT);
    } finally {
      await other.close();
    }
  });

  test('without a consent to withdraw, erasing is an objection', async () => {
    await open({ tracker: { consent: 'granted' } });
    expect(await words()).toContain('You have not objected');
    await waitUntil(() => site.requests.length, 'an attempt to send');
    await tab.reload();
    await says('Your visit');
    await eraseAll();
    expect(await kept()).toEqual({ ...NOTHING, local: ['beaconry.pottery:out'] });
    expect(await words()).toContain('You have objected to being counted, and are not.');
    site.requests.length = 0;
    await tab.evaluate(() => (window as unknown as Page).tracker?.track('later'));
    await tab.evaluate(() => (window as unknown as Page).tracker?.flush().then(() => {}));
    expect(site.requests).toEqual([]);
  });

  test('it follows the choice and the queue, and looks again when it is seen again', async () => {
    await open();
    await tab.evaluate(() => (window as unknown as Page).consent?.give());
    await says('by a button of this website');
    await says('2 / 2');
    await tab.evaluate(() => (window as unknown as Page).tracker?.track('sign_up'));
    await says('Sign up');
    site.answer = { status: 200, body: '{"accepted":9,"rejected":[]}' };
    await tab.evaluate(() => (window as unknown as Page).tracker?.flush().then(() => {}));
    await says('No events are waiting.');
    await tab.evaluate(() => {
      const { inside } = window as unknown as Page;
      inside<HTMLDetailsElement>('[id^="item cookie"]').open = true;
      inside('#receipt').focus();
      localStorage.setItem('beaconry.pottery:basket', '"six plates"');
      document.dispatchEvent(new Event('visibilitychange'));
    });
    await says('A further note');
    // What was unfolded stays so, and the focus where it was.
    const state = await tab.evaluate(() => {
      const { inside } = window as unknown as Page;
      const focused = document.querySelector('beaconry-my-data')?.shadowRoot?.activeElement?.id;
      return [inside<HTMLDetailsElement>('[id^="item cookie"]').open, focused];
    });
    expect(state).toEqual([true, 'receipt']);
  });

  test('a browser that refuses its storage is told of, and nothing breaks', async () => {
    const before = () => {
      const page = window as unknown as Page;
      page.violations = [];
      addEventListener('error', ({ message }) => page.violations.push(message));
      addEventListener('unhandledrejection', ({ reason }) => page.violations.push(String(reason)));
    };
    await open({ ...CONSENT, before, headers: { 'content-security-policy': 'sandbox allow-scripts' } });
    expect(await words()).toContain('Your browser keeps this page from its storage (Cookie, Local storage, Database)');
    await tab.evaluate(() => (window as unknown as Page).consent?.give());
    await says('2 / 2');
    await eraseAll();
    await says('0 / 2');
    expect(await tab.evaluate(() => (window as unknown as Page).violations)).toEqual([]);
  });

  test('under the strictest policy nothing is reported, from the look to the end', async () => {
    const before = () => {
      const page = window as unknown as Page;
      page.violations = [];
      document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) =>
        page.violations.push(`${violatedDirective} ${blockedURI}`),
      );
    };
    await open({ ...CONSENT, before, headers: { 'content-security-policy': STRICT_POLICY } });
    await agree();
    await fileOf('#download');
    await eraseAll();
    const { border, violations } = await tab.evaluate(() => ({
      border: getComputedStyle((window as unknown as Page).inside('ul')).borderTopStyle,
      violations: (window as unknown as Page).violations,
    }));
    expect({ border, violations }).toEqual({ border: 'solid', violations: [] });
    // And the policy is in force.
    await tab.evaluate(() => document.body.setAttribute('style', 'color:red'));
    await tab.waitFor(() => (window as unknown as Page).violations.length);
  });

  test('everything is done by keyboard, and Escape erases nothing', async () => {
    await open();
    await agree();
    await open();
    await says('Add to cart');
    const focused = () =>
      tab.evaluate(() => {
        const { shadowRoot } = document.activeElement ?? {};
        return shadowRoot?.activeElement?.id ?? document.activeElement?.localName;
      });
    /** Presses a key, and waits until the focus is there: Firefox may answer before it acts. */
    const press = async (key: string, id: string) => {
      await tab.press(key);
      await waitUntil(async () => (await focused())?.split(' ')[0] === id, `the focus on ${id}`, { timeoutMs: 5000 });
    };
    await press('Tab', 'download');
    await press('Tab', 'erase');
    await press('Enter', 'confirm');
    await press('Escape', 'erase');
    expect(await words()).not.toContain('Yes, erase it');
    for (const id of ['change', 'receipt', 'item', 'item', 'item', 'item', 'event', 'event']) await press('Tab', id);
    await tab.press('Enter');
    await says('Endpoint');
    const sizes = await tab.evaluate(() => {
      const { inside } = window as unknown as Page;
      const root = inside('#download').getRootNode() as ShadowRoot;
      return [...root.querySelectorAll<HTMLElement>('button,summary')]
        .filter(({ offsetHeight }) => offsetHeight)
        .map(({ offsetHeight, offsetWidth }) => Math.min(offsetHeight, offsetWidth));
    });
    expect(sizes.length).toBeGreaterThan(8);
    expect(Math.min(...sizes)).toBeGreaterThanOrEqual(44);
  });

  const axe = () =>
    tab.evaluate(async () => {
      const { inside, axe } = window as unknown as Page;
      for (const details of inside('[role=status] ~ div').querySelectorAll('details')) details.open = true;
      const { violations, passes } = await axe.run(document, { resultTypes: ['violations'] });
      return {
        found: violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' ')}`),
        rules: passes.length,
      };
    });
  const expectClean = async (visit: MyDataVisit) => {
    await open(visit);
    await agree();
    await open(visit);
    await says('Add to cart');
    await tab.click('#erase');
    const { found, rules } = await axe();
    expect(found).toEqual([]);
    expect(rules).toBeGreaterThan(20);
  };
  test.each([
    ['light', {}],
    ['dark', { css: DARK }],
    ['from right to left', { lang: 'ar', dir: 'rtl', texts: { title: 'بياناتك' } }],
  ])('axe finds nothing: %s', (_name, visit) => expectClean({ ...CONSENT, ...visit }));

  inChromium('axe finds nothing in forced colours', async () => {
    await tab.page?.emulateMedia({ forcedColors: 'active' });
    await expectClean(CONSENT);
  });
  // WebKit's window gets no narrower than 450 px.
  test.each(engine === 'webkit' ? [450] : [320, 390])('nothing sticks out at %i pixels', async (width) => {
    await tab.setViewport(width, 800);
    try {
      await open();
      await agree();
      await open();
      await says('Add to cart');
      const out = await tab.evaluate(() => {
        const { inside } = window as unknown as Page;
        const root = inside('#download').getRootNode() as ShadowRoot;
        for (const details of root.querySelectorAll('details')) details.open = true;
        return [...root.querySelectorAll<HTMLElement>('*')]
          .filter(
            (element) =>
              element.getBoundingClientRect().right > innerWidth ||
              (element.scrollWidth > element.clientWidth + 1 && element.clientWidth),
          )
          .map(({ localName, textContent }) => `${localName} ${textContent}`);
      });
      expect(out).toEqual([]);
      expect(await tab.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
    } finally {
      await tab.setViewport(1280, 800);
    }
  });
});

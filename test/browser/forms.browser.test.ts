import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Browser, engines, openBrowser, type Tab } from './openBrowser.ts';
import { openTrackedSite, type SeenEvent, type TrackedPage, type TrackedSite, type Visit } from './trackedSite.ts';

// Runs in the page, before our script: a form in a shadow root, and forms that the page's own script sends.
const furnish = () => {
  addEventListener('DOMContentLoaded', () => {
    const shadow = document.querySelector('#shadow')?.attachShadow({ mode: 'open' });
    if (shadow)
      shadow.innerHTML =
        '<form id="within"><input id="inner" name="inner" required><button id="send-inner">Send</button></form>';
  });
  const stay = (event: Event) => event.preventDefault();
  addEventListener('DOMContentLoaded', () => {
    for (const id of ['#spa', '#loose']) document.querySelector(id)?.addEventListener('submit', stay);
    document.querySelector('#shadow')?.shadowRoot?.addEventListener('submit', stay);
  });
};

let site: TrackedSite;
beforeAll(async () => {
  site = await openTrackedSite();
});
afterAll(() => site.close());

describe.each(engines)('forms in %s', (engine) => {
  let browser: Browser;
  let tab: Tab;
  beforeAll(async () => {
    browser = await openBrowser(engine);
    tab = await browser.newTab();
  });
  afterAll(() => browser?.close());

  const open = async (options: Parameters<TrackedSite['visit']>[0] = {}) => {
    const visit = site.visit({ clicks: false, captures: [['forms']], before: furnish, ...options });
    await tab.goto(visit.url('forms'));
    await visit.arrived(1, 0);
    return visit;
  };
  /** Key by key, as a visitor types. */
  const type = async (selector: string, text: string) => {
    await tab.click(selector);
    for (const letter of text) await tab.press(letter);
  };
  /** Once the next document is there. */
  const arrive = () => tab.waitFor(() => document.title === 'plain' && document.readyState === 'complete');
  /** `page_view /path` or the event with its data, but for the time. */
  const lineOf = ({ name, page, data: { form, fields, ms, last_field, ...others } }: SeenEvent) => {
    if (name === 'page_view') return `page_view ${page.url}`;
    expect(others).toEqual({});
    if (name !== 'form_start' && fields) expect(ms).toBeGreaterThanOrEqual(0);
    const names = fields as string[] | undefined;
    expect(last_field).toBe(names?.[names.length - 1]);
    return `${name} ${form} ${names ? `[${names}]` : ''}`.trim();
  };
  const lines = async (visit: Visit, count: number) => (await visit.arrived(count)).map(lineOf);
  const linesNow = async (visit: Visit) => (await visit.arrivedFrom(tab)).map(lineOf);
  const OPENED = 'page_view /forms';

  test('a form that is filled in and sent is begun once, and not abandoned by leaving', async () => {
    const visit = await open();
    await type('[name=email]', 'a@b');
    await type('[name=nick]', 'ada');
    await tab.click('#send');
    await arrive();
    expect(await lines(visit, 4)).toEqual([
      OPENED,
      'form_start signup',
      'form_submit signup [email,nick]',
      'page_view /plain',
    ]);
  });

  test('Enter sends as the button does', async () => {
    const visit = await open();
    await type('[name=email]', 'a@b');
    await tab.press('Enter');
    await arrive();
    expect(await lines(visit, 4)).toEqual([
      OPENED,
      'form_start signup',
      'form_submit signup [email]',
      'page_view /plain',
    ]);
  });

  test('a form that the page itself sends counts as well, each time, and is not abandoned', async () => {
    const visit = await open();
    await type('[name=message]', 'hi');
    await tab.click('#send-spa');
    await type('#apart', 'more');
    await tab.click('#send-spa');
    await tab.click('#send-spa');
    await tab.click('#next');
    await arrive();
    expect(await lines(visit, 7)).toEqual([
      OPENED,
      'form_start contact',
      'form_submit contact [message]',
      'form_start contact',
      'form_submit contact [apart]',
      'form_submit contact',
      'page_view /plain',
    ]);
  });

  test('a form that is left by a link is abandoned', async () => {
    const visit = await open();
    await type('[name=email]', 'a@b');
    await type('[name=nick]', 'ada');
    await type('[name=email]', 'c');
    await tab.click('#next');
    await arrive();
    expect(await lines(visit, 4)).toEqual([
      OPENED,
      'form_start signup',
      'form_abandon signup [nick,email]',
      'page_view /plain',
    ]);
  });

  test('a form in a tab that is closed is abandoned', async () => {
    const own = await browser.newTab();
    const visit = site.visit({ clicks: false, captures: [['forms']] });
    await own.goto(visit.url('forms'));
    await visit.arrived(1, 0);
    await own.click('[name=nick]');
    await own.press('x');
    await own.close();
    expect(await lines(visit, 3)).toEqual([OPENED, 'form_start signup', 'form_abandon signup [nick]']);
  });

  test('a form that is taken from the page, or left behind by a new view, is abandoned at once', async () => {
    const visit = await open();
    await type('[name=nick]', 'x');
    await type('[name=number]', '1');
    await tab.evaluate(() => document.querySelector('#loose')?.remove());
    await lines(visit, 4);
    await tab.evaluate(() => history.pushState(null, '', 'next'));
    expect(await lines(visit, 6)).toEqual([
      OPENED,
      'form_start signup',
      'form_start loose',
      'form_abandon loose [number]',
      'page_view /next',
      'form_abandon signup [nick]',
    ]);
    const [, start, , , , abandon] = visit.events();
    expect(abandon?.page.url).toBe('/forms');
    expect(abandon?.page.id).toBe(start?.page.id);
  });

  test('what the browser refuses to send is told once per attempt, and then it goes', async () => {
    const visit = await open();
    await tab.click('#send');
    await type('[name=nick]', 'x');
    await tab.press('Enter');
    // Asked by a script, nobody tried to send anything.
    await tab.evaluate(() => document.querySelector('form')?.checkValidity());
    await type('[name=email]', 'a@b');
    await tab.evaluate(() => document.querySelector('form')?.checkValidity());
    await tab.click('#send');
    await arrive();
    expect(await lines(visit, 6)).toEqual([
      OPENED,
      'form_invalid signup',
      'form_start signup',
      'form_invalid signup [nick]',
      'form_submit signup [nick,email]',
      'page_view /plain',
    ]);
  });

  test('a form that is not to be checked is sent as it is', async () => {
    const visit = await open();
    await tab.click('#send-loose');
    expect(await linesNow(visit)).toEqual([OPENED, 'form_submit loose']);
  });

  test('boxes, lists and long texts are fields too', async () => {
    const visit = await open();
    await tab.click('[name=terms]');
    // WebKitGTK opens its list in a window of its own, which stays there and takes the clicks of all that follows.
    const hasList = engine !== 'webkit';
    if (hasList) {
      await tab.evaluate(() => document.querySelector<HTMLElement>('[name=plan]')?.focus());
      await tab.press('ArrowDown');
      await tab.press('Enter');
    }
    await type('[name=note]', 'n');
    await tab.click('#next');
    await arrive();
    expect(await lines(visit, 4)).toEqual([
      OPENED,
      'form_start signup',
      `form_abandon signup [${hasList ? 'terms,plan,note' : 'terms,note'}]`,
      'page_view /plain',
    ]);
  });

  test('a form in a shadow root is a form like any other', async () => {
    const visit = await open();
    // WebKitWebDriver clicks no field in there.
    const typeInside = async (letter: string) => {
      await tab.evaluate(() =>
        document.querySelector('#shadow')?.shadowRoot?.querySelector<HTMLElement>('#inner')?.focus(),
      );
      await tab.press(letter);
    };
    await typeInside('x');
    await tab.click('#send-inner');
    await typeInside('y');
    await tab.press('Enter');
    expect(await linesNow(visit)).toEqual([
      OPENED,
      'form_start within',
      'form_submit within [inner]',
      'form_start within',
      'form_submit within [inner]',
    ]);
  });

  test('a field without a form, a field that has the focus and nothing more, and a script’s doing are nothing', async () => {
    const visit = await open();
    await type('#formless', 'x');
    await tab.click('[name=nick]');
    await tab.press('Tab');
    await tab.evaluate(() => {
      const field = document.querySelector('[name=nick]') as HTMLInputElement;
      field.value = 'set';
      field.dispatchEvent(new Event('input', { bubbles: true }));
    });
    await tab.click('#next');
    await arrive();
    expect(await lines(visit, 2)).toEqual([OPENED, 'page_view /plain']);
  });

  test('what is secret is in nothing that leaves: no value, and no name of a secret or private field', async () => {
    const visit = await open();
    for (const field of ['pass', 'card', 'code', 'private']) await type(`[name=${field}-canary]`, 'typed');
    await type('#whisper', 'typed');
    await tab.press('Enter');
    await arrive();
    const [, start, abandon] = await lines(visit, 4);
    expect([start, abandon]).toEqual(['form_start signup', 'form_abandon signup []']);
    const sent = visit.requests.map(({ body }) => body).join();
    expect(sent).not.toMatch(/canary|typed|whisper/);
  });

  test.skipIf(engine !== 'firefox')(
    'who looks at another tab has abandoned it, and may come back and send it',
    async () => {
      // Only Firefox shows a tab as hidden under automation.
      const visit = await open();
      await type('[name=email]', 'a@b');
      const opened = tab.page?.context().waitForEvent('page');
      await tab.click('#aside');
      await tab.waitFor(() => document.hidden);
      await (await opened)?.close();
      await tab.waitFor(() => !document.hidden);
      await type('[name=nick]', 'x');
      await tab.click('#send');
      await arrive();
      expect((await lines(visit, 5)).filter((line) => !line.endsWith('/plain'))).toEqual([
        OPENED,
        'form_start signup',
        'form_abandon signup [email]',
        'form_submit signup [email,nick]',
      ]);
    },
  );

  test('the page does with its forms what it did without us', async () => {
    const visit = await open();
    await tab.evaluate(() => {
      const page = window as unknown as { seen: string[] };
      page.seen = [];
      for (const name of ['input', 'submit', 'invalid'])
        addEventListener(name, (event) => page.seen.push(`${name} ${event.defaultPrevented}`), true);
    });
    await type('[name=message]', 'x');
    await tab.click('#send-spa');
    await tab.click('#send');
    const seen = await tab.evaluate(() => (window as unknown as { seen: string[] }).seen);
    expect(seen).toEqual(['input false', 'submit false', 'invalid false']);
    await tab.evaluate(() => (window as unknown as TrackedPage).tracker?.stop());
    await type('[name=nick]', 'x');
    await tab.click('#next');
    await arrive();
    expect(await lines(visit, 5)).toEqual([
      OPENED,
      'form_start contact',
      'form_submit contact [message]',
      'form_invalid signup',
      'page_view /plain',
    ]);
  });
});

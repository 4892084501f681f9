import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Browser, engines, openBrowser, type Tab } from './openBrowser.ts';
import { openTrackedSite, type SeenEvent, type TrackedPage, type TrackedSite, type Visit } from './trackedSite.ts';

/** What the page's own, last listener saw of each click. */
interface SeenClick {
  type: string;
  defaultPrevented: boolean;
  isTrusted: boolean;
  x: number;
  y: number;
}

interface ClicksPage extends TrackedPage {
  seen: SeenClick[];
}

// Runs in the page, before our script: shadow roots, a listener that stops propagation, and one that stays on the page.
const furnish = () => {
  const page = window as unknown as ClicksPage;
  page.seen = [];
  const stay = (event: MouseEvent) => {
    const { type, defaultPrevented, isTrusted, pageX, pageY } = event;
    page.seen.push({ type, defaultPrevented, isTrusted, x: Math.round(pageX), y: Math.round(pageY) });
    const isBox = event.composedPath().some((node) => node instanceof Element && node.matches('label,[type=checkbox]'));
    if (!isBox) event.preventDefault();
  };
  addEventListener('click', stay);
  addEventListener('auxclick', stay);
  addEventListener('DOMContentLoaded', () => {
    const shadow = document.querySelector('#shadow')?.attachShadow({ mode: 'open' });
    if (shadow) shadow.innerHTML = '<p><button id="shadow-button">in the shadow</button></p>';
    const card = document.querySelector('#card')?.attachShadow({ mode: 'open' });
    if (card) card.innerHTML = '<a href="/slotted"><slot></slot></a>';
    document.querySelector('#stopped')?.addEventListener('click', (event) => event.stopImmediatePropagation(), true);
    document.addEventListener(
      'click',
      (event) => {
        if (event.composedPath().some((node) => (node as Element).id === 'stop')) event.stopImmediatePropagation();
      },
      true,
    );
  });
};

let site: TrackedSite;
beforeAll(async () => {
  site = await openTrackedSite();
});
afterAll(() => site.close());

describe.each(engines)('clicks in %s', (engine) => {
  let browser: Browser;
  let tab: Tab;
  beforeAll(async () => {
    browser = await openBrowser(engine);
    tab = await browser.newTab();
  });
  afterAll(() => browser?.close());

  const open = async (options: Parameters<TrackedSite['visit']>[0] = {}) => {
    const visit = site.visit({ pageViews: false, before: furnish, ...options });
    await tab.goto(visit.url('clicks'));
    return visit;
  };

  /** A click at the middle of an element, whatever lies there and however disabled it is. */
  const clickAt = async (selector: string) => {
    if (!tab.page) return tab.click(selector);
    const { x, y } = await tab.evaluate((wanted) => {
      const rect = document.querySelector(wanted)?.getBoundingClientRect() ?? new DOMRect();
      return { x: rect.x + rect.width / 2, y: rect.y + rect.height / 2 };
    }, selector);
    await tab.page.mouse.click(x, y);
  };

  /** All that was counted, without the place: `x` and `y` have a test of their own. */
  const counted = async (visit: Visit) => {
    const origin = site.url;
    return (await visit.arrivedFrom(tab)).map(({ name, data: { x, y, ...data } }: SeenEvent) => {
      expect(name).toBe('click');
      return JSON.parse(JSON.stringify(data).replaceAll(origin, ''));
    });
  };
  const focus = (selector: string) =>
    tab.evaluate((wanted) => document.querySelector<HTMLElement>(wanted)?.focus(), selector);

  test('links, buttons and marked elements count, everything else does not', async () => {
    const visit = await open();
    const order = ['link', 'button', 'submit', 'tracked', 'role', 'plain', 'named-link', 'marked'];
    for (const id of order) await tab.click(`#${id}`);
    expect(await counted(visit)).toEqual([
      { kind: 'link', name: 'link', href: '/elsewhere?utm_source=news', selector: '#link' },
      { kind: 'button', name: 'button', selector: '#button' },
      { kind: 'button', name: 'button', selector: '#submit' },
      { kind: 'element', name: 'card', selector: '#tracked' },
      { kind: 'button', name: 'button', selector: '#role' },
      { kind: 'link', name: 'sale', label: 'Summer sale', href: '/sale', selector: '#named-link' },
      { kind: 'button', name: 'buy', label: 'Buy now', selector: '#marked' },
    ]);
  });

  test('what lies within a link, in SVG, in a shadow root or in a slot counts as what it belongs to', async () => {
    const visit = await open();
    await tab.click('#inner');
    await tab.click('#shape');
    await tab.click('#shadow-button');
    await tab.click('#slotted');
    expect(await counted(visit)).toEqual([
      { kind: 'link', name: 'link', href: '/nested', selector: '#nested' },
      { kind: 'link', name: 'link', href: '/drawn', selector: '#svg-link' },
      { kind: 'button', name: 'button', selector: '#shadow-button' },
      { kind: 'link', name: 'link', href: '/slotted', selector: 'a' },
    ]);
  });

  test('links that lead out, load a file, mail or call say so', async () => {
    const visit = await open();
    for (const id of ['outbound', 'download', 'download-attribute', 'mail', 'tel']) await tab.click(`#${id}`);
    expect(await counted(visit)).toEqual([
      { kind: 'link', name: 'link', href: 'https://other.example/path', outbound: true, selector: '#outbound' },
      { kind: 'link', name: 'link', href: '/price-list.pdf', download: true, selector: '#download' },
      { kind: 'link', name: 'link', href: '/report', download: true, selector: '#download-attribute' },
      { kind: 'link', name: 'link', href: 'mailto:', selector: '#mail' },
      { kind: 'link', name: 'link', href: 'tel:', selector: '#tel' },
    ]);
  });

  test('the keyboard activates as a click does', async () => {
    const visit = await open();
    await focus('#link');
    await tab.press('Enter');
    await focus('#button');
    await tab.press('Enter');
    await tab.press('Space');
    const events = await counted(visit);
    expect(events.map(({ selector }) => selector)).toEqual(['#link', '#button', '#button']);
  });

  test('a key press has no place', async () => {
    const visit = await open();
    await focus('#link');
    await tab.press('Enter');
    await focus('#button');
    await tab.press('Space');
    const events = await visit.arrivedFrom(tab);
    expect(events.map(({ data }) => ['x' in data, 'y' in data])).toEqual([
      [false, false],
      [false, false],
    ]);
  });

  test('Enter in a field counts once, as its submit button', async () => {
    const visit = await open();
    await focus('#field');
    await tab.press('Enter');
    expect(await counted(visit)).toEqual([{ kind: 'button', name: 'button', selector: '#submit' }]);
  });

  test.skipIf(engine === 'webkit')('the middle button counts once', async () => {
    // WebKitWebDriver cannot press it.
    const visit = await open();
    await tab.click('#link', { button: 'middle' });
    await tab.page?.click('#link', { button: 'right' });
    expect(await counted(visit)).toHaveLength(1);
  });

  test('a double click is two clicks', async () => {
    const visit = await open();
    // WebDriver's clicks follow each other as fast as a visitor's.
    if (tab.page) await tab.page.dblclick('#button');
    else for (let count = 0; count < 2; count++) await tab.click('#button');
    expect(await counted(visit)).toHaveLength(2);
  });

  test('clicks that scripts make are none, nor are those on disabled buttons', async () => {
    const visit = await open();
    await tab.evaluate(() => {
      document.querySelector<HTMLElement>('#button')?.click();
      document.querySelector('#link')?.dispatchEvent(new MouseEvent('click', { bubbles: true, cancelable: true }));
    });
    await clickAt('#disabled');
    await clickAt('#in-disabled');
    expect(await counted(visit)).toEqual([]);
  });

  test('a page that stops a click from going further still has it counted', async () => {
    const visit = await open();
    await tab.click('#stop');
    expect(await counted(visit)).toEqual([{ kind: 'button', name: 'button', selector: '#stop' }]);
  });

  test('a label around its control counts once, wherever it is clicked', async () => {
    const visit = await open();
    await tab.click('#words');
    // No hand is as fast as a driver: within 50 ms the second click would pass for an echo of the first.
    await tab.evaluate(() => new Promise((resolve) => setTimeout(resolve, 60)));
    await tab.click('#box');
    const label = { kind: 'element', name: 'newsletter', selector: '#around' };
    expect(await counted(visit)).toEqual([label, label]);
    // Both clicks reached the control as well.
    expect(await tab.evaluate(() => (document.querySelector('#box') as HTMLInputElement).checked)).toBe(false);
  });

  test('a label apart from a control that counts is a click on that control', async () => {
    const visit = await open();
    await tab.click('#for-switch');
    await tab.click('#for-button');
    const control = { kind: 'button', name: 'terms', selector: '#switch' };
    const button = { kind: 'button', name: 'button', selector: '#labelled-button' };
    expect(await counted(visit)).toEqual([control, button]);
  });

  test('what was typed is in nothing that leaves', async () => {
    const visit = await open({ clicks: { text: true } });
    for (const id of ['text', 'password', 'textarea', 'field']) await tab.fill(`#${id}`, `canary-${id}`);
    await tab.click('#editable');
    await tab.evaluate(() => document.execCommand('insertText', false, 'canary-editable'));
    await tab.evaluate(() => {
      (document.querySelector('#select') as HTMLSelectElement).value = 'chosen';
    });
    for (const id of ['text', 'password', 'textarea', 'editable', 'field']) await tab.click(`#${id}`);
    const events = await counted(visit);
    expect(events.map(({ name }) => name)).toEqual(['editable', 'text', 'password', 'textarea', 'editable']);
    expect(visit.requests.map(({ body }) => body).join()).not.toContain('canary');
  });

  test('what was typed into an editor within a button is not its text', async () => {
    const visit = await open({ clicks: { text: true } });
    await tab.click('#note');
    await tab.evaluate(() => document.execCommand('insertText', false, 'canary-note'));
    await tab.click('#note');
    expect(await counted(visit)).toHaveLength(2);
    expect(visit.requests.map(({ body }) => body).join()).not.toContain('canary');
  });

  test('visible text is read only where that was asked for', async () => {
    const labels = async (text: boolean) => {
      const visit = await open({ clicks: { text } });
      for (const id of ['inner', 'button', 'marked', 'tracked']) await tab.click(`#${id}`);
      return (await counted(visit)).map(({ label }) => label);
    };
    expect(await labels(false)).toEqual([undefined, undefined, 'Buy now', undefined]);
    expect(await labels(true)).toEqual(['deep inside', 'a button', 'Buy now', undefined]);
  });

  test('calls to action are told with the text on them, once each, and without what was typed', async () => {
    const selector = '#nested,#button,#around,#editor,#submit';
    const visit = await open({ clicks: false, captures: [['cta', { selector }]] });
    await tab.click('#note');
    await tab.evaluate(() => document.execCommand('insertText', false, 'canary-note'));
    for (const id of ['inner', 'button', 'words', 'note', 'submit', 'link']) await tab.click(`#${id}`);
    const events = (await visit.arrivedFrom(tab)).map(({ name, data: { selector, label, id } }) => [
      name,
      selector,
      label,
      id,
    ]);
    expect(events).toEqual([
      ['cta_click', '#editor', undefined, 'editor'],
      ['cta_click', '#nested', 'deep inside', 'nested'],
      ['cta_click', '#button', 'a button', 'button'],
      ['cta_click', '#around', 'news', 'around'],
      ['cta_click', '#editor', undefined, 'editor'],
      ['cta_click', '#submit', undefined, 'submit'],
    ]);
    expect(visit.requests.map(({ body }) => body).join()).not.toContain('canary');
  });

  test('x and y are the place in the document, however far it is scrolled', async () => {
    const visit = await open();
    await tab.click('#button');
    await tab.click('#below');
    const events = await visit.arrivedFrom(tab);
    const { seen, middle, scrolled } = await tab.evaluate(() => ({
      seen: (window as unknown as ClicksPage).seen,
      scrolled: scrollY,
      middle: ['#button', '#below'].map((id) => {
        const { left, top, width, height } = (document.querySelector(id) as Element).getBoundingClientRect();
        return { x: left + scrollX + width / 2, y: top + scrollY + height / 2 };
      }),
    }));
    expect(scrolled).toBeGreaterThan(1000);
    expect(events.map(({ data: { x, y } }) => ({ x, y }))).toEqual(seen.map(({ x, y }) => ({ x, y })));
    for (const [index, { x, y }] of middle.entries()) {
      expect(Math.abs(Number(events[index]?.data.x) - x)).toBeLessThanOrEqual(1);
      expect(Math.abs(Number(events[index]?.data.y) - y)).toBeLessThanOrEqual(1);
    }
  });

  test('the page does with its clicks what it did without us', async () => {
    const visit = await open();
    for (const id of ['link', 'button', 'submit', 'tracked', 'words']) await tab.click(`#${id}`);
    const seen = await tab.evaluate(() => (window as unknown as ClicksPage).seen);
    expect(seen.filter(({ defaultPrevented }) => defaultPrevented)).toEqual([]);
    expect(seen.filter(({ isTrusted }) => !isTrusted)).toEqual([]);
    // The click on the label, and the one that the browser makes of it for the control.
    expect(seen).toHaveLength(6);
    expect(await counted(visit)).toHaveLength(5);
    // The page's own preventDefault kept it here.
    expect(await tab.url()).toBe(visit.url('clicks'));
  });

  test('a click that opens a new tab arrives, and the new tab has no part in it', async () => {
    const visit = site.visit({ pageViews: false });
    await tab.goto(visit.url('blank'));
    const opened = tab.page?.context().waitForEvent('page');
    await tab.click('#blank');
    expect(await counted(visit)).toEqual([
      {
        kind: 'link',
        name: 'link',
        href: visit
          .url('plain')
          .replace(site.url, '')
          .replace(/^\/\d+/, ''),
        selector: '#blank',
      },
    ]);
    await (await opened)?.close();
  });

  test('a click that leaves the page arrives before the next view', async () => {
    const visit = site.visit();
    await tab.goto(visit.url('spa'));
    await visit.arrived(1, 0);
    await tab.click('#next');
    await tab.waitFor(() => document.title === 'plain');
    const events = await visit.arrived(3);
    expect(events.map(({ name, page }) => `${name} ${page.url}`)).toEqual([
      'page_view /spa',
      'click /spa',
      'page_view /plain',
    ]);
  });
});

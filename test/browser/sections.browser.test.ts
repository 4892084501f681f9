import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Browser, engines, openBrowser, type Tab } from './openBrowser.ts';
import { openTrackedSite, type TrackedPage, type TrackedSite, type Visit } from './trackedSite.ts';

let site: TrackedSite;
beforeAll(async () => {
  site = await openTrackedSite();
});
afterAll(() => site.close());

describe.each(engines)('sections in %s', (engine) => {
  let browser: Browser;
  let tab: Tab;
  beforeAll(async () => {
    browser = await openBrowser(engine);
    tab = await browser.newTab();
    await tab.setViewport(1000, 700);
  });
  afterAll(() => browser?.close());

  const open = async (options?: object) => {
    const visit = site.visit({ clicks: false, captures: [options ? ['sections', options] : ['sections']] });
    await tab.goto(visit.url('sections'));
    await settle();
    return visit;
  };
  /** Some frames later, and once it has been looked for new sections. */
  const settle = () => tab.evaluate(() => new Promise((resolve) => setTimeout(resolve, 500)));
  const scroll = async (y: number) => {
    await tab.evaluate((top) => window.scrollTo({ top, behavior: 'instant' }), y);
    await settle();
  };
  /** `page name`, in order. */
  const seen = async (visit: Visit) => {
    await tab.evaluate(async () => void (await (window as unknown as TrackedPage).tracker?.flush()));
    const events = visit.events().filter(({ name }) => name === 'section_view');
    return events.map(({ page, data }) => `${page.url} ${data.name}`);
  };

  test('a section is seen once half of it shows, in the order in which the visitor comes by', async () => {
    const visit = await open();
    // Of the second section, 199 pixels of 501 show.
    expect(await seen(visit)).toEqual(['/sections hero']);
    await scroll(40);
    expect(await seen(visit)).toEqual(['/sections hero']);
    await scroll(60);
    expect(await seen(visit)).toEqual(['/sections hero', '/sections features']);
    for (const last of ['End', 'Home']) {
      await tab.press(last);
      await settle();
      await settle();
    }
    // Keys leap past what no frame shows, on a machine that is busy.
    await tab.evaluate(() =>
      document.querySelector('[data-track-section=prices]')?.scrollIntoView({ block: 'center', behavior: 'instant' }),
    );
    await settle();
    const all = await seen(visit);
    expect(all.slice(0, 2)).toEqual(['/sections hero', '/sections features']);
    expect(all.slice(2).sort()).toEqual(['/sections footer', '/sections prices', '/sections tall']);
  });

  test('one that is higher than the window is seen once it covers half of that', async () => {
    const visit = await open();
    const top = await tab.evaluate(() => (document.querySelector('#tall') as HTMLElement).offsetTop);
    await scroll(top - 360);
    expect(await seen(visit)).not.toContain('/sections tall');
    await scroll(top - 340);
    expect(await seen(visit)).toContain('/sections tall');
  });

  test('one that comes later, or is empty at first, is seen when it shows', async () => {
    const visit = await open();
    await scroll(100);
    expect(await seen(visit)).toEqual(['/sections hero', '/sections features']);
    await tab.evaluate(() => {
      const empty = document.querySelector('#empty') as HTMLElement;
      document.querySelector('main')?.prepend(empty);
    });
    await scroll(0);
    expect(await seen(visit)).not.toContain('/sections empty');
    await tab.evaluate(() => {
      const empty = document.querySelector('#empty') as HTMLElement;
      empty.style.height = '200px';
      empty.append('filled');
      const late = document.createElement('section');
      late.dataset.trackSection = 'late';
      document.querySelector('main')?.prepend(late);
    });
    await scroll(0);
    expect(await seen(visit)).toEqual([
      '/sections hero',
      '/sections features',
      ...['/sections late', '/sections empty'],
    ]);
  });

  test('a new view begins anew with what it shows once it is drawn', async () => {
    const visit = await open();
    await tab.evaluate(() => {
      history.pushState(null, '', 'next');
      setTimeout(() => {
        const next = document.createElement('section');
        next.dataset.trackSection = 'next';
        document.querySelector('main')?.replaceChildren(next);
      }, 100);
    });
    await settle();
    await settle();
    expect(await seen(visit)).toEqual(['/sections hero', '/next next']);
    await scroll(5000);
    expect(await seen(visit)).toEqual(['/sections hero', '/next next', '/next footer']);
  });

  test('the owner may choose the attribute and the part, and be told of a mistake', async () => {
    const visit = await open({ attribute: 'id', threshold: 1 });
    const top = await tab.evaluate(() => (document.querySelector('#tall') as HTMLElement).offsetTop);
    await scroll(top - 50);
    expect(await seen(visit)).toEqual([]);
    await scroll(top + 50);
    expect(await seen(visit)).toEqual(['/sections tall']);

    const wrong = await open({ threshold: 50 });
    expect(await seen(wrong)).toEqual(['/sections hero']);
  });

  test('stop() ends it', async () => {
    const visit = await open();
    await visit.arrived(2, 0);
    await tab.evaluate(() => (window as unknown as TrackedPage).tracker?.stop());
    await scroll(800);
    await tab.goto(visit.url('blank'));
    expect((await visit.arrived(3)).map(({ name }) => name)).toEqual(['page_view', 'section_view', 'page_view']);
  });
});

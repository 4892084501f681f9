import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { browserPath } from '../../scripts/browsers.mjs';
import { type Browser, engines, openBrowser, type Tab } from './openBrowser.ts';
import { openTrackedSite, type SeenEvent, type TrackedPage, type TrackedSite, type Visit } from './trackedSite.ts';
import { waitUntil } from './waitUntil.ts';

let site: TrackedSite;
beforeAll(async () => {
  site = await openTrackedSite();
});
afterAll(() => site.close());

/** `kind path "title" from referrer`, or the name of what is no page view. */
const lineOf = ({ name, data, page }: SeenEvent) =>
  name === 'page_view' ? `${data.kind} ${page.url} "${page.title}" from ${page.referrer || 'nowhere'}` : name;

const lines = async (visit: Visit, count: number, quietMs?: number) =>
  (await visit.arrived(count, quietMs)).map(lineOf);

// Runs in the page, before our script.
const hideNavigationApi = () => {
  Object.defineProperty(window, 'navigation', { value: undefined, configurable: true });
};

describe.each(engines)('page views in %s', (engine) => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await openBrowser(engine, { bfcache: true });
  });
  afterAll(() => browser?.close());

  const ways = [{ way: 'as the browser tells of them', before: undefined }];
  const patched = [{ way: 'by the history patch', before: hideNavigationApi }];
  // Firefox has the Navigation API too, and WebKit nothing but the patch.
  describe.each<{ way: string; before: (() => void) | undefined }>([
    ...ways,
    ...(engine === 'chromium' ? patched : []),
  ])('$way', ({ before }) => {
    let tab: Tab;
    beforeAll(async () => {
      tab = await browser.newTab();
    });
    afterAll(() => tab?.close());

    /** Opens the app and waits until its first view has been counted. */
    const open = async (options: Parameters<TrackedSite['visit']>[0] = {}) => {
      const visit = site.visit({ tracker: { batch: { size: 1 } }, before, ...options });
      await tab.goto(visit.url('spa'));
      return visit;
    };
    const LOAD = 'load /spa "spa" from nowhere';

    test('a loaded document is one view, and so is a reload', async () => {
      const visit = await open();
      await tab.reload();
      expect(await lines(visit, 2)).toEqual([LOAD, LOAD]);
      expect(new Set(visit.events().map(({ page }) => page.id)).size).toBe(2);
    });

    test('a new path is a view, and refers to the one before', async () => {
      const visit = await open();
      await tab.evaluate(() => history.pushState(null, '', 'one'));
      await tab.waitFor(
        () => new Promise((resolve) => requestAnimationFrame(() => setTimeout(() => resolve(true), 50))),
      );
      await tab.evaluate(() => history.pushState({ step: 2 }, '', 'two/deeper'));
      await lines(visit, 3, 0);
      await tab.evaluate(() => history.replaceState(null, '', '../three'));
      expect(await lines(visit, 4)).toEqual([
        LOAD,
        'navigation /one "spa" from /spa',
        'navigation /two/deeper "spa" from /one',
        'navigation /three "spa" from /two/deeper',
      ]);
    });

    test('a changed query or fragment is no view', async () => {
      const visit = await open();
      await tab.evaluate(() => history.replaceState(null, '', '?sort=price'));
      await tab.evaluate(() => history.pushState(null, '', '?sort=name'));
      await tab.evaluate(() => history.pushState({ same: 'address' }, ''));
      await tab.evaluate(() => {
        location.hash = 'reviews';
      });
      await tab.evaluate(() => history.pushState(null, '', '#/route'));
      await tab.evaluate(() => history.back());
      await tab.waitFor(() => location.hash === '#reviews');
      expect(await lines(visit, 1)).toEqual([LOAD]);
    });

    test('with hash routing a route is a view, and a changed query within it or another anchor is none', async () => {
      const visit = await open({ pageViews: { hash: true } });
      await tab.evaluate(() => {
        location.hash = '#/cart';
      });
      await lines(visit, 2, 0);
      await tab.evaluate(() => history.pushState(null, '', '#/cart?coupon=ten'));
      await tab.evaluate(() => history.pushState(null, '', '#!/pay'));
      await lines(visit, 3, 0);
      await tab.evaluate(() => history.back());
      expect(await lines(visit, 4)).toEqual([
        LOAD,
        'navigation /spa#/cart "spa" from /spa',
        'navigation /spa#!/pay "spa" from /spa#/cart',
        'navigation /spa#/cart "spa" from /spa#!/pay',
      ]);
    });

    test('back and forward within the app are views', async () => {
      const visit = await open();
      await tab.evaluate(() => history.pushState(null, '', 'one'));
      await lines(visit, 2, 0);
      await tab.evaluate(() => history.back());
      await lines(visit, 3, 0);
      await tab.evaluate(() => history.forward());
      expect(await lines(visit, 4)).toEqual([
        LOAD,
        'navigation /one "spa" from /spa',
        'navigation /spa "spa" from /one',
        'navigation /one "spa" from /spa',
      ]);
    });

    test('the title is the one that the new view sets, however it does so', async () => {
      const visit = await open();
      await tab.evaluate(() => {
        history.pushState(null, '', 'same-tick');
        document.title = 'set in the same tick';
      });
      await lines(visit, 2, 0);
      await tab.evaluate(() => {
        history.pushState(null, '', 'next-frame');
        requestAnimationFrame(() => {
          document.title = 'set in the next frame';
        });
      });
      await lines(visit, 3, 0);
      await tab.evaluate(() => {
        document.title = 'set before';
        history.pushState(null, '', 'before');
      });
      await lines(visit, 4, 0);
      // As frameworks do it: the view is drawn, an observer of it replaces the title's element.
      await tab.evaluate(() => {
        const observer = new MutationObserver(() => {
          observer.disconnect();
          document
            .querySelector('title')
            ?.replaceWith(Object.assign(document.createElement('title'), { textContent: 'set by an observer' }));
        });
        observer.observe(document.body, { childList: true });
        history.pushState(null, '', 'observer');
        document.body.append('drawn');
      });
      expect(await lines(visit, 5)).toEqual([
        LOAD,
        'navigation /same-tick "set in the same tick" from /spa',
        'navigation /next-frame "set in the next frame" from /same-tick',
        'navigation /before "set before" from /next-frame',
        'navigation /observer "set by an observer" from /before',
      ]);
    });

    test('a view has the time of its navigation, and sorts before what happened while it waited for its title', async () => {
      const visit = await open();
      const [begin, end] = await tab.evaluate(() => {
        const { tracker } = window as unknown as TrackedPage;
        const before = Date.now();
        history.pushState(null, '', 'one');
        tracker?.track('opened');
        return [before, Date.now()];
      });
      expect(await lines(visit, 3)).toEqual([LOAD, 'navigation /one "spa" from /spa', 'opened']);
      const [, view, opened] = visit.events();
      expect(view?.at).toBeGreaterThanOrEqual(begin as number);
      expect(view?.at).toBeLessThanOrEqual(end as number);
      expect(opened?.page).toEqual(view?.page);
    });

    test('two navigations in one tick are two views', async () => {
      const visit = await open();
      await tab.evaluate(() => {
        history.pushState(null, '', 'one');
        document.title = 'one';
        history.pushState(null, '', 'two');
        document.title = 'two';
      });
      expect(await lines(visit, 3)).toEqual([
        LOAD,
        'navigation /one "one" from /spa',
        'navigation /two "two" from /one',
      ]);
    });

    test('the same path pushed again, and a path left and entered again in one tick', async () => {
      const visit = await open();
      await tab.evaluate(() => history.pushState(null, '', 'spa'));
      await tab.evaluate(() => {
        history.pushState(null, '', 'one');
        history.replaceState(null, '', 'spa');
      });
      expect(await lines(visit, 3)).toEqual([
        LOAD,
        'navigation /one "spa" from /spa',
        'navigation /spa "spa" from /one',
      ]);
    });

    test('an app that goes on to another document while a view waits for its title loses no view', async () => {
      const visit = await open();
      await tab.evaluate(() => {
        history.pushState(null, '', 'one');
        location.href = 'plain';
      });
      await tab.waitFor(() => location.pathname.endsWith('/plain') && document.readyState === 'complete');
      const arrived = await lines(visit, 3);
      // A script that moves the visitor on within the tick replaces nothing: both were entered.
      expect(arrived).toEqual([LOAD, 'navigation /one "spa" from /spa', 'load /plain "plain" from /one']);
    });

    test('navigation inside a view transition counts once', async ({ skip }) => {
      const visit = await open();
      if (!(await tab.evaluate(() => 'startViewTransition' in document))) skip('no view transitions here');
      await tab.evaluate(async () => {
        const { startViewTransition } = document as unknown as {
          startViewTransition(update: () => void): { finished: Promise<void>; updateCallbackDone: Promise<void> };
        };
        const { updateCallbackDone } = startViewTransition.call(document, () => {
          history.pushState(null, '', 'one');
          document.title = 'one';
        });
        await updateCallbackDone;
      });
      expect(await lines(visit, 2)).toEqual([LOAD, 'navigation /one "one" from /spa']);
    });

    test('start, stop and start in one task is one tracker and one view', async () => {
      const visit = await open({ isIdle: true });
      await tab.evaluate(() => {
        const page = window as unknown as TrackedPage;
        page.start().stop();
        page.tracker = page.start();
      });
      await tab.evaluate(() => history.pushState(null, '', 'one'));
      expect(await lines(visit, 2)).toEqual([LOAD, 'navigation /one "spa" from /spa']);
    });

    test('stop() leaves no listener, timer or patch behind', async () => {
      // Listeners and timers of the script under test alone: drivers put their own into the page.
      const count = () => {
        const isOurs = () => `${new Error().stack}`.includes('/tracker.js');
        const nameOf = (target: unknown, type: unknown) => `${Object.prototype.toString.call(target)} ${type}`;
        const listeners = new Map<unknown, string>();
        const { addEventListener, removeEventListener } = EventTarget.prototype;
        EventTarget.prototype.addEventListener = function (...args: unknown[]) {
          if (isOurs()) listeners.set(args[1], nameOf(this, args[0]));
          return Reflect.apply(addEventListener, this ?? window, args);
        };
        EventTarget.prototype.removeEventListener = function (...args: unknown[]) {
          if (listeners.get(args[1]) === nameOf(this, args[0])) listeners.delete(args[1]);
          return Reflect.apply(removeEventListener, this ?? window, args);
        };
        const timers = new Set<number>();
        const { setTimeout: set, clearTimeout: clear } = window;
        Object.assign(window, {
          setTimeout(task: () => void, ms?: number) {
            const timer: number = set(() => {
              timers.delete(timer);
              task();
            }, ms);
            if (isOurs()) timers.add(timer);
            return timer;
          },
          clearTimeout(timer: number) {
            timers.delete(timer);
            clear(timer);
          },
          listeners,
          timers,
          originals: [history.pushState, history.replaceState],
        });
      };
      interface Counted extends TrackedPage {
        listeners: Map<unknown, string>;
        timers: Set<number>;
        originals: unknown[];
      }
      const both = before ? (`() => { (${before})(); (${count})(); }` as unknown as () => void) : count;
      const visit = await open({ before: both, tracker: { batch: { size: 100 } } });
      await tab.evaluate(() => history.pushState(null, '', 'one'));
      const during = await tab.evaluate(() => (window as unknown as Counted).listeners.size);
      expect(during).toBeGreaterThan(5);
      await tab.evaluate(() => (window as unknown as Counted).tracker?.stop());
      expect(await lines(visit, 2, 0)).toEqual([LOAD, 'navigation /one "spa" from /spa']);
      const left = await waitUntil(async () => {
        const after = await tab.evaluate(() => {
          const { listeners, timers, originals } = window as unknown as Counted;
          return {
            listeners: [...listeners.values()],
            timers: timers.size,
            isPatched: [history.pushState, history.replaceState].some((method, index) => method !== originals[index]),
          };
        });
        return after.timers === 0 && after;
      }, 'the timers to end');
      expect(left).toEqual({ listeners: [], timers: 0, isPatched: false });
      await tab.evaluate(() => history.pushState(null, '', 'two'));
      expect(await lines(visit, 2)).toHaveLength(2);
    });

    test('stop() leaves a patch alone that another script has put on top', async () => {
      const visit = await open();
      await tab.evaluate(() => {
        const page = window as unknown as TrackedPage & { seen: number };
        const below = history.pushState;
        page.seen = 0;
        history.pushState = function (...args) {
          page.seen++;
          return Reflect.apply(below, this, args);
        };
        page.tracker?.stop();
      });
      await lines(visit, 1);
      const seen = await tab.evaluate(() => {
        history.pushState(null, '', 'one');
        return (window as unknown as { seen: number }).seen;
      });
      expect(seen).toBe(1);
      expect(await tab.evaluate(() => location.pathname.endsWith('/one'))).toBe(true);
      expect(await lines(visit, 1)).toEqual([LOAD]);
    });
  });

  describe('and the back/forward cache', () => {
    interface Watched {
      restores: number;
    }
    const watch = () => {
      const page = window as unknown as Watched;
      page.restores = 0;
      addEventListener('pageshow', ({ persisted }) => {
        if (persisted) page.restores++;
      });
    };

    test('keeps the page as if we were not there, and a return is a view of its own', async ({ skip }) => {
      const tab = await browser.newTab();
      const bare = site.visit({ isIdle: true, before: watch });
      // Firefox keeps no page that has an ordinary request under way.
      const atRest = async () => {
        await tab.waitFor(() => document.readyState === 'complete');
        await tab.evaluate(async () => void (await (window as unknown as TrackedPage).tracker?.flush()));
      };
      const restores = async (visit: Visit) => {
        await tab.goto(visit.url('spa'));
        await atRest();
        await tab.click('#next');
        await tab.waitFor(() => document.title === 'plain');
        await atRest();
        await tab.back();
        await tab.waitFor(() => document.title === 'spa' && document.readyState === 'complete');
        return tab.evaluate(() => {
          const [load] = performance.getEntriesByType('navigation') as (PerformanceNavigationTiming & {
            notRestoredReasons?: unknown;
          })[];
          return { count: (window as unknown as Watched).restores, reasons: load?.notRestoredReasons ?? null };
        });
      };
      const without = await restores(bare);
      if (!without.count) skip('this browser keeps no page under automation');

      // The click waits, and goes when the page leaves.
      const visit = site.visit({ before: watch, tracker: { batch: { size: 100, intervalMs: 60_000 } } });
      expect(await restores(visit)).toEqual({ count: 1, reasons: null });
      await atRest();
      const expected = [
        'load /spa "spa" from nowhere',
        'click',
        'load /plain "plain" from /spa',
        'bfcache /spa "spa" from nowhere',
      ];
      expect(await lines(visit, 4)).toEqual(expected);

      await tab.forward();
      await tab.waitFor(() => document.title === 'plain');
      await atRest();
      expected.push('bfcache /plain "plain" from /spa');
      expect(await lines(visit, 5)).toEqual(expected);
      // What was restored goes on counting, once.
      await tab.evaluate(() => history.pushState(null, '', 'one'));
      await tab.waitFor(() => (window as unknown as TrackedPage).tracker?.stats().pending);
      await atRest();
      expected.push('navigation /one "plain" from /plain');
      expect(await lines(visit, 6)).toEqual(expected);
      const ids = visit.events().map(({ page }) => page.id);
      expect(new Set(ids).size).toBe(5);
      await tab.close();
    });

    test('a return without the cache is a view of kind back_forward', async ({ skip }) => {
      const tab = await browser.newTab();
      const visit = site.visit({
        tracker: { batch: { size: 1 } },
        headers: { 'cache-control': 'no-store' },
        // What really keeps a page out, in every engine.
        before: () => addEventListener('unload', () => {}),
      });
      await tab.goto(visit.url('spa'));
      await visit.arrived(1, 0);
      await tab.goto(visit.url('plain'));
      await visit.arrived(2, 0);
      await tab.back();
      await tab.waitFor(() => document.title === 'spa' && document.readyState === 'complete');
      const kind = (await lines(visit, 3))[2]?.split(' ')[0];
      if (kind === 'bfcache') skip('this browser keeps every page');
      expect(visit.events().map(lineOf)).toEqual([
        'load /spa "spa" from nowhere',
        'load /plain "plain" from nowhere',
        'back_forward /spa "spa" from nowhere',
      ]);
      await tab.close();
    });
  });
});

describe('a page that Chromium prerenders', () => {
  // Chromium prerenders nothing for a page under a driver, so that this one runs on its own and tells the server.
  const driveItself = () => {
    const say = (word: string) => fetch(`/said/${word}${location.pathname}`);
    if ((document as { prerendering?: boolean }).prerendering) {
      addEventListener('load', () => {
        (window as unknown as TrackedPage).tracker?.track('early');
        void say('prerendered');
      });
    } else if (location.pathname.endsWith('/spa')) {
      const rules = { prerender: [{ source: 'list', urls: ['plain'], eagerness: 'immediate' }] };
      const element = Object.assign(document.createElement('script'), { type: 'speculationrules' });
      element.textContent = JSON.stringify(rules);
      addEventListener('load', () => document.head.append(element));
      const wait = setInterval(async () => {
        const path = await (await say('shall-i')).text();
        if (!path) return;
        clearInterval(wait);
        location.href = path;
      }, 50);
    }
  };

  let child: ChildProcess | undefined;
  let profile: string;
  afterEach(async () => {
    const ended = new Promise((resolve) => child?.once('exit', resolve));
    child?.kill('SIGKILL');
    await ended;
    await rm(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  });

  /** Opens a page that has the next one prerendered, and waits until that one has run its script. */
  const prerender = async () => {
    const visit = site.visit({ tracker: { batch: { size: 1 } }, before: driveItself });
    profile = await mkdtemp(join(tmpdir(), 'beaconry-undriven-'));
    const args = ['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run', `--user-data-dir=${profile}`];
    child = spawn(browserPath('chromium'), [...args, visit.url('spa')], { stdio: 'ignore' });
    const path = `/said/prerendered${new URL(visit.url('plain')).pathname}`;
    await waitUntil(() => site.pageRequests.some((request) => request.path === path), 'the prerendered page');
    return visit;
  };
  const move = (visit: Visit, to: string) => site.say(`/said/shall-i${new URL(visit.url('spa')).pathname}`, to);
  const LOAD = 'load /spa "spa" from nowhere';

  test('sends nothing before it is shown, and then all of it', async () => {
    const visit = await prerender();
    expect(await lines(visit, 1)).toEqual([LOAD]);
    const shownAt = Date.now();
    move(visit, 'plain');
    const arrived = await lines(visit, 3);
    expect(arrived.sort()).toEqual(['early', LOAD, 'prerender /plain "plain" from /spa']);
    expect(visit.events().find(({ data }) => data.kind === 'prerender')?.at).toBeGreaterThanOrEqual(shownAt);
  });

  test('is not counted when nobody opens it', async () => {
    const visit = await prerender();
    move(visit, '/said/elsewhere');
    await waitUntil(() => site.pageRequests.some(({ path }) => path === '/said/elsewhere'), 'another page');
    expect(await lines(visit, 1, 500)).toEqual([LOAD]);
  });
});

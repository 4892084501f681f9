import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { browserPath } from '../../scripts/browsers.mjs';
import { type Browser, engines, openBrowser, type Tab } from './openBrowser.ts';
import { openTrackedSite, type SeenEvent, type TrackedPage, type TrackedSite } from './trackedSite.ts';
import { waitUntil } from './waitUntil.ts';

let site: TrackedSite;
beforeAll(async () => {
  site = await openTrackedSite();
});
afterAll(() => site.close());

const bundle = { pageViews: false, clicks: false, captures: [['autocapture'], ['sections']] } as const;
const autocapture = (options: Parameters<TrackedSite['visit']>[0] = {}) =>
  site.visit({ ...bundle, captures: [...bundle.captures], ...options } as Parameters<TrackedSite['visit']>[0]);

const lineOf = ({ name, page, data }: SeenEvent) => {
  const what = { click: data.selector, scroll_depth: data.percent, visibility: data.state, section_view: data.name }[
    name
  ];
  return [name, page.url, what ?? data.form].filter(Boolean).join(' ');
};

describe.each(engines)('autocapture in %s', (engine) => {
  let browser: Browser;
  let tab: Tab;
  beforeAll(async () => {
    browser = await openBrowser(engine, { bfcache: true });
    tab = await browser.newTab();
  });
  afterAll(() => browser?.close());

  const settle = () => tab.evaluate(() => new Promise((resolve) => setTimeout(resolve, 400)));

  test('a visit is told from the first view to the last leave, and nothing else', async () => {
    const visit = autocapture();
    await tab.goto(visit.url('forms'));
    await visit.arrived(1, 0);
    await tab.click('[name=nick]');
    await settle();
    await tab.press('x');
    await tab.evaluate(() => history.pushState(null, '', 'two'));
    await settle();
    await tab.click('#next');
    await tab.waitFor(() => document.title === 'plain');
    const seen = (await visit.arrived(19)).map(lineOf);
    // All of the page fits the window.
    const depths = (url: string) => [25, 50, 75, 90, 100].map((percent) => `scroll_depth ${url} ${percent}`);
    expect(seen.filter((line) => line.startsWith('scroll_depth'))).toEqual([...depths('/forms'), ...depths('/two')]);
    expect(seen.filter((line) => !line.startsWith('scroll_depth'))).toEqual([
      'page_view /forms',
      'form_start /forms signup',
      'page_view /two',
      'form_abandon /forms signup',
      'page_leave /forms',
      'click /two #next',
      'visibility /two hidden',
      'page_leave /two',
      'page_view /plain',
    ]);
  });

  test('stop() leaves no listener, timer, observer or patch behind', async () => {
    // What the script under test sets up, and what of it is still there.
    const count = () => {
      const isOurs = () => `${new Error().stack}`.includes('/tracker.js');
      const listeners = new Map<unknown, string>();
      const { addEventListener, removeEventListener } = EventTarget.prototype;
      const nameOf = (target: unknown, type: unknown) => `${Object.prototype.toString.call(target)} ${type}`;
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
      const observers = new Set<unknown>();
      for (const { prototype } of [MutationObserver, IntersectionObserver]) {
        const { observe, disconnect } = prototype as MutationObserver;
        Object.assign(prototype, {
          observe(...args: unknown[]) {
            if (isOurs()) observers.add(this);
            return Reflect.apply(observe, this, args);
          },
          disconnect() {
            observers.delete(this);
            return Reflect.apply(disconnect, this, []);
          },
        });
      }
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
        left: () => ({
          listeners: [...listeners.values()],
          timers: timers.size,
          observers: observers.size,
          isPatched: history.pushState !== original,
        }),
      });
      const original = history.pushState;
    };
    interface Counted extends TrackedPage {
      left(): { listeners: string[]; timers: number; observers: number; isPatched: boolean };
    }
    const visit = autocapture({ before: count });
    await tab.goto(visit.url('sections'));
    await visit.arrived(2, 0);
    await tab.press('PageDown');
    await settle();
    const during = await tab.evaluate(() => (window as unknown as Counted).left());
    expect(during.listeners.length).toBeGreaterThan(20);
    expect(during.observers).toBeGreaterThan(1);
    await tab.evaluate(() => {
      scrollBy(0, 300);
      (window as unknown as Counted).tracker?.stop();
    });
    const left = await waitUntil(async () => {
      const now = await tab.evaluate(() => (window as unknown as Counted).left());
      return now.timers === 0 && now.listeners.length === 0 && now;
    }, 'all to end');
    expect(left).toEqual({ listeners: [], timers: 0, observers: 0, isPatched: false });
  });

  test('keeps no page out of the back/forward cache', async ({ skip }) => {
    const watch = () => {
      addEventListener('pageshow', ({ persisted }) => {
        (window as { wasKept?: boolean }).wasKept = persisted;
      });
    };
    const isKept = async (visit: ReturnType<typeof autocapture>) => {
      const atRest = async () => {
        await tab.waitFor(() => document.readyState === 'complete');
        await tab.evaluate(async () => void (await (window as unknown as TrackedPage).tracker?.flush()));
      };
      await tab.goto(visit.url('spa'));
      await atRest();
      await tab.click('#next');
      await tab.waitFor(() => document.title === 'plain');
      await atRest();
      await tab.back();
      await tab.waitFor(() => document.title === 'spa' && document.readyState === 'complete');
      return tab.evaluate(() => (window as { wasKept?: boolean }).wasKept);
    };
    if (!(await isKept(site.visit({ isIdle: true, before: watch })))) skip('this browser keeps no page');
    expect(await isKept(autocapture({ before: watch }))).toBe(true);
  });

  test('a page that is locked up or broken hears nothing of it', async () => {
    const watch = () => {
      const page = window as unknown as { errors: string[] };
      page.errors = [];
      addEventListener('error', (event) => event instanceof ErrorEvent && page.errors.push(event.message), true);
      addEventListener('unhandledrejection', ({ reason }) => page.errors.push(String(reason)));
      document.addEventListener('securitypolicyviolation', ({ violatedDirective }) => {
        // The page's own styles, and the browser's search for an icon.
        if (!/^(style|img)-src/.test(violatedDirective)) page.errors.push(violatedDirective);
      });
      const fail = () => {
        throw new Error('out of order');
      };
      Object.assign(window, { IntersectionObserver: fail });
      Object.assign(Element.prototype, { getAttribute: fail });
      Object.assign(document, { hasFocus: fail });
    };
    const { endpoint } = site.visit();
    const policy = `default-src 'none'; script-src 'self'; connect-src ${new URL(endpoint).origin}; require-trusted-types-for 'script'; trusted-types 'none'`;
    const visit = autocapture({ before: watch, headers: { 'content-security-policy': policy } });
    await tab.goto(visit.url('forms'));
    await tab.press('End');
    await tab.evaluate(() => document.querySelector<HTMLElement>('[name=nick]')?.focus());
    await tab.press('x');
    await tab.evaluate(() => history.pushState(null, '', 'two'));
    await settle();
    expect(await tab.evaluate(() => (window as unknown as { errors: string[] }).errors)).toEqual([]);
    expect((await visit.arrivedFrom(tab)).map(({ name }) => name)).toContain('page_view');
  });
});

describe('a page that Chromium prerenders', () => {
  // Chromium prerenders nothing for a page under a driver, so that this one runs on its own and tells the server.
  const driveItself = () => {
    const say = (word: string) => fetch(`/said/${word}${location.pathname}`);
    const goOn = (path: string) => {
      location.href = path;
    };
    if ((document as { prerendering?: boolean }).prerendering) {
      addEventListener('load', () => say('prerendered'));
      document.addEventListener('prerenderingchange', () => setTimeout(goOn, 600, '/said/elsewhere'));
    } else if (location.pathname.endsWith('/spa')) {
      const rules = { prerender: [{ source: 'list', urls: ['plain'], eagerness: 'immediate' }] };
      const element = Object.assign(document.createElement('script'), { type: 'speculationrules' });
      element.textContent = JSON.stringify(rules);
      addEventListener('load', () => document.head.append(element));
      const wait = setInterval(async () => {
        const path = await (await say('shall-i')).text();
        if (!path) return;
        clearInterval(wait);
        goOn(path);
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

  test('begins when it is shown, and was never hidden before', async () => {
    const visit = autocapture({ before: driveItself });
    profile = await mkdtemp(join(tmpdir(), 'beaconry-undriven-'));
    const args = ['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run', `--user-data-dir=${profile}`];
    child = spawn(browserPath('chromium'), [...args, visit.url('spa')], { stdio: 'ignore' });
    const path = `/said/prerendered${new URL(visit.url('plain')).pathname}`;
    await waitUntil(() => site.pageRequests.some((request) => request.path === path), 'the prerendered page');
    await new Promise((resolve) => setTimeout(resolve, 2000));
    site.say(`/said/shall-i${new URL(visit.url('spa')).pathname}`, 'plain');
    await waitUntil(() => site.pageRequests.some((request) => request.path === '/said/elsewhere'), 'the next page');
    await waitUntil(() => visit.events().some(({ name, page }) => name === 'page_leave' && page.url === '/plain'));
    const events = (await visit.arrived(visit.events().length)).filter(({ page }) => page.url === '/plain');
    const depths = [25, 50, 75, 90, 100].map((percent) => `scroll_depth /plain ${percent}`);
    expect(events.map(lineOf)).toEqual([
      'page_view /plain',
      ...depths,
      'visibility /plain hidden',
      'page_leave /plain',
    ]);
    for (const { name, data } of events) {
      const ms = { page_leave: data.total_ms, visibility: data.ms }[name];
      if (ms === undefined) continue;
      expect(ms).toBeGreaterThanOrEqual(500);
      expect(ms).toBeLessThan(1500);
    }
  });
});

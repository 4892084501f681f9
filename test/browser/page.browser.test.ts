import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Batch } from '../../src/protocol/event.ts';
import { type Browser, engines, openBrowser, type Tab } from './openBrowser.ts';
import { accept, eventsOf, openTrackedSite, type TrackedPage, type TrackedSite } from './trackedSite.ts';
import { waitUntil } from './waitUntil.ts';

interface WatchedPage extends TrackedPage {
  errors: string[];
  violations: string[];
}

// Runs in the page, before our script: notes everything that a page's owner would hear of.
const watch = () => {
  const page = window as unknown as WatchedPage;
  page.errors = [];
  page.violations = [];
  // Also heard here, and no exception: what a policy keeps from loading.
  addEventListener('error', (event) => event instanceof ErrorEvent && page.errors.push(event.message), true);
  addEventListener('unhandledrejection', ({ reason }) => page.errors.push(`rejected: ${reason}`));
  document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) =>
    page.violations.push(`${violatedDirective} ${blockedURI}`),
  );
};

let site: TrackedSite;
beforeAll(async () => {
  site = await openTrackedSite();
});
afterAll(() => site.close());

describe.each(engines)('a page in %s', (engine) => {
  let browser: Browser;
  let tab: Tab;
  /** The endpoint that lets a first request hang is tried beside all else: it takes ten seconds to give up on one. */
  let hanging: { tab: Tab; visit: ReturnType<TrackedSite['visit']> };
  const batch = { size: 1 };

  beforeAll(async () => {
    browser = await openBrowser(engine);
    let requests = 0;
    const answer: NonNullable<Parameters<TrackedSite['visit']>[0]>['answer'] = (_, take) =>
      requests++ ? take() : new Promise(() => {});
    hanging = { tab: await browser.newTab(), visit: site.visit({ before: watch, answer, tracker: { batch } }) };
    await hanging.tab.goto(hanging.visit.url('plain'));
    await hanging.tab.evaluate(() => (window as unknown as TrackedPage).tracker?.track('waits'));
    tab = await browser.newTab();
  });
  afterAll(() => browser?.close());

  const heard = (of: Tab = tab) =>
    of.evaluate(() => {
      const { errors, violations } = window as unknown as WatchedPage;
      return { errors, violations };
    });
  const SILENCE = { errors: [], violations: [] };
  const track = (name: string) =>
    tab.evaluate((wanted) => (window as unknown as TrackedPage).tracker?.track(wanted), name);
  const names = (events: { name: string }[]) => events.map(({ name }) => name);

  test('under the strictest policy has nothing to report', async () => {
    const endpoint = site.visit().endpoint;
    const policy = `default-src 'none'; script-src 'self'; connect-src 'self' ${new URL(endpoint).origin}; require-trusted-types-for 'script'; trusted-types 'none'`;
    const visit = site.visit({
      before: watch,
      tracker: { batch },
      clicks: { text: true },
      headers: { 'content-security-policy': policy },
    });
    await tab.goto(visit.url('clicks'));
    await tab.click('#button');
    await tab.evaluate(() => history.pushState(null, '', 'one'));
    await track('custom');
    const events = await visit.arrived(4);
    expect(names(events).sort()).toEqual(['click', 'custom', 'page_view', 'page_view']);
    // The page's own inline styles are what the policy is against, and show that it is in force.
    const { errors, violations } = await heard();
    expect(errors).toEqual([]);
    expect(violations.filter((text) => !/^style-src|favicon/.test(text))).toEqual([]);
    expect(violations.some((text) => /^style-src/.test(text))).toBe(true);
  });

  const hostile = () => {
    const fail = (what: string) => () => {
      throw new Error(`${what} is out of order`);
    };
    for (const name of ['localStorage', 'sessionStorage', 'indexedDB']) {
      Object.defineProperty(window, name, { get: fail(name) });
    }
    Object.defineProperty(document, 'cookie', { get: fail('cookie'), set: fail('cookie') });
    const page = window as unknown as { fetch: unknown; working: unknown };
    page.working = fetch;
    page.fetch = fail('fetch');
  };
  const both = (one: () => void, other: () => void) => `() => { (${one})(); (${other})(); }` as unknown as () => void;

  test('whose storage and fetch throw hears nothing of it, and its events wait', async () => {
    const visit = site.visit({ before: both(watch, hostile), tracker: { batch } });
    await tab.goto(visit.url('clicks'));
    await tab.click('#button');
    await track('custom');
    await tab.evaluate(() => history.pushState(null, '', 'one'));
    await tab.waitFor(() => (window as unknown as TrackedPage).tracker?.stats().accepted === 4);
    expect(visit.requests).toEqual([]);
    expect(await heard()).toEqual(SILENCE);
    await tab.evaluate(() => {
      const { working } = window as unknown as { working: typeof fetch };
      window.fetch = working;
      void (window as unknown as TrackedPage).tracker?.flush();
    });
    expect(names(await visit.arrived(4))).toEqual(['page_view', 'click', 'custom', 'page_view']);
    expect(await heard()).toEqual(SILENCE);
  });

  const freeze = () => {
    Object.defineProperty(window, 'navigation', { value: undefined, configurable: true });
    Object.freeze(history);
  };
  test('that froze its history hears nothing, and can track', async () => {
    const visit = site.visit({ before: both(watch, freeze), tracker: { batch } });
    await tab.goto(visit.url('clicks'));
    await tab.click('#button');
    await track('custom');
    const arrived = names(await visit.arrived(2)).filter((name) => name !== 'page_view');
    expect(arrived).toEqual(['click', 'custom']);
    expect(await heard()).toEqual(SILENCE);
  });

  test('that froze its history, without a Navigation API, still has its load counted', async () => {
    const visit = site.visit({ before: both(watch, freeze), tracker: { batch } });
    await tab.goto(visit.url('plain'));
    expect(names(await visit.arrivedFrom(tab))).toEqual(['page_view']);
  });

  test('without consent keeps nothing, and its events name nobody', async () => {
    const visit = site.visit({ before: watch, tracker: { batch, consent: 'cookieless' } });
    await tab.goto(site.visit({ isIdle: true }).url('plain'));
    await tab.evaluate(() => {
      localStorage.clear();
      sessionStorage.clear();
    });
    await tab.goto(visit.url('clicks'));
    await tab.click('#button');
    await tab.evaluate(() => {
      const { tracker } = window as unknown as TrackedPage;
      history.pushState(null, '', 'one');
      tracker?.identify('user-1', { plan: 'pro' });
      tracker?.set({ colour: 'blue' });
      tracker?.track('custom');
    });
    const events = await visit.arrived(4);
    expect(names(events)).toEqual(['page_view', 'click', 'page_view', 'custom']);
    await tab.evaluate(() => (window as unknown as TrackedPage).tracker?.flush());
    const kept = await tab.evaluate(async () => ({
      cookies: document.cookie,
      local: Object.keys(localStorage),
      session: Object.keys(sessionStorage),
      databases: await indexedDB.databases(),
      caches: await caches.keys(),
    }));
    expect(kept).toEqual({ cookies: '', local: [], session: [], databases: [], caches: [] });
    const agent = await tab.evaluate(() => navigator.userAgent);
    for (const { body } of visit.requests) {
      expect(body).not.toMatch(/"(visitor|user|userAgent|screen|timeZone)"|user-1/);
      expect(body).not.toContain(agent);
    }
    expect(await heard()).toEqual(SILENCE);
  });

  test('sends a view in one small request, without a preflight, without cookies', async () => {
    const visit = site.visit({
      before: watch,
      answer: (_, take) => {
        const answer = take();
        return { ...(answer as object), headers: { ...CORS, 'set-cookie': 'planted=1; Path=/' } };
      },
    });
    await tab.goto(site.visit({ isIdle: true }).url('plain'));
    // Cookies know no ports: this one is the endpoint's as well.
    await tab.evaluate(() => {
      // biome-ignore lint/suspicious/noDocumentCookie: not every engine has a cookie store
      document.cookie = 'own=1; path=/';
    });
    await tab.goto(visit.url('plain'));
    await visit.arrived(1);
    expect(visit.requests.map(({ method }) => method)).toEqual(['POST']);
    const [request] = visit.requests;
    expect(request?.headers['content-type']).toMatch(/^text\/plain/);
    expect(request?.headers.cookie).toBeUndefined();
    expect(request?.bytes.length).toBeLessThanOrEqual(650);
    expect(await tab.evaluate(() => document.cookie)).toBe('own=1');
    await tab.evaluate(() => {
      // biome-ignore lint/suspicious/noDocumentCookie: not every engine has a cookie store
      document.cookie = 'own=; path=/; max-age=0';
    });
    expect(await heard()).toEqual(SILENCE);
  });

  test.skipIf(engine !== 'chromium')('neither shifts nor stands still while it tracks', async () => {
    // The other engines observe neither layout shifts nor long tasks.
    const visit = site.visit({ before: watch });
    await tab.goto(visit.url('clicks'));
    await visit.arrived(1, 0);
    const burst = () =>
      tab.evaluate(async () => {
        const seen: string[] = [];
        const observer = new PerformanceObserver((list) => {
          for (const { entryType } of list.getEntries()) seen.push(entryType);
        });
        for (const type of ['layout-shift', 'longtask']) observer.observe({ type });
        const { tracker } = window as unknown as TrackedPage;
        const start = performance.now();
        for (let index = 0; index < 200; index++) tracker?.track('burst', { index });
        const ms = performance.now() - start;
        await tracker?.flush();
        await new Promise((resolve) => setTimeout(resolve, 100));
        observer.disconnect();
        return { seen, ms };
      });
    // Another process may have taken the processor meanwhile; it does not do so three times.
    const bursts = [await burst(), await burst(), await burst()];
    expect(bursts.flatMap(({ seen }) => seen)).not.toContain('layout-shift');
    expect(bursts.map(({ seen }) => seen)).toContainEqual([]);
    const events = await visit.arrived(601);
    expect(events.filter(({ name }) => name === 'burst')).toHaveLength(600);
  });

  test('hears nothing of an endpoint that fails, and its events arrive once when it recovers', async () => {
    let failures = 0;
    const visit = site.visit({
      before: watch,
      tracker: { batch },
      answer: (_, take) => (failures++ < 2 ? { status: 500, headers: CORS } : take()),
    });
    await tab.goto(visit.url('clicks'));
    await track('one');
    await track('two');
    expect(names(await visit.arrived(3))).toEqual(['page_view', 'one', 'two']);
    await tab.waitFor(() => (window as unknown as TrackedPage).tracker?.stats().pending === 0);
    // Besides the two that failed, each event was sent once.
    const sent = visit.requests.slice(2).flatMap(({ body }) => (JSON.parse(body) as Batch).events);
    expect(sent).toHaveLength(3);
    expect(await heard()).toEqual(SILENCE);
  });

  test('hears nothing of an endpoint that is not there, and its events arrive once when it is', async () => {
    const bodies: string[] = [];
    const dead = createServer(async (incoming, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of incoming) chunks.push(chunk);
      const body = Buffer.concat(chunks).toString();
      bodies.push(body);
      const { headers = {}, body: receipt } = accept({ body } as Parameters<typeof accept>[0]) as {
        headers?: Record<string, string>;
        body: string;
      };
      response.writeHead(200, headers);
      response.end(receipt);
    });
    const listen = (port: number) => new Promise<void>((resolve) => dead.listen(port, '127.0.0.1', resolve));
    await listen(0);
    const { port } = dead.address() as AddressInfo;
    await new Promise((resolve) => dead.close(resolve));

    const visit = site.visit({ before: watch, tracker: { batch }, endpoint: `http://127.0.0.1:${port}/e` });
    await tab.goto(visit.url('plain'));
    await tab.evaluate(() => {
      const page = window as unknown as TrackedPage & { failed: number };
      page.failed = 0;
      page.tracker?.on('delivery', ({ kind }) => {
        if (kind === 'retry') page.failed++;
      });
      page.tracker?.track('one');
    });
    await tab.waitFor(() => (window as unknown as { failed: number }).failed > 0);
    await listen(port);
    await track('two');
    await tab.waitFor(() => (window as unknown as TrackedPage).tracker?.stats().pending === 0);
    const batches = bodies.map((body) => JSON.parse(body) as Batch);
    expect(names(eventsOf(batches, site.url))).toEqual(['page_view', 'one', 'two']);
    expect(batches.flatMap(({ events }) => events)).toHaveLength(3);
    expect(await heard()).toEqual(SILENCE);
    dead.closeAllConnections();
    await new Promise((resolve) => dead.close(resolve));
  });

  test.skipIf(engine !== 'chromium')('that was offline sends once it is online again', async () => {
    // Of the drivers only Chromium's can take the network away.
    const visit = site.visit({ before: watch, tracker: { batch } });
    await tab.goto(visit.url('plain'));
    await visit.arrived(1, 0);
    await tab.page?.context().setOffline(true);
    await track('offline');
    await tab.waitFor(() => !navigator.onLine);
    await track('still_offline');
    expect(names(await visit.arrived(1))).toEqual(['page_view']);
    await tab.page?.context().setOffline(false);
    expect(names(await visit.arrived(3))).toEqual(['page_view', 'offline', 'still_offline']);
    expect(await heard()).toEqual(SILENCE);
  });

  test('hears nothing of an endpoint that lets it wait, and its events arrive once it answers', async () => {
    const { tab: waiting, visit } = hanging;
    await waiting.show();
    await waitUntil(() => visit.events().length > 1, 'the second attempt', { timeoutMs: 25_000 });
    expect(names(await visit.arrived(2))).toEqual(['page_view', 'waits']);
    await waiting.waitFor(() => (window as unknown as TrackedPage).tracker?.stats().pending === 0);
    expect(await heard(waiting)).toEqual(SILENCE);
  });
});

const CORS = { 'access-control-allow-origin': '*', 'content-type': 'application/json' };

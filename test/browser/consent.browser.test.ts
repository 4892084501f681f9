import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type * as Beaconry from '../../src/index.ts';
import { type Browser, type EngineName, engines, openBrowser, type Tab } from './openBrowser.ts';
import { openTrackedSite, type TrackedPage, type TrackedSite, type Visit, type VisitOptions } from './trackedSite.ts';
import { waitUntil } from './waitUntil.ts';

/** What a page has on `window` once `begin` ran. */
interface Asked extends TrackedPage {
  consent: Beaconry.ConsentApi;
  tracker: Beaconry.Tracker;
}

/** Everything on the device that this origin could have written. */
interface Stores {
  cookies: string[];
  local: string[];
  session: string[];
  databases: string[];
  caches: string[];
}
const NOTHING: Stores = { cookies: [], local: [], session: [], databases: [], caches: [] };
const THE_CHOICE: Stores = { ...NOTHING, cookies: ['user_tracking_consent'] };

const lookAtStores = async (): Promise<Stores> => ({
  cookies: document.cookie
    .split('; ')
    .filter(Boolean)
    .map((cookie) => cookie.split('=')[0] as string),
  local: Object.keys(localStorage),
  session: Object.keys(sessionStorage),
  databases: (await indexedDB.databases()).map(({ name }) => `${name}`),
  caches: 'caches' in window ? await caches.keys() : [],
});

/** Starts consent and a tracker in the page. */
const begin = (tab: Tab, options: Beaconry.ConsentOptions & { gpc?: Beaconry.ConsentOptions['gpc'] } = {}, more = {}) =>
  tab.evaluate(
    ({ options, more }) => {
      const page = window as unknown as Asked;
      const { beaconry } = page;
      const endpoint = document.querySelector<HTMLScriptElement>('script[data-endpoint]')?.dataset.endpoint as string;
      page.consent = beaconry.createConsent({ banner: false, ...options });
      page.tracker = beaconry.createTracker({
        endpoint,
        site: 'pages',
        consent: page.consent,
        capture: [beaconry.pageViews(), beaconry.clicks()],
        outbox: beaconry.durableOutbox(),
        ...more,
      });
    },
    { options, more },
  );

/** What the page can be told to do, in one task. */
const actions = {
  grant: () => (window as unknown as Asked).consent.give(),
  refuse: () => (window as unknown as Asked).consent.deny(),
  track: () => (window as unknown as Asked).tracker.track('a'),
  flush: () => (window as unknown as Asked).tracker.flush(),
  'refuse with a request under way': () => {
    const { consent, tracker } = window as unknown as Asked;
    tracker.track('a');
    void tracker.flush();
    setTimeout(() => consent.deny(), 100);
  },
  'grant and leave': () => {
    const { consent, tracker } = window as unknown as Asked;
    tracker.track('a');
    consent.give();
    location.href = 'blank';
  },
};

/** One visit's steps, in one task each unless they say otherwise; what then arrives, in this visit and on its next page. */
const orders: Record<string, { steps: string[]; arrive: string[] }> = {
  'granted before the tracker is created': {
    steps: ['consent', 'grant', 'tracker', 'a', 'flush'],
    arrive: ['page_view', 'a'],
  },
  'granted while the tracker is created': {
    steps: ['consent', 'tracker that grants', 'a', 'flush'],
    arrive: ['consent', 'page_view', 'a'],
  },
  'granted after the tracker is created': {
    steps: ['consent', 'tracker', 'a', 'grant', 'flush'],
    arrive: ['page_view', 'a', 'consent'],
  },
  'granted in another tab': {
    steps: ['consent', 'tracker', 'a', 'wait', 'grant elsewhere', 'return', 'flush'],
    arrive: ['page_view', 'a', 'consent'],
  },
  'granted during a flush': {
    steps: ['consent', 'tracker', 'a', 'flush', 'grant', 'flush'],
    arrive: ['page_view', 'a', 'consent'],
  },
  'R11 withdrawn during a flush': {
    steps: ['consent', 'grant', 'tracker', 'a', 'flush', 'refuse', 'a', 'flush'],
    arrive: [],
  },
  'R11 withdrawn in another tab during a flush': {
    steps: ['consent', 'grant', 'tracker', 'a', 'flush', 'refuse elsewhere', 'wait', 'a', 'flush'],
    arrive: [],
  },
  'R11 withdrawn in the task in which the page is left': {
    steps: ['consent', 'grant', 'tracker', 'a', 'refuse', 'leave'],
    arrive: [],
  },
  'R11 withdrawn in another tab as the page is left': {
    steps: ['consent', 'grant', 'tracker', 'a', 'refuse elsewhere', 'leave'],
    arrive: [],
  },
};

/** One tab after another, all on the device of one visitor who begins anew with each visit. */
describe.each(engines)('consent in %s', (engine: EngineName) => {
  let site: TrackedSite;
  let browser: Browser;
  beforeAll(async () => {
    site = await openTrackedSite();
    browser = await openBrowser(engine);
  });
  afterAll(async () => {
    await browser?.close();
    await site?.close();
  });

  const open = async (visit: Visit, name = 'consent-everything') => {
    const tab = await browser.newTab();
    await tab.goto(visit.url(name));
    return tab;
  };
  /** A visit in a tab whose origin has nothing on the device. */
  const fresh = async (options: VisitOptions = {}) => {
    const visit = site.visit({ isIdle: true, ...options });
    const tab = await open(visit);
    await tab.evaluate(async () => {
      for (const cookie of document.cookie.split('; ')) {
        // biome-ignore lint/suspicious/noDocumentCookie: all browsers have it
        document.cookie = `${cookie.split('=')[0]}=;Path=/;Max-Age=0`;
      }
      localStorage.clear();
      for (const { name } of await indexedDB.databases()) {
        await new Promise((done) => {
          const request = indexedDB.deleteDatabase(`${name}`);
          request.onsuccess = request.onerror = request.onblocked = done;
        });
      }
    });
    expect(await tab.evaluate(lookAtStores)).toEqual(NOTHING);
    return { visit, tab };
  };
  const stores = (tab: Tab) => tab.evaluate(lookAtStores);
  const names = (visit: Visit) => visit.events().map(({ name }) => name);
  const quiet = (ms = 1200) => new Promise((resolve) => setTimeout(resolve, ms));

  test.each(['none', 'memory'] as const)(
    'R1 R2 before a choice nothing is written and nothing is sent (%s)',
    async (beforeConsent) => {
      const { visit, tab } = await fresh();
      await begin(tab, { beforeConsent });
      await tab.click('#act');
      await tab.evaluate(actions.track);
      await tab.evaluate(actions.flush);
      await quiet();
      expect([await stores(tab), visit.requests.length]).toEqual([NOTHING, 0]);
      // And yet the page is alive.
      await tab.evaluate(actions.grant);
      await tab.evaluate(actions.track);
      await tab.evaluate(actions.flush);
      await waitUntil(() => names(visit).includes('consent'), 'events after the grant');
      expect(names(visit)).toEqual(
        beforeConsent === 'none' ? ['page_view', 'consent', 'a'] : ['page_view', 'click', 'a', 'consent', 'a'],
      );
      await tab.close();
    },
  );

  test('R1 after a refusal there is nothing but the choice, and nothing is sent', async () => {
    const { visit, tab } = await fresh();
    await begin(tab);
    await tab.evaluate(actions.track);
    await tab.evaluate(actions.refuse);
    await tab.evaluate(actions.track);
    await tab.evaluate(actions.flush);
    await quiet();
    expect([await stores(tab), visit.requests.length]).toEqual([THE_CHOICE, 0]);
    await tab.reload();
    await begin(tab);
    await tab.evaluate(actions.track);
    await quiet(500);
    expect([await stores(tab), visit.requests.length]).toEqual([THE_CHOICE, 0]);
    await tab.close();
  });

  test('R11 R12 a withdrawal stops capture in its task and empties the device within a second', async () => {
    const { visit, tab } = await fresh({ answer: () => ({ status: 503 }) });
    await begin(tab, {}, { privacy: 'balanced' });
    await tab.evaluate(actions.grant);
    await tab.evaluate(actions.track);
    await tab.waitFor(async () => (await indexedDB.databases()).length > 0);
    await waitUntil(() => visit.requests.length > 0, 'a request');
    expect((await stores(tab)).local).toEqual(['beaconry.pages']);
    const accepted = await tab.evaluate(() => {
      const { consent, tracker } = window as unknown as Asked;
      consent.revoke();
      const { accepted } = tracker.stats();
      document.querySelector<HTMLElement>('#act')?.click();
      return [tracker.stats().accepted - accepted, tracker.session.id ?? null];
    });
    expect(accepted).toEqual([0, null]);
    await quiet(1000);
    const before = visit.requests.length;
    expect(await stores(tab)).toEqual(THE_CHOICE);
    await quiet(1500);
    expect(visit.requests.length).toBe(before);
    expect(await tab.evaluate(() => (window as unknown as Asked).tracker.stats().pending)).toBe(0);
    await tab.close();
  });

  test('R11 another tab obeys before its next request', async () => {
    const { visit, tab } = await fresh();
    await begin(tab);
    await tab.evaluate(actions.grant);
    await tab.evaluate(actions.flush);
    await waitUntil(() => names(visit).includes('consent'), 'the first events');
    const second = await open(visit);
    await begin(second);
    await second.evaluate(actions.flush);
    await waitUntil(() => names(visit).filter((name) => name === 'page_view').length === 2, 'the second tab');
    await tab.evaluate(actions.refuse);
    const before = visit.requests.length;
    await second.evaluate(actions.track);
    await second.evaluate(actions.flush);
    await quiet();
    expect(visit.requests.length).toBe(before);
    expect(await second.evaluate(() => (window as unknown as Asked).consent.get())).toBe('denied');
    // It may have begun to open the store in that moment; that is gone by its next turn.
    const isEmpty = async () => JSON.stringify(await stores(second)) === JSON.stringify(THE_CHOICE);
    await waitUntil(isEmpty, 'nothing but the choice').catch(async () =>
      expect(await stores(second)).toEqual(THE_CHOICE),
    );
    await second.close();
    await tab.close();
  });

  test.each([
    ['keeps tracking', 'durable'],
    ['keeps tracking', 'memory'],
    ['has not tracked yet', 'durable'],
  ] as const)('R12 a withdrawal empties the device also where another tab %s (%s outbox)', async (state, kind) => {
    const { visit, tab } = await fresh();
    await begin(tab);
    await tab.evaluate(actions.grant);
    await tab.evaluate(actions.flush);
    const second = await open(visit);
    const isBusy = state === 'keeps tracking';
    // Nothing of it is sent, or it would look at the consent for that.
    await begin(second, {}, { batch: { size: 1000, intervalMs: 60_000 }, ...(!isBusy && { capture: [] }) });
    if (kind === 'memory') {
      await second.evaluate(() => {
        const page = window as unknown as Asked;
        const { beaconry, consent } = page;
        page.tracker.stop();
        const batch = { size: 1000, intervalMs: 60_000 };
        page.tracker = beaconry.createTracker({ endpoint: '/said/nothing', site: 'pages', consent, batch });
      });
    }
    if (isBusy) {
      await second.evaluate(() => {
        const { tracker } = window as unknown as Asked;
        setInterval(() => tracker.track('b'), 20);
      });
      await quiet(300);
    }
    await second.evaluate(() => {
      const { open } = IDBFactory.prototype;
      IDBFactory.prototype.open = function (...args) {
        document.documentElement.dataset.opened = args[0];
        return open.apply(this, args);
      };
    });
    await tab.evaluate(actions.refuse);
    // Longer than an idle tab waits before it looks for what a former visit left.
    for (const ms of [1000, isBusy ? 1000 : 3000]) {
      await quiet(ms);
      expect([await stores(tab), await stores(second)]).toEqual([THE_CHOICE, THE_CHOICE]);
    }
    const seen = await second.evaluate(() => {
      const { consent, tracker } = window as unknown as Asked;
      return [consent.get(), document.documentElement.dataset.opened ?? null, tracker.stats().pending];
    });
    // One that has not opened it may look into it once, if it hears of the choice before it hears of the deletion.
    expect(seen).toEqual(['denied', isBusy ? null : seen[1], 0]);
    await second.close();
    await tab.close();
  });

  test('a refusal while a batch is under way breaks the request off', async () => {
    let hang = true;
    const { visit, tab } = await fresh({
      answer: (_request, accept) =>
        hang ? new Promise((resolve) => setTimeout(() => resolve({ status: 503 }), 1500)) : accept(),
    });
    await begin(tab);
    await tab.evaluate(actions.grant);
    await tab.evaluate(actions['refuse with a request under way']);
    await quiet(2500);
    hang = false;
    const sent = visit.requests.length;
    await tab.evaluate(actions.track);
    await tab.evaluate(actions.flush);
    await quiet();
    expect([visit.requests.length, await stores(tab)]).toEqual([sent, THE_CHOICE]);
    const stats = await tab.evaluate(() => (window as unknown as Asked).tracker.stats());
    expect([stats.pending, stats.acknowledged]).toEqual([0, 0]);
    await tab.close();
  });

  test.each(Object.entries(orders))('%s', async (_name, { steps, arrive }) => {
    const { visit, tab } = await fresh();
    const isLeft = steps.includes('leave');
    const walk = tab.evaluate(async (todo) => {
      const page = window as unknown as Asked;
      const { beaconry } = page;
      const endpoint = document.querySelector<HTMLScriptElement>('script[data-endpoint]')?.dataset.endpoint as string;
      const track = (...more: Beaconry.Capture[]) => {
        const capture = [...more, beaconry.pageViews()];
        const { consent } = page;
        page.tracker = beaconry.createTracker({
          endpoint,
          site: 'pages',
          consent,
          capture,
          outbox: beaconry.durableOutbox(),
        });
      };
      const elsewhere = (state: number) => {
        const at = Math.floor(Date.now() / 60_000).toString(36);
        // biome-ignore lint/suspicious/noDocumentCookie: as another tab writes it
        document.cookie = `user_tracking_consent=1.1.${at}.b.0.analytics~${state};Path=/`;
      };
      const acts: Record<string, () => unknown> = {
        consent: () => {
          page.consent = beaconry.createConsent({ banner: false });
        },
        tracker: () => track(),
        'tracker that grants': () =>
          track(() => {
            page.consent.give();
            return () => {};
          }),
        grant: () => page.consent.give(),
        refuse: () => page.consent.deny(),
        'grant elsewhere': () => elsewhere(1),
        'refuse elsewhere': () => elsewhere(0),
        a: () => page.tracker.track('a'),
        flush: () => void page.tracker.flush(),
        return: () => dispatchEvent(new Event('focus')),
        wait: () => new Promise((resolve) => setTimeout(resolve, 100)),
        leave: () => {
          location.href = 'blank';
        },
      };
      for (const step of todo) {
        const done = acts[step]?.();
        if (done instanceof Promise) await done;
      }
    }, steps);
    await (isLeft ? walk.catch(() => {}) : walk);
    if (isLeft) {
      await tab.waitFor(() => location.pathname.endsWith('blank') && document.readyState === 'complete');
      await begin(tab, {}, { capture: [] });
      await tab.evaluate(actions.flush);
    }
    if (arrive.length) await waitUntil(() => names(visit).length >= arrive.length, 'the events').catch(() => {});
    await quiet(600);
    expect(names(visit).sort()).toEqual([...arrive].sort());
    if (!arrive.length) expect([await stores(tab), visit.requests.length]).toEqual([THE_CHOICE, 0]);
    await tab.close();
  });

  test('R19 the browser’s opt-out signal refuses without a cookie, and an explicit choice wins', async () => {
    const { visit, tab } = await fresh({
      before: () => Object.defineProperty(Navigator.prototype, 'globalPrivacyControl', { get: () => true }),
    });
    await begin(tab);
    await tab.evaluate(actions.track);
    await tab.evaluate(actions.flush);
    await quiet(500);
    expect([await stores(tab), visit.requests.length]).toEqual([NOTHING, 0]);
    await tab.evaluate(actions.grant);
    await tab.evaluate(actions.flush);
    await waitUntil(() => names(visit).includes('consent'), 'events after the grant');
    await tab.close();
  });

  test('R22 with cookies and storage refused the choice holds for the page, and nothing throws', async () => {
    // Nothing can be cleared there, nor is there anything.
    const visit = site.visit({
      isIdle: true,
      before: () => {
        const refuse = () => {
          throw new DOMException('refused', 'SecurityError');
        };
        Object.defineProperty(Document.prototype, 'cookie', { get: refuse, set: refuse });
        for (const name of ['localStorage', 'sessionStorage', 'indexedDB'])
          Object.defineProperty(window, name, { get: refuse });
        addEventListener('error', () => document.documentElement.setAttribute('data-failed', ''));
      },
    });
    const tab = await open(visit);
    await begin(tab);
    await tab.evaluate(actions.track);
    expect(visit.requests.length).toBe(0);
    await tab.evaluate(actions.grant);
    await tab.evaluate(actions.flush);
    await waitUntil(() => names(visit).includes('a'), 'events after the grant');
    await tab.evaluate(actions.refuse);
    await tab.evaluate(actions.track);
    await tab.evaluate(actions.flush);
    await quiet(500);
    expect(names(visit).filter((name) => name === 'a')).toHaveLength(1);
    expect(await tab.evaluate(() => document.documentElement.hasAttribute('data-failed'))).toBe(false);
    await tab.close();
  });

  // Last of all: WebKit may keep the page that is left, and with it a connection that holds up who would begin anew.
  test('a grant in the task in which the page is left counts, here and on the next page', async () => {
    const { visit, tab } = await fresh();
    await begin(tab);
    await tab.evaluate(actions['grant and leave']).catch(() => {});
    await tab.waitFor(() => location.pathname.endsWith('blank') && document.readyState === 'complete');
    await begin(tab);
    await tab.evaluate(actions.flush);
    await waitUntil(() => names(visit).includes('consent') && names(visit).includes('a'), 'what was held');
    expect(new Set(names(visit))).toEqual(new Set(['page_view', 'a', 'consent']));
    expect(new Set(visit.events().map(({ session }) => session)).size).toBe(1);
    await tab.close();
  });
});

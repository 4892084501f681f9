import { type EngineName, engines, restartableEngines, type Tab } from '../browser/openBrowser.ts';
import { waitUntil } from '../browser/waitUntil.ts';
import type { Scenario, World } from './world.ts';

const CHROMIUM: EngineName[] = ['chromium'];
/** Nothing goes out by itself while a scenario prepares. */
const PATIENT = { size: 100_000, intervalMs: 600_000 };
const EAGER = { size: 10, intervalMs: 200 };
/** How long a leaving page's events rest, and what the checks allow for clocks and scheduling. */
const REST_MS = 10_000;
const LEEWAY_MS = 200;
/** For servers that cannot tell copies. */
const ONCE = { delivery: 'at-most-once' } as const;

const stats = (tab: Tab) => tab.evaluate(() => window.faults.tracker.stats());
const errors = (tab: Tab) => tab.evaluate(() => window.faults.errors);
const now = () => Date.now();

/** Every fault that a machine can produce here, in the order of the table that docs/reliability.md prints. */
export const scenarios: Scenario[] = [
  {
    row: 1,
    name: 'all fine',
    engines,
    async run(world) {
      const tab = await world.open();
      for (let round = 0; round < 4; round++) {
        await world.track(tab, 25);
        await world.wait(100);
      }
      await flush(tab);
      await world.delivered();
      await world.drained(tab);
      await world.balanced(tab);
      const { accepted } = world.collector.reported();
      world.check(accepted === 100, `batches report ${accepted} accepted events, not 100`);
      world.check(world.collector.mostOpen() === 1, 'more than one request at a time');
    },
  },
  {
    row: 2,
    name: 'server refuses connections for 10 s',
    engines,
    quick: [],
    async run(world) {
      await world.collector.refuse();
      const tab = await world.open();
      await world.track(tab, 20);
      await world.wait(10_000);
      await world.track(tab, 20);
      await world.balanced(tab);
      await world.collector.comeBack();
      await world.delivered(60_000);
      await world.drained(tab);
      await world.balanced(tab);
    },
  },
  {
    row: 2,
    name: 'server refuses, the page is reloaded, the server is back',
    engines,
    quick: CHROMIUM,
    async run(world) {
      await world.collector.refuse();
      const tab = await world.open();
      await world.track(tab, 20);
      await world.wait(1000);
      await tab.reload();
      await world.collector.comeBack();
      // Refusals that the browser reports late may hold a tail back for its rest.
      await world.delivered(REST_MS + 20_000);
    },
  },
  {
    row: 2,
    name: 'server refuses, the page is left with events that were never sent, the server is back',
    engines,
    async run(world) {
      const tab = await world.open({ batch: PATIENT });
      await warmUp(world, tab);
      await world.collector.refuse();
      await world.track(tab, 5);
      await world.wait(500);
      await tab.goto(`${world.pages.url}/blank`);
      // Firefox tries for a while to connect, also for the last words of a page.
      await world.wait(3000);
      await world.collector.comeBack();
      await tab.goto(world.address());
      await world.delivered(REST_MS + 15_000);
    },
  },
  {
    row: 3,
    name: 'offline, then online',
    engines: restartableEngines,
    async run(world) {
      const tab = await world.open();
      const context = tab.page?.context();
      try {
        await context?.setOffline(true);
        await world.track(tab, 30);
        await world.wait(2000);
        await world.balanced(tab);
      } finally {
        await context?.setOffline(false);
      }
      await world.delivered();
      await world.drained(tab);
      await world.balanced(tab);
    },
  },
  {
    row: 4,
    name: 'outage of 24 h (the clock is set forward)',
    engines: restartableEngines,
    quick: [],
    async run(world) {
      const early = await world.open();
      await world.track(early, 1);
      await world.delivered();
      await world.collector.refuse();
      await world.track(early, 30);
      await world.wait(500);
      await early.close();
      await world.collector.comeBack();
      await world.open({ aheadMs: 24 * 3_600_000 });
      await world.delivered();
    },
  },
  {
    row: 4,
    name: 'outage of 8 days (the clock is set forward): expired, and counted',
    engines: restartableEngines,
    quick: CHROMIUM,
    async run(world) {
      await world.collector.refuse();
      const early = await world.open({ batch: PATIENT });
      const old = await world.track(early, 30);
      await world.wait(500);
      await early.close();
      // Firefox tries for a while to connect, also for the last words of a closed tab.
      await world.wait(3000);
      await world.collector.comeBack();
      const late = await world.open({ aheadMs: 8 * 24 * 3_600_000, batch: EAGER });
      await world.track(late, 1);
      // The first request makes it known that the rest has expired, the next one tells the server.
      await reports(world, late, 'expired', 30);
      world.expectDropped(old);
      await world.delivered();
    },
  },
  ...[500, 502, 503, 504, 408, 425].map(
    (status, index): Scenario => ({
      row: 5,
      name: `answers ${status} three times`,
      engines: index ? restartableEngines : engines,
      quick: index ? [] : engines,
      async run(world) {
        let failures = 3;
        world.collector.script = () => (failures-- > 0 ? { status } : {});
        const tab = await world.open();
        await world.track(tab, 20);
        await world.delivered();
        await world.drained(tab);
        await world.balanced(tab);
        world.check(world.collector.rebatched().length === 0, 'a refused batch came back as another batch');
      },
    }),
  ),
  {
    row: 6,
    name: '429, Retry-After in seconds: obeyed across a reload and by another tab',
    engines,
    run: (world) => pause(world, () => ({ status: 429, retryAfter: '5' })),
  },
  {
    row: 6,
    name: '503, Retry-After as a date: obeyed across a reload and by another tab',
    engines,
    quick: [],
    run: (world) => pause(world, () => ({ status: 503, retryAfter: new Date(now() + 6000).toUTCString() })),
  },
  {
    row: 6,
    name: '429, Retry-After not readable',
    engines,
    quick: CHROMIUM,
    async run(world) {
      let refusals = 3;
      world.collector.script = () => (refusals-- > 0 ? { status: 429, retryAfter: '3600', isExposed: false } : {});
      const tab = await world.open();
      await world.track(tab, 20);
      await world.delivered();
      await world.drained(tab);
      await world.balanced(tab);
    },
  },
  {
    row: 7,
    name: '413 above 3 events',
    engines,
    quick: ['chromium', 'webkit'],
    async run(world) {
      world.collector.script = ({ labels }) => ({ status: labels.length > 3 ? 413 : 200 });
      const tab = await world.open({ batch: EAGER });
      await world.track(tab, 24);
      await world.delivered();
      await world.drained(tab);
      await world.balanced(tab);
      const { length } = world.collector.arrivals;
      await world.track(tab, 24);
      await world.delivered();
      const refused = world.collector.arrivals.slice(length).filter(({ status }) => status === 413).length;
      world.check(refused === 0, `the size that worked was forgotten: ${refused} more refusals`);
    },
  },
  {
    row: 8,
    name: '413 for one event',
    engines,
    quick: CHROMIUM,
    run: (world) => badEvent(world, 413, 'too_large'),
  },
  {
    row: 9,
    name: '400 for one bad event among 20',
    engines,
    run: (world) => badEvent(world, 400, 'rejected'),
  },
  {
    row: 9,
    name: '422 for one bad event among 20',
    engines: restartableEngines,
    quick: [],
    run: (world) => badEvent(world, 422, 'rejected'),
  },
  ...[401, 403, 404, 410].map(
    (status): Scenario => ({
      row: 10,
      name: `answers ${status} until the owner mends it`,
      engines: restartableEngines,
      quick: status === 404 ? CHROMIUM : [],
      run: (world) => misconfigured(world, { status }),
    }),
  ),
  {
    row: 11,
    name: 'answers with a redirect',
    engines,
    quick: CHROMIUM,
    run: (world) => misconfigured(world, { status: 302, headers: { location: '/elsewhere' } }),
  },
  {
    row: 11,
    name: 'answers what the page may not read (no CORS)',
    engines,
    quick: CHROMIUM,
    async run(world) {
      let opaque = 3;
      world.collector.script = () => (opaque-- > 0 ? { isReadable: false, isStored: false } : {});
      const tab = await world.open();
      await world.track(tab, 20);
      await world.delivered();
      await world.drained(tab);
      await world.balanced(tab);
    },
  },
  {
    row: 12,
    name: 'stores the events, and the reply is lost, three times',
    engines,
    mayRepeat: true,
    async run(world) {
      let losses = 3;
      world.collector.script = () => (losses-- > 0 ? { reply: 'dropped' } : {});
      const tab = await world.open();
      await world.track(tab, 20);
      await world.delivered();
      await world.drained(tab);
      await world.balanced(tab);
      const again = world.collector.rebatched();
      world.check(again.length === 0, `${again.length} events were repeated in another batch`);
      const { accepted } = world.collector.reported();
      world.check(accepted === 20, `batches report ${accepted} accepted events, not 20`);
    },
  },
  {
    row: 12,
    name: 'at most once: stores the events, and the replies are lost',
    engines,
    async run(world) {
      const { collector } = world;
      collector.script = () => (collector.arrivals.length < 3 ? { reply: 'dropped' } : {});
      const tab = await world.open({ ...ONCE, batch: EAGER });
      for (let round = 0; round < 5; round++) {
        await world.track(tab, 10);
        await world.wait(700);
      }
      await world.delivered();
      await world.drained(tab, REST_MS + 5000);
      await world.balanced(tab);
      const { dropped, acknowledged } = await stats(tab);
      world.note(`${acknowledged} acknowledged, ${dropped.unconfirmed ?? 0} unconfirmed`);
      world.check(dropped.unconfirmed, `dropped: ${JSON.stringify(dropped)}`);
    },
  },
  {
    row: 13,
    name: 'a reused connection breaks: Chromium repeats the request by itself',
    engines: CHROMIUM,
    mayRepeat: true,
    async run(world) {
      const { collector } = world;
      collector.script = () => (collector.arrivals.length === 1 ? { reply: 'dropped' } : {});
      const tab = await world.open({ batch: EAGER });
      await world.track(tab, 10);
      await world.delivered();
      await world.track(tab, 10);
      await world.delivered();
      await world.drained(tab);
      await world.balanced(tab);
    },
  },
  {
    row: 14,
    name: 'takes the request and never answers',
    engines,
    quick: CHROMIUM,
    mayRepeat: true,
    async run(world) {
      const { collector } = world;
      collector.script = () => ({ reply: collector.arrivals.length ? 'sent' : 'never', isStored: true });
      const tab = await world.open();
      await world.track(tab, 20);
      await waitUntil(() => collector.arrivals[0]?.endedAt, 'the visitor to give up', { timeoutMs: 20_000 });
      const { at, endedAt = 0 } = collector.arrivals[0] ?? { at: 0 };
      const gaveUpMs = endedAt - at;
      world.check(gaveUpMs > 9500 && gaveUpMs < 12_000, `gave up after ${gaveUpMs} ms, not 10 s`);
      await world.delivered();
      await world.drained(tab);
      await world.balanced(tab);
      world.check(collector.mostOpen() === 1, 'more than one request at a time');
    },
  },
  {
    row: 15,
    name: 'answers 200 and takes 5 s for the body',
    engines,
    async run(world) {
      world.collector.script = { reply: 'slow' };
      const tab = await world.open({ batch: EAGER });
      await world.track(tab, 20);
      const start = now();
      await world.drained(tab);
      world.check(now() - start < 4000, 'the body was waited for');
      await world.delivered();
      await world.balanced(tab);
    },
  },
  {
    row: 16,
    name: 'no-store answers, 400 events over 8 s, then the page is left',
    engines,
    quick: CHROMIUM,
    async run(world) {
      world.collector.script = { headers: { 'cache-control': 'no-store' }, body: 'x'.repeat(1024) };
      const tab = await world.open({ batch: { size: 4, intervalMs: 200 } });
      const labels = world.labels(400);
      await tab.evaluate(async (all) => {
        for (const [index, label] of all.entries()) {
          window.faults.track([label]);
          const dueAt = performance.now() + 20;
          if (index % 10 === 9) window.faults.setHidden(true);
          if (index % 10 === 9) window.faults.setHidden(false);
          await new Promise((resolve) => setTimeout(resolve, dueAt - performance.now()));
        }
      }, labels);
      await world.delivered();
      await world.drained(tab);
      await world.balanced(tab);
      // The share of the keepalive quota must be free for this.
      const before = world.collector.arrivals.length;
      await world.track(tab, 1);
      await tab.goto(`${world.pages.url}/blank`);
      await waitUntil(() => world.collector.arrivals.length > before, 'the last word', { timeoutMs: 3000 }).catch(() =>
        world.check(world.engine !== 'chromium', 'the last word of the page did not get out'),
      );
      await tab.goto(world.address());
      await world.delivered();
      world.note(`${world.collector.arrivals.length} requests`);
    },
    mayRepeat: true,
  },
  {
    row: 17,
    name: 'navigation in the tick of track(), 10 times',
    engines,
    mayRepeat: true,
    async run(world) {
      const tab = await world.open();
      for (let round = 0; round < 10; round++) {
        const labels = world.labels(3);
        const url = world.address({ path: '/next' }).replace('?', `?round=${round}&`);
        await leave(tab, labels, url);
        await tab.waitFor((wanted) => location.search.includes(`round=${wanted}&`) && !!window.faults, round);
      }
      await world.delivered(REST_MS + 15_000);
    },
  },
  {
    row: 17,
    name: 'at most once: navigation in the tick of track(), 10 times',
    engines,
    async run(world) {
      const tab = await world.open(ONCE);
      const all: string[] = [];
      for (let round = 0; round < 10; round++) {
        const labels = world.labels(3);
        all.push(...labels);
        const url = world.address({ ...ONCE, path: '/next' }).replace('?', `?round=${round}&`);
        await leave(tab, labels, url);
        await tab.waitFor((wanted) => location.search.includes(`round=${wanted}&`) && !!window.faults, round);
      }
      // They may be lost, and are counted then. What was stored would go again by now.
      await world.wait(REST_MS + 4000);
      const missing = all.filter((label) => !world.collector.isStored(label));
      world.giveUp(missing);
      world.note(`${all.length - missing.length} of ${all.length} arrived`);
      await world.delivered();
    },
  },
  {
    row: 18,
    name: 'tab closed in the tick of track()',
    engines,
    quick: ['chromium', 'firefox'],
    mayRepeat: true,
    async run(world) {
      for (let round = 0; round < 3; round++) {
        const tab = await world.open();
        await world.track(tab, 3);
        await tab.close();
      }
      await world.open();
      await world.delivered(REST_MS + 15_000);
    },
  },
  {
    row: 19,
    name: 'the browser quits without handlers while the server refuses',
    engines: restartableEngines,
    quick: [],
    async run(world) {
      await world.collector.refuse();
      const { profile, browser, tab } = await launchPage(world);
      await world.track(tab, 60);
      await world.wait(1000);
      await browser.kill();
      await world.collector.comeBack();
      await reopen(world, profile);
    },
  },
  {
    row: 20,
    name: 'SIGKILL 100 ms after the last of 200 events',
    engines: restartableEngines,
    repetitions: { quick: 3, table: 3 },
    async run(world) {
      const { profile, browser, tab } = await launchPage(world, { batch: PATIENT });
      await warmUp(world, tab);
      await world.track(tab, 200);
      await world.wait(100);
      await browser.kill();
      const { length } = world.collector.arrivals;
      world.check(length === 1, `${length - 1} requests before the kill: it proves less`);
      await reopen(world, profile);
      const { accepted } = world.collector.reported();
      world.check(accepted === 201, `batches report ${accepted} accepted events, not 201`);
    },
  },
  {
    row: 21,
    name: 'SIGKILL while sending',
    engines: restartableEngines,
    quick: CHROMIUM,
    mayRepeat: true,
    async run(world) {
      const { collector } = world;
      collector.script = { reply: 'never', isStored: true };
      const { profile, browser, tab } = await launchPage(world);
      await world.track(tab, 50);
      await waitUntil(() => collector.arrivals.length, 'a request');
      await world.track(tab, 50);
      await world.wait(100);
      await browser.kill();
      const sent = collector.arrivals.length;
      collector.script = {};
      await reopen(world, profile);
      const ids = new Set(collector.arrivals.slice(0, sent).map(({ id }) => id));
      const again = collector.arrivals.slice(sent).filter(({ id }) => ids.has(id)).length;
      world.check(again === sent, `${again} of ${sent} batches came again under their ids`);
    },
  },
  {
    row: 21,
    name: 'at most once: SIGKILL while sending',
    engines: restartableEngines,
    quick: CHROMIUM,
    async run(world) {
      const { collector } = world;
      collector.script = { reply: 'never', isStored: true };
      const { profile, browser, tab } = await launchPage(world, ONCE);
      await world.track(tab, 50);
      await waitUntil(() => collector.arrivals.length, 'a request');
      await world.track(tab, 50);
      await world.wait(200);
      await browser.kill();
      const underWay = collector.arrivals.flatMap((batch) => batch.labels).length;
      collector.script = {};
      const again = await world.launch({ profile });
      const next = await world.open({ ...ONCE, browser: again });
      await world.delivered(30_000);
      await reports(world, next, 'unconfirmed', underWay);
      await again.close();
    },
  },
  {
    row: 23,
    name: 'leaving with 160 KiB',
    engines,
    quick: CHROMIUM,
    mayRepeat: true,
    async run(world) {
      const { collector } = world;
      const tab = await world.open({ batch: PATIENT });
      await warmUp(world, tab);
      const labels = await world.track(tab, 40, 4000);
      await world.wait(300);
      await tab.goto(`${world.pages.url}/blank`);
      await world.wait(1000);
      const bytes = collector.arrivals.slice(1).reduce((sum, { bytes }) => sum + bytes, 0);
      world.check(bytes <= 65_536, `a leaving page sent ${bytes} bytes`);
      world.check(collector.isStored(labels.at(-1) as string), 'the newest event did not leave with the page');
      world.note(`${collector.arrivals.slice(1).flatMap((batch) => batch.labels).length} of 40 left with the page`);
      await tab.goto(world.address());
      await world.delivered(REST_MS + 15_000);
    },
  },
  {
    row: 25,
    name: 'hidden, the reply is lost, visible again',
    engines,
    quick: CHROMIUM,
    mayRepeat: true,
    async run(world) {
      const { collector } = world;
      const tab = await world.open({ batch: PATIENT });
      await warmUp(world, tab);
      collector.script = () => ({ reply: collector.arrivals.length > 1 ? 'sent' : 'never', isStored: true });
      const labels = await world.track(tab, 10);
      await world.wait(300);
      await hide(tab, true);
      await waitUntil(() => collector.arrivals.length > 1, 'the last word');
      await hide(tab, false);
      const [first] = labels;
      const sendings = () => collector.arrivals.filter(({ labels }) => labels.includes(first as string));
      await world.track(tab, 1);
      await flush(tab);
      await waitUntil(() => sendings().length > 1, 'the second sending', { timeoutMs: 25_000 });
      const [before, after] = sendings();
      const restedMs = (after?.at ?? 0) - (before?.at ?? 0);
      world.check(restedMs > REST_MS - LEEWAY_MS, `sent again after ${restedMs} ms`);
      await world.delivered();
      await world.drained(tab);
      await world.balanced(tab);
    },
  },
  {
    row: 25,
    name: 'hidden and visible again, answered: never sent twice',
    engines,
    quick: ['chromium', 'webkit'],
    async run(world) {
      const tab = await world.open({ batch: PATIENT });
      await warmUp(world, tab);
      for (let round = 0; round < 5; round++) {
        await world.track(tab, 4);
        await hide(tab, true);
        await hide(tab, false);
        await world.wait(300);
      }
      await world.delivered();
      await world.drained(tab);
      await world.balanced(tab);
    },
  },
  {
    row: 26,
    name: 'into the back/forward cache and out again',
    engines,
    quick: CHROMIUM,
    mayRepeat: true,
    async run(world) {
      const browser = await world.launch({ bfcache: true });
      const tab = await world.open({ browser, batch: EAGER });
      await world.track(tab, 5);
      await world.delivered();
      const holders = () => tab.evaluate(async () => (await navigator.locks.query()).held?.length ?? 0);
      await world.track(tab, 5);
      await tab.goto(`${world.pages.url}/blank`);
      world.check((await holders()) === 0, 'the lock was kept in the cache');
      await tab.back();
      world.check(await tab.evaluate(() => window.faults.isRestored()), 'the page lost its place in the cache');
      await world.track(tab, 5);
      await world.delivered(REST_MS + 15_000);
      // Firefox never shows the answer to what was sent on leaving: it rests, and goes again.
      await world.drained(tab, REST_MS + 10_000);
      await world.balanced(tab);
    },
  },
  {
    row: 27,
    name: 'prerendered (pretended) and never activated',
    engines,
    quick: CHROMIUM,
    async run(world) {
      const tab = await world.open({ breaks: ['prerender'], batch: EAGER });
      world.giveUp(await world.track(tab, 5));
      await world.wait(1000);
      await tab.close();
      await world.wait(500);
      const { length } = world.collector.arrivals;
      world.check(length === 0, `${length} requests of a page that nobody saw`);
    },
  },
  {
    row: 28,
    name: 'two tabs, online',
    engines,
    async run(world) {
      world.collector.script = { delayMs: 40 };
      const batch = { size: 5, intervalMs: 200 };
      const tabs = [await world.open({ batch }), await world.open({ batch })];
      for (let round = 0; round < 10; round++) for (const tab of tabs) await world.track(tab, 5);
      await world.delivered();
      world.check(world.collector.mostOpen() === 1, `${world.collector.mostOpen()} requests at a time`);
      for (const tab of tabs) {
        await world.drained(tab);
        await world.balanced(tab);
      }
    },
  },
  {
    row: 28,
    name: 'two tabs: one tracks while the request of the other is under way',
    engines,
    quick: CHROMIUM,
    async run(world) {
      const { collector } = world;
      const tabs = [await world.open({ batch: EAGER }), await world.open({ batch: EAGER })];
      for (const tab of tabs) await world.track(tab, 1);
      await world.delivered();
      collector.script = { delayMs: 600 };
      for (let round = 0; round < 2; round++) {
        for (const [index, tab] of tabs.entries()) {
          const { length } = collector.arrivals;
          await world.track(tab, 1);
          await waitUntil(() => collector.arrivals.length > length, 'a request');
          await world.track(tabs[1 - index] as Tab, 1);
          await world.delivered(8000);
        }
      }
      world.check(collector.mostOpen() === 1, `${collector.mostOpen()} requests at a time`);
      for (const tab of tabs) await world.balanced(tab);
    },
  },
  {
    row: 28,
    name: 'two tabs: one is told to flush while the request of the other is under way',
    engines,
    quick: CHROMIUM,
    async run(world) {
      const { collector } = world;
      const tabs = [await world.open({ batch: PATIENT }), await world.open({ batch: PATIENT })];
      for (const tab of tabs) await warmUp(world, tab);
      collector.script = { delayMs: 1500 };
      const [sender, other] = tabs as [Tab, Tab];
      await world.track(sender, 3);
      const { length } = collector.arrivals;
      const flushed = flush(sender);
      await waitUntil(() => collector.arrivals.length > length, 'a request');
      await world.track(other, 3);
      await flush(other);
      const { pending } = await stats(other);
      world.check(pending === 0, `flushed, and still holds ${pending}`);
      await flushed;
      await world.delivered();
      world.check(collector.mostOpen() === 1, `${collector.mostOpen()} requests at a time`);
      for (const tab of tabs) await world.balanced(tab);
    },
  },
  {
    row: 29,
    name: 'two tabs, the browser quits without handlers, both reopen',
    engines: restartableEngines,
    quick: CHROMIUM,
    run: twoTabsReopen,
  },
  {
    row: 29,
    name: 'a second tab opens on the backlog of the first',
    engines,
    quick: CHROMIUM,
    async run(world) {
      await world.collector.refuse();
      const first = await world.open({ batch: EAGER });
      await world.track(first, 30);
      await world.wait(500);
      await world.collector.comeBack();
      const second = await world.open({ batch: EAGER });
      await world.track(second, 10);
      await world.delivered();
      world.check(world.collector.mostOpen() === 1, `${world.collector.mostOpen()} requests at a time`);
      for (const tab of [first, second]) {
        await world.drained(tab);
        await world.balanced(tab);
      }
    },
  },
  {
    row: 30,
    name: 'the sending tab crashes',
    engines: CHROMIUM,
    mayRepeat: true,
    async run(world) {
      const { collector } = world;
      collector.script = { reply: 'never', isStored: true };
      const sender = await world.open({ batch: EAGER });
      await world.track(sender, 10);
      await waitUntil(() => collector.arrivals.length, 'a request');
      const other = await world.open({ batch: EAGER });
      await world.track(other, 10);
      await world.wait(300);
      collector.script = {};
      const crashedAt = now();
      await crash(sender);
      // What the other had in hand rests before it goes again: it might have left, and sent it as it did.
      const { arrivals } = collector;
      const again = () => arrivals.find(({ id, at }) => id === arrivals[0]?.id && at > crashedAt);
      await waitUntil(again, 'the batch of the dead tab', { timeoutMs: REST_MS + 10_000 });
      await world.delivered();
      const after = (at = 0) => `${at - crashedAt} ms`;
      world.note(
        `taken over after ${after(arrivals.find(({ at }) => at > crashedAt)?.at)}, the rest after ${after(again()?.at)}`,
      );
      await world.drained(other);
      await world.balanced(other);
    },
  },
  {
    row: 31,
    name: 'the sending tab is frozen (pretended)',
    engines,
    quick: CHROMIUM,
    mayRepeat: true,
    async run(world) {
      const sender = await world.open({ batch: PATIENT });
      await warmUp(world, sender);
      const other = await world.open({ batch: EAGER });
      await world.track(sender, 10);
      await world.wait(300);
      await sender.evaluate(() => {
        window.faults.setHidden(true);
        window.faults.setFrozen(true);
      });
      await world.track(other, 10);
      await world.delivered(REST_MS + 15_000);
      await sender.evaluate(() => {
        window.faults.setFrozen(false);
        window.faults.setHidden(false);
      });
      await world.track(sender, 5);
      await world.delivered();
      for (const tab of [sender, other]) {
        await world.drained(tab);
        await world.balanced(tab);
      }
    },
  },
  {
    row: 32,
    name: 'no Web Locks: two tabs on plain http',
    engines: restartableEngines,
    quick: CHROMIUM,
    async run(world) {
      const origin = world.pages.url.replace('127.0.0.1', 'shop.test');
      const profile = await world.profile({ 'network.dns.localDomains': 'shop.test' });
      const args = world.engine === 'chromium' ? ['--host-resolver-rules=MAP shop.test 127.0.0.1'] : [];
      const browser = await world.launch({ profile, args });
      const first = await world.open({ browser, origin, batch: EAGER });
      world.check(await first.evaluate(() => !isSecureContext && !navigator.locks), 'there are Web Locks here');
      await twoTabsOnALease(world, first, await world.open({ browser, origin, batch: EAGER }));
    },
  },
  {
    row: 32,
    name: 'no Web Locks: two tabs of an old browser (locks removed)',
    engines,
    async run(world) {
      const first = await world.open({ breaks: ['locks'], batch: EAGER });
      await twoTabsOnALease(world, first, await world.open({ breaks: ['locks'], batch: EAGER }));
    },
  },
  {
    row: 32,
    name: 'no Web Locks: SIGKILL 100 ms after the last of 200 events',
    engines: restartableEngines,
    quick: [],
    async run(world) {
      const { profile, browser, tab } = await launchPage(world, { batch: PATIENT, breaks: ['locks'] });
      await warmUp(world, tab);
      await world.track(tab, 200);
      await world.wait(100);
      await browser.kill();
      const again = await world.launch({ profile });
      await world.open({ browser: again, breaks: ['locks'] });
      await world.delivered(45_000);
    },
  },
  ...(['indexedDB', 'open'] as const).map(
    (refused): Scenario => ({
      row: 33,
      name: refused === 'open' ? 'storage refused: open() throws' : 'storage refused: even the name throws',
      engines,
      quick: refused === 'open' ? engines : CHROMIUM,
      async run(world) {
        const tab = await world.open({ breaks: [refused], batch: EAGER });
        await world.track(tab, 20);
        await world.delivered();
        await world.drained(tab);
        await world.balanced(tab);
        const { durable } = await stats(tab);
        world.check(durable === false, 'stats() still promises durability');
        const reports = (await errors(tab)).length;
        world.check(reports === 1, `reported ${reports} times, not once`);
      },
    }),
  ),
  {
    row: 34,
    name: 'quota exceeded (pretended: a disk of 60 KB)',
    engines,
    quick: ['chromium', 'webkit'],
    async run(world) {
      const { collector } = world;
      const tab = await world.open({ breaks: ['quota'], batch: PATIENT });
      await warmUp(world, tab);
      await collector.refuse();
      const labels = [...(await world.track(tab, 50)), ...(await world.track(tab, 50, 1000))];
      await world.wait(1000);
      await world.balanced(tab);
      await collector.comeBack();
      await flush(tab);
      await waitUntil(async () => !(await stats(tab)).pending, 'an empty outbox').catch(() => {});
      const { dropped, durable } = await stats(tab);
      const missing = labels.filter((label) => !collector.isStored(label));
      const { evicted = 0 } = dropped;
      world.note(`${evicted} evicted, ${durable ? 'still durable' : 'then in memory'}`);
      world.check(missing.length === evicted, `${missing.length} missing, ${evicted} evicted`);
      if (missing.length === evicted) world.expectDropped(missing);
      await world.delivered();
      await world.drained(tab);
      await world.balanced(tab);
    },
  },
  {
    row: 35,
    name: 'the database connection is lost',
    engines,
    quick: ['chromium', 'firefox'],
    async run(world) {
      const tab = await world.open({ batch: PATIENT });
      await warmUp(world, tab);
      await world.track(tab, 10);
      await world.wait(500);
      await tab.evaluate(() => {
        for (const connection of window.faults.connections) connection.close();
      });
      await world.track(tab, 10);
      await world.wait(500);
      const { durable } = await stats(tab);
      world.check(durable === (await isDurable(tab)), 'the store was given up without need');
      await flush(tab);
      await world.delivered();
      await world.drained(tab);
      await world.balanced(tab);
    },
  },
  {
    row: 36,
    name: 'storage is wiped while the page lives (events of this page)',
    engines: CHROMIUM,
    async run(world) {
      await world.collector.refuse();
      const tab = await world.open({ batch: EAGER });
      const { page } = tab;
      if (!page) return;
      world.giveUp(await world.track(tab, 10));
      await world.wait(500);
      const session = await page.context().newCDPSession(page);
      const { origin } = new URL(page.url());
      await session.send('Storage.clearDataForOrigin', { origin, storageTypes: 'indexeddb' });
      await world.track(tab, 10);
      await world.wait(500);
      await world.collector.comeBack();
      await flush(tab);
      await world.delivered();
      // Events must be missed twice to count as wiped.
      for (let look = 0; look < 2; look++) await flush(tab);
      await world.drained(tab);
      await world.balanced(tab);
      const { dropped } = await stats(tab);
      world.check(dropped.wiped === 10, `dropped: ${JSON.stringify(dropped)}`);
    },
  },
  {
    row: 37,
    name: 'BigInt, circle, throwing getter and toJSON among good events',
    engines,
    quick: CHROMIUM,
    async run(world) {
      const tab = await world.open({ batch: EAGER });
      const [before = '', after = ''] = world.labels(2);
      world.expectDropped(world.labels(4));
      await tab.evaluate(
        (labels) => {
          const { tracker } = window.faults;
          const circle: Record<string, unknown> = {};
          circle.self = circle;
          const fail = () => {
            throw new Error('from the data');
          };
          window.faults.track([labels.before]);
          tracker.track('bad', { big: 1n });
          tracker.track('bad', circle);
          tracker.track('bad', Object.defineProperty({}, 'trap', { get: fail, enumerable: true }));
          tracker.track('bad', { toJSON: fail });
          window.faults.track([labels.after]);
        },
        { before, after },
      );
      await waitUntil(() => world.collector.isStored(before) && world.collector.isStored(after), 'the good ones');
      await world.wait(300);
      const { dropped, acknowledged } = await stats(tab);
      world.note(`${acknowledged} delivered, ${dropped.unserialisable ?? 0} dropped as unserialisable`);
      await world.drained(tab);
      await world.balanced(tab);
    },
  },
  {
    row: 38,
    name: 'a string of 5 MB and an object of 100,000 keys among good events',
    engines,
    quick: CHROMIUM,
    async run(world) {
      const tab = await world.open({ batch: EAGER });
      const [before = '', after = ''] = world.labels(2);
      const took = await tab.evaluate(
        (labels) => {
          const { tracker } = window.faults;
          const text = 'x'.repeat(5_000_000);
          const keys = Object.fromEntries(Array.from({ length: 100_000 }, (_, index) => [`key${index}`, index]));
          const lists = Array.from({ length: 8 }, () => text.slice(0, 8000));
          const time = (task: () => void) => {
            const start = performance.now();
            task();
            return performance.now() - start;
          };
          window.faults.track([labels.before]);
          const times = [
            time(() => tracker.track('huge', { text })),
            time(() => tracker.track('huge', keys)),
            time(() => tracker.track('huge', { lists })),
          ];
          window.faults.track([labels.after]);
          return times;
        },
        { before, after },
      );
      await world.delivered();
      const { dropped } = await stats(tab);
      world.note(
        `${took.map((ms) => `${ms.toFixed(1)} ms`).join(', ')}; ${dropped.too_large ?? 0} dropped as too large`,
      );
      await world.drained(tab);
      await world.balanced(tab);
    },
  },
  {
    row: 39,
    name: 'beforeSend throws for one event',
    engines,
    quick: CHROMIUM,
    async run(world) {
      const tab = await world.open({ batch: EAGER, hasBrokenHook: true });
      await world.track(tab, 5);
      world.expectDropped(world.labels(1));
      await tab.evaluate(() => window.faults.tracker.track('fault', { isBad: true }));
      await world.track(tab, 5);
      await world.delivered();
      const { dropped } = await stats(tab);
      world.check(dropped.hook_error === 1, `dropped: ${JSON.stringify(dropped)}`);
      await world.drained(tab);
      await world.balanced(tab);
    },
  },
  {
    row: 40,
    name: 'a backlog of 5,000',
    engines,
    quick: CHROMIUM,
    async run(world) {
      await world.collector.refuse();
      const tab = await world.open({ batch: { size: 10, intervalMs: 1000 } });
      const labels = world.labels(5000);
      await tab.evaluate(async (all) => {
        for (let index = 0; index < all.length; index += 25) {
          window.faults.track(all.slice(index, index + 25));
          await new Promise((resolve) => setTimeout(resolve));
        }
      }, labels);
      const tracking = await tab.evaluate(() => window.faults.longTasks.splice(0));
      await world.wait(1000);
      await world.balanced(tab);
      await world.collector.comeBack();
      const { length } = world.collector.arrivals;
      await flush(tab);
      await world.delivered(60_000);
      const arrivals = world.collector.arrivals.slice(length);
      const drainMs = (arrivals.at(-1)?.at ?? 0) - (arrivals[0]?.at ?? 0);
      const draining = await tab.evaluate(() => window.faults.longTasks.splice(0));
      world.note(`drained in ${(drainMs / 1000).toFixed(1)} s by ${arrivals.length} requests`);
      if (world.engine === 'chromium') {
        world.note(
          `tasks over 50 ms: tracking ${tracking.join(' ') || 'none'}, draining ${draining.join(' ') || 'none'}`,
        );
      }
      world.check(world.collector.mostOpen() === 1, `${world.collector.mostOpen()} requests at a time`);
      await world.drained(tab);
      await world.balanced(tab);
    },
  },
  {
    row: 41,
    name: 'an endpoint that never answered for 24 h (the clock is set forward)',
    engines: restartableEngines,
    quick: [],
    async run(world) {
      await world.collector.refuse();
      const early = await world.open();
      const old = await world.track(early, 300);
      await world.wait(1500);
      await early.close();
      const late = await world.open({ aheadMs: 25 * 3_600_000, batch: EAGER });
      await world.track(late, 1);
      await world.wait(4000);
      await world.collector.comeBack();
      await flush(late);
      await waitUntil(async () => !(await stats(late)).pending, 'an empty outbox').catch(() => {});
      await world.wait(500);
      const missing = old.filter((label) => !world.collector.isStored(label));
      const kept = old.length - missing.length;
      // A frozen batch goes as a whole.
      world.check(kept <= 200 && kept >= 150, `${kept} of 300 were kept, not 200`);
      world.check(missing.at(-1) === old[missing.length - 1], 'not the oldest went first');
      if (missing.length) await reports(world, late, 'blocked', missing.length);
      world.expectDropped(missing);
      await world.delivered();
    },
  },
  {
    row: 42,
    name: 'the clock is set back an hour and forward an hour',
    engines,
    quick: CHROMIUM,
    async run(world) {
      const tab = await world.open({ batch: EAGER });
      await world.track(tab, 5);
      for (const hours of [-1, 2]) {
        await tab.evaluate((change) => {
          const { now } = Date;
          Date.now = () => now() + change * 3_600_000;
        }, hours);
        await world.track(tab, 5);
        await world.wait(400);
      }
      await world.delivered();
      await world.drained(tab);
      await world.balanced(tab);
    },
  },
  {
    row: 43,
    name: 'everything is withdrawn in one of two tabs',
    engines,
    run: (world) => withdrawn(world),
  },
  {
    row: 44,
    name: 'everything is withdrawn in one of two tabs, and the other hears nothing of it',
    engines,
    quick: CHROMIUM,
    run: (world) => withdrawn(world, true),
  },
  {
    row: 45,
    name: 'a record of an unknown version lies in the store',
    engines,
    quick: [],
    async run(world) {
      await withRecords(world, [['e9', { version: 9 }]]);
      const tab = await world.open({ batch: EAGER });
      await world.track(tab, 1);
      await world.delivered();
      const keys = await storedKeys(tab);
      world.check(
        keys.some((key) => key.startsWith('e9/')),
        `the record of another version is gone; there are ${JSON.stringify(keys)}`,
      );
    },
  },
  {
    row: 46,
    name: 'corrupt records lie in the store',
    engines,
    quick: CHROMIUM,
    async run(world) {
      await withRecords(world, [
        ['', null],
        ['', 7],
        ['', 'text'],
        ['', {}],
        ['', { id: 1, text: null, head: {}, page: [] }],
      ]);
      const tab = await world.open({ batch: EAGER });
      await world.track(tab, 1);
      await world.delivered();
      // Other tabs leave alone what is so new, though its tab may have got it out.
      await world.wait(REST_MS);
      await reports(world, tab, 'corrupt', 5);
      const keys = (await storedKeys(tab)).filter((key) => key.startsWith('e'));
      world.check(keys.length === 0, `${keys.length} records are left`);
      await world.delivered();
    },
  },
  {
    row: 47,
    name: 'strict content security policy and Trusted Types',
    engines,
    async run(world) {
      const tab = await world.open({ path: '/strict', batch: EAGER });
      await world.track(tab, 20);
      await world.delivered();
      await world.drained(tab);
      await world.balanced(tab);
      const { durable } = await stats(tab);
      world.check(durable === (await isDurable(tab)), 'the store cannot be used');
    },
  },
  {
    row: 48,
    name: '__proto__ in data and address',
    engines,
    quick: CHROMIUM,
    async run(world) {
      const tab = await world.open({ path: '/', batch: EAGER });
      const labels = world.labels(1);
      const isClean = await tab.evaluate((all) => {
        const data = JSON.parse('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}');
        history.replaceState(null, '', `${location.search}&__proto__[polluted]=1`);
        window.faults.tracker.set(data);
        window.faults.track(all);
        return !('polluted' in {}) && !('polluted' in []);
      }, labels);
      world.check(isClean, 'a prototype was changed');
      await world.delivered();
      await world.drained(tab);
      await world.balanced(tab);
    },
  },
];

/** Rows of the table of faults that no scenario stands for, and why. */
export const untested: [row: string, fault: string, reason: string][] = [
  [
    '2',
    'DNS or TLS fails while `onLine` is true',
    'only refused connections are produced: a page sees all three as the same rejected fetch',
  ],
  ['3', 'offline, in WebKit', 'its driver cannot take the network away'],
  ['10', '401 to 410, in WebKit', 'what it warns of cannot be read there; the rest is as in the other engines'],
  [
    '19, 20, 21, 29',
    'kills, in WebKit',
    'WebKitGTK forgets its storage with the browser when it is driven by a test: there is nothing to come back to',
  ],
  ['22', 'power cut', "needs a machine that loses power with its disk's cache; `durability: 'strict'` is for that"],
  [
    '24',
    '`sendBeacon` returns false',
    'beaconry does not use `sendBeacon`; a keepalive quota that is used up is row 23',
  ],
  [
    '27, 31',
    'real prerendering, real freezing',
    'no driver here does it to a page: what browsers tell the page is pretended',
  ],
  ['30', 'crash of one tab, in Firefox and WebKit', 'their drivers crash the browser or nothing'],
  [
    '34',
    'a disk that is really full',
    "Chromium's override of the quota does not reach IndexedDB: the error is pretended",
  ],
  [
    '36',
    'storage is wiped, in Firefox and WebKit',
    'only Chromium can be told to, and what lay in storage alone is beyond saving anyhow',
  ],
];

async function flush(tab: Tab) {
  await tab.evaluate(async () => {
    await window.faults.tracker.flush();
  });
}

/** The first event of a page is sent soon; after it the batch options hold. */
async function warmUp(world: World, tab: Tab) {
  await world.track(tab, 1);
  await flush(tab);
  await waitUntil(async () => !(await stats(tab)).pending, 'the first event to go');
}

async function hide(tab: Tab, isHidden: boolean) {
  await tab.evaluate((hidden) => window.faults.setHidden(hidden), isHidden);
}

const isDurable = (tab: Tab) => tab.evaluate(() => !location.search.includes('%22memory%22'));

/** Tracks, and navigates in the same tick. */
async function leave(tab: Tab, labels: string[], url: string) {
  await tab
    .evaluate(
      (argument) => {
        setTimeout(() => {
          window.faults.track(argument.labels);
          location.href = argument.url;
        });
      },
      { labels, url },
    )
    .catch(() => {
      // The page was gone before it could answer.
    });
}

async function crash(tab: Tab) {
  if (!tab.page) throw new Error('no way to crash this tab');
  const session = await tab.page.context().newCDPSession(tab.page);
  const crashed = tab.page.waitForEvent('crash');
  // It has nobody left to answer.
  session.send('Page.crash').catch(() => {});
  await crashed;
}

async function launchPage(world: World, options: Parameters<World['open']>[0] = {}) {
  const profile = await world.profile();
  const browser = await world.launch({ profile });
  const tab = await world.open({ browser, ...options });
  return { profile, browser, tab };
}

/** Starts the browser again on the profile, and lets one page deliver what another one left. */
async function reopen(world: World, profile: string) {
  const browser = await world.launch({ profile });
  await world.open({ browser });
  await world.delivered(30_000);
  await browser.close();
}

async function pause(world: World, refusal: () => { status: number; retryAfter: string }) {
  const { collector } = world;
  collector.script = () => (collector.arrivals.length ? {} : refusal());
  const tab = await world.open({ batch: EAGER });
  await world.track(tab, 10);
  await waitUntil(() => collector.arrivals.length, 'a request');
  await world.wait(300);
  await tab.reload();
  const other = await world.open({ batch: EAGER });
  await world.track(other, 10);
  await world.track(tab, 10);
  await world.delivered();
  for (const page of [tab, other]) {
    await world.drained(page);
    await world.balanced(page);
  }
}

async function badEvent(world: World, status: number, reason: 'too_large' | 'rejected') {
  const labels = world.labels(20);
  const bad = labels[13] as string;
  world.collector.script = (batch) => ({ status: batch.labels.includes(bad) ? status : 200 });
  const tab = await world.open({ batch: EAGER });
  await tab.evaluate((all) => window.faults.track(all), labels);
  world.expectDropped([bad]);
  await world.delivered();
  await world.drained(tab);
  await world.balanced(tab);
  const { dropped } = await stats(tab);
  world.check(dropped[reason] === 1, `dropped: ${JSON.stringify(dropped)}`);
}

async function misconfigured(world: World, answer: { status: number; headers?: Record<string, string> }) {
  const { collector } = world;
  collector.script = answer;
  const tab = await world.open();
  const warnings: string[] = [];
  tab.page?.on('console', (message) => warnings.push(message.text()));
  await world.track(tab, 20);
  await world.wait(3000);
  world.check(collector.arrivals.length === 1, `${collector.arrivals.length} requests in 3 s, not one`);
  await world.balanced(tab);
  collector.script = {};
  await flush(tab);
  await world.delivered();
  await world.drained(tab);
  await world.balanced(tab);
  const told = warnings.filter((text) => text.startsWith('beaconry:')).length;
  world.check(!tab.page || told === 1, `the owner was told ${told} times, not once`);
}

async function twoTabsOnALease(world: World, first: Tab, second: Tab) {
  for (let round = 0; round < 5; round++) for (const tab of [first, second]) await world.track(tab, 5);
  await world.delivered();
  world.check(world.collector.mostOpen() === 1, `${world.collector.mostOpen()} requests at a time`);
  for (const tab of [first, second]) {
    await world.drained(tab);
    await world.balanced(tab);
  }
}

/** Two tabs with a backlog each; the browser is killed, comes back, and opens both at once. */
export async function twoTabsReopen(world: World) {
  await world.collector.refuse();
  const { profile, browser, tab } = await launchPage(world);
  const other = await world.open({ browser });
  for (let round = 0; round < 5; round++) for (const page of [tab, other]) await world.track(page, 10);
  await world.wait(200);
  await browser.kill();
  await world.collector.comeBack();
  world.collector.script = { delayMs: 50 };
  const again = await world.launch({ profile });
  await Promise.all([world.open({ browser: again }), world.open({ browser: again })]);
  await world.delivered(30_000);
  world.check(world.collector.mostOpen() === 1, `${world.collector.mostOpen()} requests at a time`);
}

async function withdrawn(world: World, isDeaf?: boolean) {
  const { collector } = world;
  const tab = await world.open({ batch: EAGER });
  const other = await world.open({ batch: EAGER, breaks: isDeaf ? ['channel'] : [] });
  await warmUp(world, tab);
  await collector.refuse();
  for (const page of [tab, other]) world.expectDropped(await world.track(page, 20));
  await world.wait(500);
  await tab.evaluate(() => window.faults.wipe());
  await world.balanced(tab);
  const { dropped } = await stats(tab);
  world.check((dropped.consent ?? 0) >= 20, `dropped: ${JSON.stringify(dropped)}`);
  await world.wait(1000);
  const keys = (await storedKeys(tab)).filter((key) => /^[eb]/.test(key));
  world.check(keys.length === 0, `${keys.length} records are left after a second`);
  await collector.comeBack();
  // A tab that was not told learns it before it sends.
  await flush(other);
  // What is tracked from now on has consent again, and travels alone.
  for (const page of [tab, other]) await world.track(page, 5);
  await world.delivered();
  for (const page of [tab, other]) {
    // Nor does it hear that its last events have arrived.
    if (page === tab || !isDeaf) await world.drained(page);
    await world.balanced(page);
  }
}

/** Tells the server, by as many further events as it takes, what the store has dropped. */
async function reports(world: World, tab: Tab, reason: string, count: number) {
  const told = () => world.collector.reported().dropped[reason] ?? 0;
  for (let round = 0; round < 8 && told() < count; round++) {
    await world.track(tab, 1);
    await flush(tab);
    await world.wait(300);
  }
  world.check(told() === count, `${told()} reported as ${reason}, not ${count}`);
}

const storedKeys = (tab: Tab) =>
  tab.evaluate(async () => {
    const wait = <Result>(request: IDBRequest<Result>) =>
      new Promise<Result>((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
    const site = JSON.parse(new URLSearchParams(location.search).get('options') ?? '{}').site as string;
    const keys: string[] = [];
    for (const { name = '' } of await indexedDB.databases()) {
      if (!name.endsWith(` ${site}`)) continue;
      const db = await wait(indexedDB.open(name));
      for (const store of db.objectStoreNames)
        keys.push(...(await wait(db.transaction(store).objectStore(store).getAllKeys())).map(String));
      db.close();
    }
    return keys;
  });

/** Leaves records beside a real one, under keys like its own: of another kind where a kind is given. */
async function withRecords(world: World, records: [kind: string, value: unknown][]) {
  const tab = await world.open({ batch: PATIENT });
  await warmUp(world, tab);
  await world.collector.refuse();
  await world.track(tab, 3);
  await world.wait(500);
  const written = await tab.evaluate(async (all) => {
    const wait = <Result>(request: IDBRequest<Result>) =>
      new Promise<Result>((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
    const [connection] = window.faults.connections;
    const [name = ''] = connection?.objectStoreNames ?? [];
    const store = connection?.transaction(name, 'readwrite').objectStore(name);
    if (!store) return 0;
    const key = (await wait(store.getAllKeys())).map(String).find((key) => /^e\d*\//.test(key));
    if (!key) return 0;
    for (const [index, [kind, value]] of all.entries()) {
      const [ownKind, batch, id = '', ...rest] = key.split('/');
      // Neighbours of the event's own id, never that itself.
      const last = (Number.parseInt(id.slice(-1), 16) + 1 + index) % 16;
      store.put(value, [kind || ownKind, batch, id.slice(0, -1) + last.toString(16), ...rest].join('/'));
    }
    return all.length;
  }, records);
  world.check(written === records.length, 'the store does not look as expected: nothing was put into it');
  await tab.close();
  await world.collector.comeBack();
}

import { act, StrictMode, useEffect } from 'react';
import { createRoot } from 'react-dom/client';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { clicks, createTracker, pageViews, type Tracker, type TrackerOptions } from '../src/index.ts';
import { type FakePage, isBalanced, openPage } from './fakes/fakePage.ts';

let page: FakePage;
beforeEach(() => {
  page = openPage();
});
afterEach(() => page.close());

/** Counts the listeners that are on the page. */
function watchListeners() {
  const present = new Map<string, number>();
  const { addEventListener, removeEventListener } = EventTarget.prototype;
  const targets: EventTarget[] = [window, document];
  const kept = targets.map((target) => ({
    target,
    add: target.addEventListener,
    remove: target.removeEventListener,
  }));
  const id = (target: EventTarget, type: string, listener: unknown, options: unknown) => {
    const capture = typeof options === 'object' ? !!(options as AddEventListenerOptions)?.capture : !!options;
    return [
      targets.indexOf(target),
      type,
      ids.get(listener as object) ?? ids.set(listener as object, ids.size + 1).size,
      capture,
    ].join();
  };
  const ids = new Map<object, number>();
  for (const { target, add, remove } of kept) {
    target.addEventListener = (...args: Parameters<typeof addEventListener>) => {
      present.set(id(target, args[0], args[1], args[2]), 1);
      add.apply(target, args);
    };
    target.removeEventListener = (...args: Parameters<typeof removeEventListener>) => {
      present.delete(id(target, args[0], args[1], args[2]));
      remove.apply(target, args);
    };
  }
  return {
    types: () => [...present.keys()].map((key) => key.split(',')[1]).sort(),
    restore() {
      for (const { target, add, remove } of kept)
        Object.assign(target, { addEventListener: add, removeEventListener: remove });
    },
  };
}

describe('stop', () => {
  test('takes every listener, timer and patch off the page', async () => {
    const { pushState, replaceState } = history;
    const listeners = watchListeners();
    const tracker = page.track({ capture: [pageViews(), clicks()], privacy: 'balanced' });
    tracker.track('a');
    expect(listeners.types()).toEqual(
      expect.arrayContaining(['click', 'pagehide', 'visibilitychange', 'online', 'storage']),
    );
    await tracker.flush();
    tracker.track('b');
    tracker.stop();
    await page.advance(1);
    expect(listeners.types()).toEqual([]);
    expect(vi.getTimerCount()).toBe(0);
    expect(history.pushState).toBe(pushState);
    expect(history.replaceState).toBe(replaceState);
    listeners.restore();
  });

  test('listens to nothing that would keep the page out of the back/forward cache', () => {
    const listeners = watchListeners();
    page.track({ capture: [pageViews(), clicks()] });
    expect(listeners.types()).not.toContain('unload');
    expect(listeners.types()).not.toContain('beforeunload');
    listeners.restore();
  });

  test('sends what waits', async () => {
    const tracker = page.track();
    tracker.track('a');
    tracker.stop();
    await page.advance(20);
    expect(page.endpoint.events().map(({ name }) => name)).toEqual(['a']);
    expect(tracker.stats()).toMatchObject({ acknowledged: 1, pending: 0 });
  });

  test('while the server is down leaves no timer behind', async () => {
    const tracker = page.track();
    page.endpoint.usual = 'unreachable';
    tracker.track('a');
    await page.advance(5000);
    tracker.stop();
    await page.advance(100);
    expect(vi.getTimerCount()).toBe(0);
    const { length } = page.endpoint.requests;
    page.leave();
    page.goOnline();
    await page.advance(600_000);
    expect(page.endpoint.requests).toHaveLength(length);
  });

  test('with a request under way leaves no timer behind once that ended', async () => {
    const tracker = page.track();
    page.endpoint.usual = 'hang';
    tracker.track('a');
    await page.advance(250);
    tracker.stop();
    await page.advance(1);
    page.endpoint.answerHanging({ status: 503 });
    await page.advance(1);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('what is tracked afterwards is counted, and goes nowhere', async () => {
    const tracker = page.track();
    tracker.stop();
    await page.advance(1);
    tracker.track('a');
    tracker.page();
    await tracker.flush();
    page.leave();
    await page.advance(60_000);
    expect(page.endpoint.requests).toHaveLength(0);
    expect(tracker.stats()).toMatchObject({ accepted: 2, pending: 0, dropped: { stopped: 2 } });
    expect(isBalanced(tracker)).toBe(true);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('twice is once', async () => {
    const first = page.track();
    const second = page.track();
    first.stop();
    first.stop();
    await page.advance(1);
    second.track('a');
    await second.flush();
    expect(page.endpoint.events()).toHaveLength(1);
  });

  test('leaves a patch of history that came after ours in place', async () => {
    const { pushState } = history;
    const tracker = page.track({ capture: [pageViews()] });
    await page.advance(10);
    const ours = history.pushState;
    const calls: unknown[] = [];
    const theirs: typeof history.pushState = (...args) => {
      calls.push(args[2]);
      ours.apply(history, args);
    };
    history.pushState = theirs;
    tracker.stop();
    await page.advance(1);
    expect(history.pushState).toBe(theirs);
    history.pushState({}, '', '/after');
    expect(calls).toEqual(['/after']);
    expect(location.pathname).toBe('/after');
    history.pushState = pushState;
  });

  test('a thousand starts and stops leave nothing behind', async () => {
    const listeners = watchListeners();
    for (let round = 0; round < 1000; round++) {
      page.track({ capture: [pageViews(), clicks()] }).stop();
      if (round % 3 === 0) await page.advance(0);
    }
    await page.advance(1000);
    expect(listeners.types()).toEqual([]);
    expect(vi.getTimerCount()).toBe(0);
    expect(Reflect.has(globalThis, Symbol.for('beaconry'))).toBe(false);
    listeners.restore();
  });
});

describe('one tracker per endpoint and site', () => {
  test('asked for twice is the same one', async () => {
    const first = page.track();
    const second = page.track();
    first.track('a');
    second.track('b');
    await first.flush();
    expect(first.session.id).toBe(second.session.id);
    expect(page.endpoint.events().map(({ name, seq, tab }) => [name, seq, tab])).toEqual([
      ['a', 1, expect.any(String)],
      ['b', 2, page.endpoint.events()[0]?.tab],
    ]);
    expect(second.stats()).toEqual(first.stats());
    expect(page.warnings).toEqual([]);
  });

  test('lives until the last of them is stopped', async () => {
    const first = page.track();
    const second = page.track();
    first.stop();
    await page.advance(10);
    second.track('a');
    await second.flush();
    expect(page.endpoint.events()).toHaveLength(1);
    second.stop();
    await page.advance(10);
    second.track('b');
    expect(second.stats().dropped).toEqual({ stopped: 1 });
  });

  test('counts one page view, however many ask', async () => {
    for (let index = 0; index < 3; index++) page.track({ capture: [pageViews()] });
    await page.advance(1000);
    expect(page.endpoint.named('page_view')).toHaveLength(1);
  });

  test.each<[string, Partial<TrackerOptions>]>([
    ['another site', { site: 'other' }],
    ['another endpoint', { endpoint: '/other' }],
  ])('%s is another tracker', async (_, options) => {
    const first = page.track();
    const second = page.track(options);
    first.track('a');
    await second.flush();
    expect(second.stats().accepted).toBe(0);
    expect(page.warnings).toEqual([]);
  });

  test('an endpoint and a site that read alike when joined are two trackers', () => {
    const first = page.track({ endpoint: '/e', site: 'xs' });
    const second = page.track({ endpoint: '/ex', site: 's' });
    first.track('a');
    expect(second.stats().accepted).toBe(0);
  });

  test('two sites on one page have a session each, and a log-out from one is none from the other', async () => {
    const [one, two] = ['one', 'two'].map((site) => page.track({ site })) as [Tracker, Tracker];
    one.track('a');
    two.track('b');
    const before = [one.session.id, two.session.id];
    expect(before[0]).not.toBe(before[1]);
    one.reset();
    one.track('c');
    two.track('d');
    expect(one.session.id).not.toBe(before[0]);
    expect(two.session.id).toBe(before[1]);
  });

  test('the same endpoint written in two ways is one tracker', () => {
    const first = page.track({ endpoint: '/e' });
    const second = page.track({ endpoint: 'https://shop.example/e' });
    first.track('a');
    expect(second.stats().accepted).toBe(1);
  });

  test('other options for the same pair: the first stand, and one warning says so', async () => {
    page.track({ batch: { size: 3 } });
    const second = page.track({ batch: { size: 7 } });
    expect(page.warnings).toHaveLength(1);
    expect(page.warnings[0]).toContain('shop');
    for (let index = 0; index < 3; index++) second.track('a');
    await page.advance(5);
    expect(page.endpoint.events()).toHaveLength(3);
  });

  test('other consent for the same pair is said, too', () => {
    page.track({ consent: 'cookieless' });
    page.track({ consent: 'granted' });
    expect(page.warnings).toHaveLength(1);
  });

  test('stopped and started anew later is a new one', async () => {
    const first = page.track();
    first.track('a');
    first.stop();
    await page.advance(10);
    const second = page.track();
    second.track('b');
    await second.flush();
    expect(second.stats().accepted).toBe(1);
    const [a, b] = page.endpoint.events();
    expect(a?.tab).not.toBe(b?.tab);
    expect(a?.session).toBe(b?.session);
  });
});

describe('in React', () => {
  (globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;

  test('StrictMode’s start, stop and start again is one tracker and one page view', async () => {
    const trackers: Tracker[] = [];
    function App() {
      useEffect(() => {
        const tracker = createTracker({ endpoint: '/e', consent: 'granted', capture: [pageViews()] });
        trackers.push(tracker);
        tracker.track('mounted');
        return () => tracker.stop();
      }, []);
      return <h1>Shop</h1>;
    }
    const box = document.body.appendChild(document.createElement('div'));
    const root = createRoot(box);
    await act(() =>
      root.render(
        <StrictMode>
          <App />
        </StrictMode>,
      ),
    );
    await page.advance(1000);
    expect(box.textContent).toBe('Shop');
    // React itself runs the effect twice.
    expect(page.endpoint.named('mounted')).toHaveLength(2);
    expect(page.endpoint.named('page_view')).toHaveLength(1);
    expect(new Set(page.endpoint.events().map(({ tab }) => tab)).size).toBe(1);
    expect(page.endpoint.events().map(({ seq }) => seq)).toEqual([1, 2, 3]);
    expect(page.warnings).toEqual([]);

    await act(() => root.unmount());
    await page.advance(1000);
    trackers[1]?.track('after');
    expect(trackers[1]?.stats().dropped).toEqual({ stopped: 1 });
    expect(vi.getTimerCount()).toBe(0);
  });
});

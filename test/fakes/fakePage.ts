import { vi } from 'vitest';
import { createTracker, type Tracker, type TrackerOptions } from '../../src/index.ts';
import { type FakeEndpoint, fakeEndpoint } from './fakeEndpoint.ts';

const FAKED_TIMERS = [
  'setTimeout',
  'clearTimeout',
  'setInterval',
  'clearInterval',
  'Date',
  'requestAnimationFrame',
  'cancelAnimationFrame',
] as const;

/** What a test did to the page, on top of the page itself. */
export interface FakePage {
  endpoint: FakeEndpoint;
  /** Everything that was said by `console.warn`. */
  warnings: string[];
  /** Starts a tracker on the page; it is stopped with the page. `endpoint` is the fake one's unless said otherwise. */
  track(options?: Partial<TrackerOptions>): Tracker;
  /** Lets time pass, and with it every promise that is due. */
  advance(ms: number): Promise<void>;
  /** Puts the page at an address, without a navigation. */
  at(url: string): void;
  hide(): void;
  show(): void;
  /** The visitor leaves for good, or for the back/forward cache. */
  leave(): void;
  comeBack(): void;
  /** Makes the page one that is being prerendered; call the result when the visitor opens it. */
  prerender(): () => void;
  goOnline(): void;
  /** Stops what runs and puts everything back. */
  close(): Promise<void>;
}

/** A fresh page at `https://shop.example/`, its clock at noon (UTC) of a day in June, with a server that takes everything. */
export function openPage(url = 'https://shop.example/'): FakePage {
  vi.useFakeTimers({ toFake: [...FAKED_TIMERS], now: Date.UTC(2025, 5, 10, 12) });
  const endpoint = fakeEndpoint();
  const warnings: string[] = [];
  const warn = vi.spyOn(console, 'warn').mockImplementation((...words) => void warnings.push(words.join(' ')));
  const trackers: Tracker[] = [];
  const set = (name: string, value: unknown) =>
    Object.defineProperty(document, name, { value, configurable: true, writable: true });
  const setHidden = (hidden: boolean) => {
    set('hidden', hidden);
    set('visibilityState', hidden ? 'hidden' : 'visible');
    document.dispatchEvent(new Event('visibilitychange'));
  };
  const transition = (type: string, persisted: boolean) =>
    window.dispatchEvent(Object.assign(new Event(type), { persisted }));
  const at = (to: string) => (window as unknown as { happyDOM: { setURL(url: string): void } }).happyDOM.setURL(to);

  // Bodies stay readable; what a browser that can compress does is a test of its own.
  vi.stubGlobal('CompressionStream', undefined);
  Reflect.deleteProperty(globalThis, 'CompressionStream');
  localStorage.clear();
  sessionStorage.clear();
  at(url);
  document.head.innerHTML = '';
  document.body.innerHTML = '';
  document.title = 'Shop';

  return {
    endpoint,
    warnings,
    track(options) {
      const tracker = createTracker({ endpoint: '/e', site: 'shop', consent: 'granted', ...options });
      trackers.push(tracker);
      return tracker;
    },
    advance: async (ms) => {
      await vi.advanceTimersByTimeAsync(ms);
    },
    at,
    hide: () => setHidden(true),
    show: () => setHidden(false),
    leave() {
      setHidden(true);
      transition('pagehide', true);
    },
    comeBack() {
      setHidden(false);
      transition('pageshow', true);
    },
    prerender() {
      set('prerendering', true);
      return () => {
        set('prerendering', false);
        document.dispatchEvent(new Event('prerenderingchange'));
      };
    },
    goOnline: () => void window.dispatchEvent(new Event('online')),
    async close() {
      for (const tracker of trackers) tracker.stop();
      await vi.advanceTimersByTimeAsync(0);
      for (const name of ['hidden', 'visibilityState', 'prerendering', 'referrer', 'readyState']) {
        Reflect.deleteProperty(document, name);
      }
      Reflect.deleteProperty(globalThis, Symbol.for('beaconry'));
      endpoint.restore();
      warn.mockRestore();
      vi.useRealTimers();
      vi.unstubAllGlobals();
    },
  };
}

/** Whether every event is accounted for: the promise of `stats()`. */
export function isBalanced(tracker: Tracker): boolean {
  const { accepted, acknowledged, pending, dropped } = tracker.stats();
  return accepted === acknowledged + pending + Object.values(dropped).reduce((sum, count) => sum + count, 0);
}

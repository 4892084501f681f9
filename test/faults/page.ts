// Runs in the browser: the page that the faults happen to. What its query says is done before the tracker starts.
import {
  createTracker,
  type Delivery,
  memoryOutbox,
  type Outbox,
  type OutboxFactory,
  type Tracker,
} from '../../src/index.ts';
import { durableOutbox } from '../../src/outbox/durableOutbox.ts';
import { carelessOutbox } from './carelessOutbox.ts';
import type { FaultsPage, PageOptions } from './faultsPage.ts';

const options = JSON.parse(new URLSearchParams(location.search).get('options') ?? '{}') as PageOptions;
const outboxes = { durable: durableOutbox, careless: carelessOutbox, memory: memoryOutbox };

const refuse = () => {
  throw new DOMException('refused by the test', 'SecurityError');
};
/** A disk with room for so many bytes of events. */
const QUOTA = 60_000;
const limitDisk = () => {
  const { put, delete: remove, clear } = IDBObjectStore.prototype;
  const sizes = new Map<string, number>();
  Object.assign(IDBObjectStore.prototype, {
    put(this: IDBObjectStore, value: unknown, key: string) {
      const size = JSON.stringify(value ?? null).length;
      const used = [...sizes.values()].reduce((sum, one) => sum + one, 0) - (sizes.get(key) ?? 0);
      if (used + size > QUOTA) throw new DOMException('full, says the test', 'QuotaExceededError');
      sizes.set(key, size);
      return put.call(this, value, key);
    },
    delete(this: IDBObjectStore, key: string) {
      sizes.delete(key);
      return remove.call(this, key);
    },
    clear(this: IDBObjectStore) {
      sizes.clear();
      return clear.call(this);
    },
  });
};

const BREAKS: Record<string, () => void> = {
  quota: limitDisk,
  locks: () => Object.defineProperty(navigator, 'locks', { value: undefined }),
  indexedDB: () => Object.defineProperty(window, 'indexedDB', { get: refuse }),
  open: () => {
    IDBFactory.prototype.open = refuse;
  },
  channel: () => Object.defineProperty(BroadcastChannel.prototype, 'onmessage', { set: () => {} }),
  prerender: () => Object.defineProperty(document, 'prerendering', { value: true }),
};
for (const name of options.breaks ?? []) BREAKS[name]?.();

const { aheadMs = 0, jitter = 0.1 } = options;
const { now } = Date;
Date.now = () => now() + aheadMs;
// Back-off is random below a limit; the tests have less time than visitors.
const { random } = Math;
Math.random = () => random() * jitter;

const connections: IDBDatabase[] = [];
if (!options.breaks?.length) {
  const { open } = IDBFactory.prototype;
  IDBFactory.prototype.open = function (...words) {
    const opening = open.apply(this, words);
    opening.addEventListener('success', () => connections.push(opening.result));
    return opening;
  };
}

let outbox: Outbox | undefined;
const factory = outboxes[options.outbox]();
const keeping: OutboxFactory = (context) => {
  outbox = factory(context);
  return outbox;
};

const deliveries: Delivery[] = [];
const errors: string[] = [];
const longTasks: number[] = [];
let isRestored = false;

if (PerformanceObserver.supportedEntryTypes.includes('longtask')) {
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) longTasks.push(Math.round(duration));
  }).observe({ type: 'longtask' });
}
addEventListener('pageshow', ({ persisted }) => {
  isRestored = persisted;
});
addEventListener('error', ({ message }) => errors.push(`window.onerror: ${message}`));
addEventListener('unhandledrejection', ({ reason }) => errors.push(`unhandled rejection: ${reason}`));

const tracker: Tracker = createTracker({
  endpoint: options.endpoint,
  site: options.site,
  consent: 'granted',
  outbox: Object.assign(keeping, { isDurable: factory.isDurable }),
  delivery: options.delivery,
  batch: options.batch,
  beforeSend: options.hasBrokenHook
    ? (event) => {
        if (event.data.isBad) throw new Error('from the hook');
        return event;
      }
    : undefined,
  onError: (error) => errors.push(String(error)),
});
tracker.on('delivery', (delivery) => deliveries.push(delivery));

const faults: FaultsPage = {
  tracker,
  deliveries,
  errors,
  longTasks,
  connections,
  isRestored: () => isRestored,
  track(labels, padding = 0) {
    const pad = padding ? 'x'.repeat(padding) : undefined;
    for (const label of labels) tracker.track('fault', { label, pad });
  },
  wipe: async () => outbox?.wipe('consent'),
  setHidden(isHidden) {
    Object.defineProperty(document, 'hidden', { value: isHidden, configurable: true });
    Object.defineProperty(document, 'visibilityState', { value: isHidden ? 'hidden' : 'visible', configurable: true });
    document.dispatchEvent(new Event('visibilitychange', { bubbles: true }));
  },
  setFrozen(isFrozen) {
    document.dispatchEvent(new Event(isFrozen ? 'freeze' : 'resume'));
  },
};
window.faults = faults;

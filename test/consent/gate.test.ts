import { IDBFactory, IDBKeyRange } from 'fake-indexeddb';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { ConsentApi, ConsentOptions } from '../../src/consent/consent.ts';
import { createConsent } from '../../src/consent/createConsent.ts';
import { durableOutbox, pageViews, type Tracker, type TrackerOptions } from '../../src/index.ts';
import { type CookieJar, openCookieJar } from '../fakes/cookieJar.ts';
import { type FakePage, isBalanced, openPage } from '../fakes/fakePage.ts';

let page: FakePage;
let jar: CookieJar;
beforeEach(() => {
  page = openPage();
  jar = openCookieJar();
  vi.stubGlobal('indexedDB', new IDBFactory());
  vi.stubGlobal('IDBKeyRange', IDBKeyRange);
});
afterEach(async () => {
  Reflect.deleteProperty(navigator, 'globalPrivacyControl');
  await page.close();
  jar.close();
});

const granted = () =>
  `user_tracking_consent=1.1.${Math.floor(Date.now() / 60_000).toString(36)}.b.0.analytics~1;Path=/`;
const denied = () => granted().replace('~1', '~0');

/** One visit: what the visitor and the page do, in order. */
type Step =
  | 'create tracker'
  | 'create tracker, whose capture grants'
  | 'create tracker, whose capture refuses'
  | 'create consent'
  | 'grant'
  | 'deny'
  | 'revoke'
  | 'reset'
  | 'grant in another tab'
  | 'deny in another tab'
  | 'opt out'
  | 'opt in'
  | 'flush'
  | 'begin to flush'
  | 'leave'
  | 'come back'
  | 'show'
  | 'prerender'
  | 'wait a second'
  | 'wait six minutes'
  | 'lose the network'
  | 'lose the answers'
  | `track ${string}`;

interface Visit {
  steps: Step[];
  consent?: ConsentOptions;
  gpc?: boolean;
  /** Who chose before this visit. */
  before?: 'granted' | 'denied';
  /** Events that leave, in order; those without cookies in brackets. */
  leaves: string[];
  /** What is on the device at the end, beside the choice. */
  keeps: ('session' | 'events' | 'objection')[];
  /** Events that are counted as dropped for want of consent. */
  drops: number;
}

// Written by hand: what must be, not what is.
const visits: Record<string, Visit> = {
  'granted before the tracker is created': {
    steps: ['create consent', 'grant', 'create tracker', 'track a', 'flush'],
    leaves: ['a'],
    keeps: ['session'],
    drops: 0,
  },
  'granted after the tracker is created': {
    steps: ['create consent', 'create tracker', 'track a', 'grant', 'track b', 'flush'],
    leaves: ['a', 'consent', 'b'],
    keeps: ['session'],
    drops: 0,
  },
  'granted while the tracker is created': {
    steps: ['create consent', 'create tracker, whose capture grants', 'wait a second', 'track a', 'flush'],
    leaves: ['consent', 'page_view', 'a'],
    keeps: ['session'],
    drops: 0,
  },
  'withdrawn while the tracker is created': {
    before: 'granted',
    steps: ['create consent', 'create tracker, whose capture refuses', 'wait a second', 'track a', 'flush'],
    leaves: [],
    keeps: [],
    drops: 2,
  },
  'granted during a flush': {
    steps: ['create consent', 'create tracker', 'track a', 'begin to flush', 'grant', 'track b', 'flush'],
    leaves: ['a', 'consent', 'b'],
    keeps: ['session'],
    drops: 0,
  },
  'granted as the page is left': {
    steps: ['create consent', 'create tracker', 'track a', 'grant', 'leave'],
    leaves: ['a', 'consent'],
    keeps: ['session'],
    drops: 0,
  },
  'refused as the page is left': {
    steps: ['create consent', 'create tracker', 'track a', 'deny', 'leave'],
    leaves: [],
    keeps: [],
    drops: 1,
  },
  'withdrawn as the page is left': {
    before: 'granted',
    steps: ['create consent', 'create tracker', 'track a', 'revoke', 'leave'],
    leaves: [],
    keeps: [],
    drops: 1,
  },
  'withdrawn in another tab as the page is left': {
    before: 'granted',
    steps: ['create consent', 'create tracker', 'track a', 'deny in another tab', 'leave'],
    leaves: [],
    keeps: [],
    drops: 1,
  },
  'withdrawn as a flush begins': {
    before: 'granted',
    steps: ['create consent', 'create tracker', 'track a', 'begin to flush', 'revoke', 'track b', 'flush'],
    leaves: [],
    keeps: [],
    drops: 2,
  },
  'withdrawn in another tab as a flush begins': {
    before: 'granted',
    steps: ['create consent', 'create tracker', 'track a', 'begin to flush', 'deny in another tab', 'wait a second'],
    leaves: [],
    keeps: [],
    drops: 1,
  },
  'withdrawn with a request under way': {
    before: 'granted',
    steps: [
      'lose the answers',
      'create consent',
      'create tracker',
      'track a',
      'wait a second',
      'track b',
      'revoke',
      'track c',
      'flush',
    ],
    leaves: [],
    keeps: [],
    drops: 3,
  },
  'granted on an earlier visit': {
    before: 'granted',
    steps: ['create consent', 'create tracker', 'track a', 'flush'],
    leaves: ['a'],
    keeps: ['session'],
    drops: 0,
  },
  'granted in another tab': {
    steps: ['create consent', 'create tracker', 'track a', 'grant in another tab', 'show', 'track b', 'flush'],
    leaves: ['a', 'consent', 'b'],
    keeps: ['session'],
    drops: 0,
  },
  'never asked': {
    steps: ['create consent', 'create tracker', 'track a', 'flush', 'wait a second'],
    leaves: [],
    keeps: [],
    drops: 0,
  },
  'left without a choice': {
    steps: ['create consent', 'create tracker', 'track a', 'track b', 'leave'],
    leaves: [],
    keeps: [],
    drops: 2,
  },
  'back without a choice, then granted': {
    steps: ['create consent', 'create tracker', 'track a', 'leave', 'come back', 'track b', 'grant', 'flush'],
    leaves: ['b', 'consent'],
    keeps: ['session'],
    drops: 1,
  },
  'granted too late for what came first': {
    steps: ['create consent', 'create tracker', 'track a', 'wait six minutes', 'track b', 'grant', 'flush'],
    leaves: ['b', 'consent'],
    keeps: ['session'],
    drops: 0,
  },
  refused: {
    steps: ['create consent', 'create tracker', 'track a', 'deny', 'track b', 'flush', 'wait a second', 'leave'],
    leaves: [],
    keeps: [],
    drops: 2,
  },
  'refused on an earlier visit': {
    before: 'denied',
    steps: ['create consent', 'create tracker', 'track a', 'flush', 'leave'],
    leaves: [],
    keeps: [],
    drops: 1,
  },
  'refused, then granted': {
    steps: ['create consent', 'create tracker', 'track a', 'deny', 'track b', 'grant', 'track c', 'flush'],
    leaves: ['consent', 'c'],
    keeps: ['session'],
    drops: 2,
  },
  'withdrawn with events that wait': {
    steps: [
      'create consent',
      'grant',
      'create tracker',
      'track a',
      'flush',
      'track b',
      'revoke',
      'track c',
      'flush',
      'leave',
    ],
    leaves: ['a'],
    keeps: [],
    drops: 2,
  },
  'withdrawn while there is no network': {
    steps: [
      'create consent',
      'grant',
      'create tracker',
      'lose the network',
      'track a',
      'wait a second',
      'revoke',
      'wait a second',
    ],
    leaves: [],
    keeps: [],
    drops: 1,
  },
  'withdrawn in another tab, noticed by the next request': {
    steps: ['create consent', 'grant', 'create tracker', 'track a', 'deny in another tab', 'flush', 'track b', 'flush'],
    leaves: [],
    keeps: [],
    drops: 2,
  },
  'withdrawn in another tab before the tracker is created': {
    before: 'granted',
    steps: ['create consent', 'deny in another tab', 'create tracker', 'track a', 'wait a second', 'leave'],
    leaves: [],
    keeps: [],
    drops: 1,
  },
  'withdrawn and granted again': {
    steps: [
      'create consent',
      'grant',
      'create tracker',
      'track a',
      'revoke',
      'grant',
      'track b',
      'flush',
      'wait a second',
      'flush',
    ],
    leaves: ['consent', 'b'],
    keeps: ['session'],
    drops: 1,
  },
  'forgotten by the visitor': {
    steps: ['create consent', 'grant', 'create tracker', 'track a', 'flush', 'reset', 'track b', 'flush'],
    leaves: ['a'],
    keeps: [],
    drops: 0,
  },
  'an opt-out signal': {
    gpc: true,
    steps: ['create consent', 'create tracker', 'track a', 'flush', 'leave'],
    leaves: [],
    keeps: [],
    drops: 1,
  },
  'an opt-out signal, and then an explicit grant': {
    gpc: true,
    steps: ['create consent', 'create tracker', 'track a', 'grant', 'track b', 'flush'],
    leaves: ['consent', 'b'],
    keeps: ['session'],
    drops: 1,
  },
  'beforeConsent none': {
    consent: { beforeConsent: 'none' },
    steps: ['create consent', 'create tracker', 'track a', 'grant', 'track b', 'flush'],
    leaves: ['consent', 'b'],
    keeps: ['session'],
    drops: 1,
  },
  'beforeConsent cookieless, granted': {
    consent: { beforeConsent: 'cookieless' },
    steps: ['create consent', 'create tracker', 'track a', 'grant', 'track b', 'flush'],
    leaves: ['(a)', 'consent', 'b'],
    keeps: ['session'],
    drops: 0,
  },
  'beforeConsent cookieless, refused': {
    consent: { beforeConsent: 'cookieless' },
    steps: ['create consent', 'create tracker', 'track a', 'flush', 'deny', 'track b', 'flush'],
    leaves: ['(a)'],
    keeps: [],
    drops: 1,
  },
  'onDeny cookieless': {
    consent: { onDeny: 'cookieless' },
    steps: ['create consent', 'create tracker', 'track a', 'deny', 'track b', 'flush'],
    leaves: ['(b)'],
    keeps: [],
    drops: 1,
  },
  'onDeny cookieless, withdrawn': {
    consent: { onDeny: 'cookieless' },
    steps: ['create consent', 'grant', 'create tracker', 'track a', 'revoke', 'track b', 'flush', 'wait a second'],
    leaves: ['(b)'],
    keeps: [],
    drops: 1,
  },
  'the opt-out model': {
    consent: { model: 'opt-out' },
    steps: ['create consent', 'create tracker', 'track a', 'flush', 'deny', 'track b', 'flush'],
    leaves: ['a'],
    keeps: [],
    drops: 1,
  },
  'opted out of the tracker, and in again': {
    steps: ['create consent', 'grant', 'create tracker', 'track a', 'opt out', 'track b', 'opt in', 'track c', 'flush'],
    leaves: ['consent', 'c'],
    keeps: ['session'],
    drops: 2,
  },
  'a prerendered page that is shown': {
    before: 'granted',
    steps: ['prerender', 'create consent', 'create tracker', 'track a', 'flush', 'show', 'track b', 'flush'],
    leaves: ['a', 'b'],
    keeps: ['session'],
    drops: 0,
  },
};

describe.each(['memory', 'durable'] as const)('with a %s outbox', (kind) => {
  test.each(Object.entries(visits))('%s', async (_name, visit) => {
    const { tracker, left, kept } = await run(visit, kind === 'durable' ? { outbox: durableOutbox() } : {});
    expect(left).toEqual(visit.leaves);
    expect(kept).toEqual(visit.keeps);
    expect(tracker.stats().dropped.consent ?? 0).toBe(visit.drops);
    expect(isBalanced(tracker)).toBe(true);
    if (kind === 'durable' && visit.keeps.includes('session')) expect(tracker.stats().durable).toBe(true);
  });
});

test.each(['memory', 'durable'])(
  'a grant just before the page is left is in time for its last words (%s)',
  async (kind) => {
    const consent = createConsent({ banner: false });
    const tracker = page.track({ consent, ...(kind === 'durable' && { outbox: durableOutbox() }) });
    tracker.track('a');
    consent.give();
    await Promise.resolve();
    // Firefox says this before it says that the page is hidden.
    window.dispatchEvent(new Event('pagehide'));
    await page.advance(0);
    expect(page.endpoint.events().map(({ name }) => name)).toEqual(['a', 'consent']);
  },
);

describe('a withdrawal in another tab is noticed', () => {
  test('as that clears the device: nothing is written again', () => {
    const consent = createConsent({ banner: false });
    consent.give();
    const tracker = page.track({ consent });
    tracker.track('a');
    jar.set(denied());
    localStorage.clear();
    window.dispatchEvent(new StorageEvent('storage', { key: 'beaconry.shop', newValue: null }));
    tracker.track('b');
    expect([Object.keys(localStorage), tracker.stats().dropped.consent]).toEqual([[], 2]);
  });

  test('though the cookie comes later than the word of it', async () => {
    const consent = createConsent({ banner: false });
    consent.give();
    const tracker = page.track({ consent, batch: { size: 100, intervalMs: 60_000 } });
    tracker.track('sent');
    await page.advance(1000);
    tracker.track('a');
    window.dispatchEvent(new StorageEvent('storage', { key: 'beaconry.shop', newValue: null }));
    expect(tracker.stats().pending).toBe(1);
    jar.set(denied());
    await page.advance(500);
    expect([Object.keys(localStorage), tracker.stats()]).toMatchObject([[], { pending: 0, dropped: { consent: 1 } }]);
    expect(page.endpoint.events().map(({ name }) => name)).toEqual(['sent']);
  });

  test('as the tracker is created', () => {
    const consent = createConsent({ banner: false });
    consent.give();
    jar.set(denied());
    const tracker = page.track({ consent });
    tracker.track('a');
    expect([Object.keys(localStorage), tracker.stats().dropped.consent]).toEqual([[], 1]);
  });
});

test('what was held is sent with the time it happened', async () => {
  const consent = createConsent({ banner: false });
  const tracker = page.track({ consent });
  tracker.track('a');
  const at = Date.now();
  await page.advance(60_000);
  consent.give();
  await tracker.flush();
  expect(page.endpoint.events()[0]?.at).toBe(at);
});

test('at most 100 events wait for a choice; the oldest go first', async () => {
  const consent = createConsent({ banner: false });
  const tracker = page.track({ consent });
  for (let i = 0; i < 105; i++) tracker.track(`e${i}`);
  expect(tracker.stats()).toMatchObject({ pending: 100, dropped: { evicted: 5 } });
  consent.give();
  await tracker.flush();
  expect(page.endpoint.events().map(({ name }) => name)).toEqual([
    ...Array.from({ length: 100 }, (_, i) => `e${i + 5}`),
    'consent',
  ]);
});

test('captures run while a choice is waited for, stop with a refusal, and begin anew with a grant', async () => {
  const consent = createConsent({ banner: false });
  const tracker = page.track({ consent, capture: [pageViews()] });
  consent.deny();
  page.at('https://shop.example/two');
  window.dispatchEvent(new Event('popstate'));
  expect(tracker.stats()).toMatchObject({ accepted: 1, dropped: { consent: 1 } });
  consent.give();
  await page.advance(300);
  await tracker.flush();
  expect(page.endpoint.events().map(({ name }) => name)).toEqual(['page_view', 'consent']);
});

test('a refusal while captures begin ends them all', async () => {
  const consent = createConsent({ banner: false });
  const refuses = () => {
    consent.deny();
    return () => {};
  };
  const tracker = page.track({ consent, capture: [refuses, pageViews()] });
  page.at('https://shop.example/two');
  window.dispatchEvent(new Event('popstate'));
  await page.advance(300);
  expect(tracker.stats().accepted).toBe(1);
});

test('requests under way are broken off in the task of the withdrawal', async () => {
  page.endpoint.usual = 'hang';
  const consent = createConsent({ banner: false });
  consent.give();
  const tracker = page.track({ consent });
  tracker.track('a');
  await page.advance(250);
  const signal = page.endpoint.requests[0]?.init.signal as AbortSignal;
  expect([page.endpoint.requests.length, signal.aborted]).toEqual([1, false]);
  consent.revoke();
  expect(signal.aborted).toBe(true);
  await page.advance(60_000);
  expect(page.endpoint.requests).toHaveLength(1);
  expect(tracker.stats()).toMatchObject({ pending: 0, dropped: { consent: 1 } });
});

test('eraseUrl is told which session to erase, once', async () => {
  const asked: unknown[] = [];
  const consent = createConsent({ banner: false });
  consent.give();
  const tracker = page.track({ consent, eraseUrl: '/erase', privacy: 'balanced' });
  tracker.track('a');
  await tracker.flush();
  const { session, visitor } = page.endpoint.events()[0] ?? {};
  vi.stubGlobal('fetch', (url: string, init: RequestInit) => {
    asked.push([url, init.keepalive, JSON.parse(init.body as string)]);
    return Promise.resolve(new Response(null, { status: 204 }));
  });
  consent.revoke();
  consent.deny();
  await page.advance(1000);
  expect(asked).toEqual([['/erase', true, { site: 'shop', session, visitor }]]);
});

test('what comes after a withdrawal shares neither session nor tab nor page with what came before', async () => {
  const consent = createConsent({ banner: false, onDeny: 'cookieless' });
  consent.give();
  const tracker = page.track({ consent, privacy: 'balanced' });
  tracker.track('a');
  await tracker.flush();
  consent.revoke();
  tracker.track('b');
  await tracker.flush();
  const [before, after] = page.endpoint.events();
  expect(after?.name).toBe('b');
  for (const key of ['session', 'tab', 'page'] as const) expect(after?.[key]).not.toEqual(before?.[key]);
  expect(after?.visitor).toBeUndefined();
});

test('a tracker of another purpose has a choice of its own', async () => {
  const consent = createConsent({ banner: false, purposes: ['analytics', 'marketing'] });
  consent.update({ marketing: true });
  const ads = page.track({ consent, purpose: 'marketing', site: 'ads' });
  const stats = page.track({ consent });
  ads.track('a');
  stats.track('b');
  await ads.flush();
  await stats.flush();
  expect(page.endpoint.events().map(({ name }) => name)).toEqual(['a']);
});

describe.each(['granted', 'cookieless'] as const)('optOut() where consent is the owner’s word: %s', (consent) => {
  test('drops what waits, takes nothing more, and is remembered until optIn()', async () => {
    const tracker = page.track({ consent, capture: [pageViews()] });
    tracker.track('a');
    tracker.optOut();
    tracker.track('b');
    await tracker.flush();
    expect(tracker.stats()).toMatchObject({ accepted: 3, pending: 0, dropped: { consent: 3 } });
    tracker.stop();
    await page.advance(0);

    const next = page.track({ consent });
    next.track('c');
    await next.flush();
    expect(page.endpoint.requests).toEqual([]);
    expect(Object.keys(localStorage)).toEqual(['beaconry.shop:out']);
    next.optIn();
    next.track('d');
    await next.flush();
    expect(page.endpoint.events().map(({ name }) => name)).toEqual(['d']);
    expect(localStorage.getItem('beaconry.shop:out')).toBeNull();
  });
});

test('an address with ?beaconry_optout opts its visitor out until ?beaconry_optin', async () => {
  for (const [address, count] of [
    ['/?beaconry_optout', 0],
    ['/', 0],
    ['/?a=1&beaconry_optin', 1],
    ['/', 2],
  ] as const) {
    page.at(`https://shop.example${address}`);
    const tracker = page.track();
    tracker.track('a');
    await tracker.flush();
    expect(page.endpoint.events()).toHaveLength(count);
    tracker.stop();
    await page.advance(0);
  }
});

test('nobody who is asked for consent is opted in by a link', async () => {
  page.at('https://shop.example/?beaconry_optin');
  const consent = createConsent({ banner: false });
  page.track({ consent });
  expect(consent.get()).toBe('unknown');
});

test('an invalid consent is none, and one warning says so', async () => {
  const tracker = page.track({ consent: {} as TrackerOptions['consent'] });
  tracker.track('a');
  await tracker.flush();
  expect(page.endpoint.requests[0]?.batch.consent).toBe('cookieless');
  expect(page.warnings).toEqual([
    'beaconry: option "consent" should be granted or cookieless or object from createConsent()',
  ]);
});

/** Lets the database do what it is asked to; its turns are not timers that a test can advance. */
async function database() {
  for (let turn = 0; turn < 40; turn++) await new Promise((done) => setImmediate(done));
}

async function run({ steps, consent: options, gpc, before }: Visit, more: Partial<TrackerOptions>) {
  if (gpc) Object.defineProperty(navigator, 'globalPrivacyControl', { value: true, configurable: true });
  if (before) jar.set(before === 'granted' ? granted() : denied());
  let consent = undefined as unknown as ConsentApi;
  let tracker = undefined as unknown as Tracker;
  let activate = page.show;
  const createDeciding = (decide: () => void) => {
    const deciding = () => {
      decide();
      return () => {};
    };
    tracker = page.track({ consent, capture: [deciding, pageViews()], ...more });
  };
  const actions: Record<string, () => unknown> = {
    'create consent': () => {
      consent = createConsent({ banner: false, ...options });
    },
    'create tracker': () => {
      tracker = page.track({ consent, ...more });
    },
    'create tracker, whose capture grants': () => createDeciding(() => consent.give()),
    'create tracker, whose capture refuses': () => createDeciding(() => consent.deny()),
    grant: () => consent.give(),
    deny: () => consent.deny(),
    revoke: () => consent.revoke(),
    reset: () => consent.reset(),
    'grant in another tab': () => jar.set(granted()),
    'deny in another tab': () => jar.set(denied()),
    'opt out': () => tracker.optOut(),
    'opt in': () => tracker.optIn(),
    flush: () => tracker.flush(),
    'begin to flush': () => void tracker.flush(),
    leave: page.leave,
    'come back': page.comeBack,
    show: () => activate(),
    prerender: () => {
      activate = page.prerender();
    },
    'lose the network': () => {
      page.endpoint.usual = 'unreachable';
    },
    'lose the answers': () => {
      page.endpoint.usual = 'hang';
    },
  };
  for (const step of steps) {
    if (step.startsWith('track ')) tracker.track(step.slice(6));
    else if (step.startsWith('wait')) await page.advance(step.includes('minutes') ? 6 * 60_000 : 1000);
    else {
      const done = actions[step]?.();
      if (done instanceof Promise) await Promise.race([done, database()]);
    }
  }
  await database();
  await page.advance(1000);
  await database();
  const arrived = new Set(page.endpoint.events().map(({ id }) => id));
  const left = page.endpoint.requests.flatMap(({ batch }) =>
    batch.events
      .filter(({ id }) => arrived.delete(id))
      .map(({ name }) => (batch.consent === 'cookieless' ? `(${name})` : name)),
  );
  const kept: string[] = [];
  if (localStorage.getItem('beaconry.shop')) kept.push('session');
  if (localStorage.getItem('beaconry.shop:out')) kept.push('objection');
  // With consent a database is there, empty or not; without it there is none at all.
  const databases = await indexedDB.databases();
  if (databases.length && !kept[0]) kept.push('events');
  return { tracker, left, kept };
}

test('the last words of captures, when consent ends, are not sent without cookies either', async () => {
  const consent = createConsent({ banner: false, onDeny: 'cookieless' });
  const tracker = page.track({
    consent,
    capture: [
      ({ emit }) => {
        emit('begun', {});
        return () => emit('last_words', {});
      },
    ],
  });
  consent.give(true);
  await tracker.flush();
  consent.revoke();
  tracker.track('after');
  await tracker.flush();
  expect(page.endpoint.named('after')).toHaveLength(1);
  expect(page.endpoint.named('last_words')).toEqual([]);
  expect(tracker.stats().dropped.consent).toBeGreaterThan(0);
  expect(isBalanced(tracker)).toBe(true);
});

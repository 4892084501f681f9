import type { AnyEvents, EventMap, Moment, Topics, Tracker } from './api.ts';
import type { Teardown } from './capture/capture.ts';
import { createCourier } from './delivery/courier.ts';
import { createTransport } from './delivery/transport.ts';
import { TRACKER_RULES, type TrackerOptions } from './options.ts';
import { createCounters } from './outbox/counters.ts';
import { memoryOutbox } from './outbox/memoryOutbox.ts';
import type { DropReason } from './outbox/outbox.ts';
import { seal } from './outbox/seal.ts';
import { checkOptions } from './platform/checkOptions.ts';
import { systemClock } from './platform/clock.ts';
import { createIds } from './platform/createIds.ts';
import { createEmitter } from './platform/emitter.ts';
import { createGuard, type Guard } from './platform/guard.ts';
import { createListen } from './platform/listen.ts';
import { stored } from './platform/storage.ts';
import { describeContext } from './privacy/describeContext.ts';
import { few, plainJson } from './privacy/plainJson.ts';
import { scrubText } from './privacy/scrubText.ts';
import { scrubUrl } from './privacy/scrubUrl.ts';
import type { BeaconEvent, Page } from './protocol/event.ts';
import { MAX_EVENT_LENGTH, MAX_NAME_LENGTH } from './protocol/limits.ts';
import { holdOne } from './registry.ts';
import { createPages } from './session/pages.ts';
import { createSession } from './session/session.ts';
import { beaconryWire } from './wires/beaconryWire.ts';

type Warn = (text: string, error?: unknown) => void;

/** Where events go; the mark of an address that is none, or that holds a password, is that it does not look like this. */
const ADDRESS = /^(https?:\/)?\/[^@]*$/i;
/** Most events that wait for the page to be shown. */
const HELD_LIMIT = 500;

/**
 * Starts tracking. Calling it again with the same `endpoint` and `site` gives the same tracker, until each of them has
 * been stopped. On a server, and without a valid endpoint, the tracker does nothing.
 *
 * @example
 * const tracker = createTracker({ endpoint: '/e', site: 'shop', consent: 'granted', capture: [pageViews(), clicks()] });
 * tracker.track('signup', { plan: 'team' });
 */
export function createTracker<Events extends EventMap<Events> = AnyEvents>(given: TrackerOptions): Tracker<Events> {
  const warn: Warn = (...words) => console.warn('beaconry:', ...words);
  try {
    if (typeof document !== 'undefined') {
      if (!ADDRESS.test(given?.endpoint)) throw 'it should be a URL such as "/e"';
      const { href: endpoint } = new URL(given.endpoint, location.href);
      const options = { site: 'default', ...checkOptions<TrackerOptions>(given, TRACKER_RULES, warn), endpoint };
      const key = `${endpoint} ${options.site}`;
      const [live, stop] = holdOne(
        key,
        JSON.stringify(options),
        () => start(options, warn, key),
        () => warn(`site "${options.site}" is tracked already, with other options: those stand`),
      );
      // The map of events exists in types alone.
      return { ...live.tracker, stop } as unknown as Tracker<Events>;
    }
  } catch (error) {
    warn('nothing is tracked; check option "endpoint":', error);
  }
  return { ...start({ endpoint: '', site: '' }, warn).tracker, stop() {} } as unknown as Tracker<Events>;
}

/** What names a user or a group, '' for what cannot. */
const toName = (given: unknown) => (typeof given === 'string' || Number.isFinite(given) ? `${given}` : '');
const isName = (text: unknown) => typeof text === 'string' && text && text.length <= MAX_NAME_LENGTH;

/**
 * Wires the rooms, in the order of an event's walk: capture → stamp → gate → session → beforeSend → seal → outbox →
 * courier. Without a key, endpoint and site together, nothing is touched and nothing happens.
 */
function start(options: TrackerOptions & { site: string }, warn: Warn, key = '') {
  const { consent = 'cookieless', privacy = 'strict', wire = beaconryWire, beforeSend } = options;
  const clock = systemClock;
  // The gate, as long as consent is the owner's word: what may be kept, and how much may be known.
  const mayKeep = consent === 'granted';
  const isFull = mayKeep && privacy !== 'strict';
  const undo: Teardown[] = [];
  const onError = (error: unknown) => tell('error', error);
  // An inert tracker's callbacks are never called.
  const guard: Guard = key ? createGuard(onError) : () => () => undefined;
  const { on, tell } = createEmitter<Topics>(
    guard,
    options.debug || (!!key && /[?&]beaconry_debug\b/.test(location.search)),
  );
  if (options.onError) on('error', options.onError);
  const listen = createListen(guard, undo);
  const createId = createIds(clock);
  const scrub = (url: string, keepRoute?: boolean) => scrubUrl(url, isFull, keepRoute);
  const pages = createPages(createId, scrub, scrubText);
  const session = createSession({
    ...options.session,
    clock,
    createId,
    stored: mayKeep ? stored(`beaconry.${options.site}`, listen) : null,
    hasVisitor: isFull,
  });
  const counters = createCounters((drop) => tell('drop', drop));
  const outboxContext = { key, clock, createId, counters, wake: () => courier.wake(true), onError };
  let { outbox: createOutbox = memoryOutbox() } = options;
  if (createOutbox.isDurable && !mayKeep) {
    warn('option "outbox" needs consent "granted": events stay in memory');
    createOutbox = memoryOutbox();
  }
  let outbox = createOutbox(outboxContext);
  if (!outbox.append) {
    warn('option "outbox" should be called: durableOutbox()');
    outbox = memoryOutbox()(outboxContext);
  }
  const problems = new Set<string>();
  const courier = createCourier(
    options.batch ?? {},
    outbox,
    wire,
    createTransport(options, wire, clock),
    clock,
    listen,
    (delivery, result) => {
      tell('delivery', delivery);
      if (result.kind === 'accepted') {
        void result.rejected?.then(({ length }) => {
          // Some may be another page's, out of a durable outbox.
          const count = Math.min(length, delivery.count, counters.totals.acknowledged);
          counters.acknowledge(-count);
          counters.drop('rejected', count);
        });
      }
    },
    (problem) => {
      const text = `endpoint ${options.endpoint} ${problem}; events are kept`;
      if (problems.has(text)) return;
      problems.add(text);
      warn(text);
      onError(Error(text));
    },
  );

  let tab: string | undefined;
  let properties: object = {};
  let sessionId: string | undefined;
  let seq = 0;
  let head: string | undefined;
  let isEnded = false;
  /** Events of a page that nobody sees yet, and perhaps nobody will. */
  let held: (() => void)[] | undefined;

  /** Takes an event through all stages, from stamp to outbox. */
  const record = (
    name: string,
    data?: object,
    moment?: Moment & { page?: Page; id?: string },
    identified?: string,
  ): void => {
    const { at, page = pages.current(), id = createId() } = moment ?? {};
    let reason: DropReason;
    /** Passes one thing that an event may fail at, on to the next. */
    const pass = (isRight: unknown, next: DropReason) => {
      if (!isRight) throw Error(`event "${name}": ${reason}`);
      reason = next;
    };
    const attempt = (stages: () => void) => {
      try {
        stages();
      } catch (error) {
        counters.drop(reason);
        onError(error);
      }
    };

    counters.accept();
    attempt(() => {
      reason = 'invalid_name';
      pass(isName(name) && identified !== '', 'consent');
      pass(mayKeep || name !== 'identify', 'unserialisable');
      // Traits are what the owner wants kept as they are.
      const plain = plainJson(
        { ...properties, ...(typeof data === 'object' && data && few(data)) },
        !/^(identify|group)$/.test(name),
      );
      const time = Number.isFinite(at) ? (at as number) : clock.now();
      reason = 'stopped';

      const walk = () => {
        pass(!isEnded, 'hook_error');
        const { id: currentId, user, visitor } = session.touch(identified);
        if (sessionId !== currentId) {
          sessionId = currentId;
          seq = 0;
          tell('session', { id: currentId });
        }
        tab ??= createId();
        const envelope = { id, at: time, tab, session: currentId };
        let event: BeaconEvent | null = { ...envelope, name, visitor, user, page, data: JSON.parse(plain) };
        // A page that the owner may have changed is sent with its event.
        if (beforeSend) event = beforeSend({ ...event, page: { ...page } });
        if (event) {
          pass(isName(event.name), 'hook_error');
          head ??= JSON.stringify({ consent, context: describeContext(isFull) }).slice(1, -1);
          const numbered = { ...event, ...envelope, seq: seq + 1 };
          const sealed = seal(numbered, head, beforeSend ? undefined : page);
          reason = 'too_large';
          pass(sealed.text.length <= MAX_EVENT_LENGTH, reason);
          outbox.append(sealed);
          seq++;
          tell('event', numbered);
          courier.wake();
        } else counters.drop('filtered');
      };
      if (held) {
        held.push(() => attempt(walk));
        if (held.length > HELD_LIMIT) {
          held.shift();
          counters.drop('evicted');
        }
      } else walk();
    });
  };
  const release = () => {
    const walks = held ?? [];
    held = undefined;
    for (const walk of walks) walk();
  };

  const emit = guard(record);
  if (key) {
    if ((document as { prerendering?: boolean }).prerendering) {
      held = [];
      listen(document, 'prerenderingchange', release);
    }
    for (const capture of options.capture ?? []) {
      const teardown = guard(capture)({ emit, clock, listen, guard, pages, scrubUrl: scrub, scrubText });
      if (teardown) undo.push(guard(teardown));
    }
    // After the captures: what they emit when the page leaves has to be in the outbox when the courier empties it.
    courier.start();
  }

  const stats = () => {
    const kept = outbox.stats();
    const { totals } = counters;
    return { ...kept, ...totals, dropped: { ...totals.dropped }, pending: kept.pending + (held?.length ?? 0) };
  };
  const tracker: Omit<Tracker, 'stop'> = {
    // Captures may say more of an event than when it happened.
    track: guard((name, data, moment) => record(name, data, { at: moment?.at })),
    page: guard((data, moment) =>
      record('page_view', { kind: 'navigation', ...data }, { at: moment?.at, page: pages.enter() }),
    ),
    identify: guard((user, traits, moment) => record('identify', { traits }, moment, toName(user))),
    group: guard((group, traits, moment) => {
      const name = toName(group);
      if (name) properties = { ...properties, group: name };
      record('group', { traits }, moment, name && undefined);
    }),
    set: guard((added) => {
      properties = { ...properties, ...added };
    }),
    reset: guard(() => {
      properties = {};
      session.forget();
    }),
    async flush() {
      const before = stats().acknowledged;
      await courier.flush();
      const { acknowledged, pending } = stats();
      return { sent: acknowledged - before, pending };
    },
    stats,
    on,
    session: {
      get id() {
        return session.current()?.id;
      },
    },
  };
  return {
    tracker,
    end() {
      for (const teardown of undo) teardown();
      isEnded = true;
      release();
      courier.stop();
      outbox.close();
    },
  };
}

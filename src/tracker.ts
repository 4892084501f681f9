import type { AnyEvents, EventMap, Moment, Topics, Tracker } from './api.ts';
import { createGate } from './consent/gate.ts';
import { createCourier } from './delivery/courier.ts';
import { createTransport } from './delivery/transport.ts';
import { checkOptions, type TrackerOptions } from './options.ts';
import { createCounters } from './outbox/counters.ts';
import { memoryOutbox } from './outbox/memoryOutbox.ts';
import type { DropReason } from './outbox/outbox.ts';
import { seal } from './outbox/seal.ts';
import { systemClock } from './platform/clock.ts';
import { createIds } from './platform/createIds.ts';
import { createEmitter } from './platform/emitter.ts';
import { createGuard } from './platform/guard.ts';
import { createListen } from './platform/listen.ts';
import { localStore } from './platform/storage.ts';
import { describeContext } from './privacy/describeContext.ts';
import { plainJson } from './privacy/plainJson.ts';
import { scrubText } from './privacy/scrubText.ts';
import { scrubUrl } from './privacy/scrubUrl.ts';
import type { BeaconEvent, Page, StampedEvent } from './protocol/event.ts';
import { MAX_NAME_LENGTH } from './protocol/limits.ts';
import { holdOne } from './registry.ts';
import { createPages } from './session/pages.ts';
import { createSession } from './session/session.ts';
import { beaconryWire } from './wires/beaconryWire.ts';

/** Events that wait for a prerendered page to be shown; beyond that the oldest go. */
const HELD_LIMIT = 100;

type Warn = (text: string) => void;
type Stamped = StampedEvent & { user?: string };

/**
 * Starts tracking. Calling it again with the same `endpoint` and `site` gives the same tracker, until each of them has
 * been stopped. On a server, and without a valid endpoint, the tracker does nothing.
 *
 * @example
 * const tracker = createTracker({ endpoint: '/e', site: 'shop', consent: 'granted', capture: [pageViews(), clicks()] });
 * tracker.track('signup', { plan: 'team' });
 */
export function createTracker<Events extends EventMap<Events> = AnyEvents>(given: TrackerOptions): Tracker<Events> {
  const warn: Warn = (text) => console.warn(`beaconry: ${text}`);
  let tracker = inertTracker();
  try {
    if (typeof document !== 'undefined') {
      const options = checkOptions({ ...given }, warn);
      const { endpoint, site = 'default' } = options;
      if (endpoint) tracker = hold({ ...options, endpoint: new URL(endpoint, location.href).href, site }, warn);
      else warn('nothing is tracked: option "endpoint" has to be the URL that takes your events');
    }
  } catch (error) {
    // Not one of the foreseen mistakes, and still no reason to harm the page.
    warn(`not started: ${error}`);
  }
  // The map of events exists in types alone.
  return tracker as unknown as Tracker<Events>;
}

function hold(options: TrackerOptions & { site: string }, warn: Warn): Tracker {
  const [{ tracker }, stop] = holdOne(
    `${options.endpoint} ${options.site}`,
    JSON.stringify(options),
    () => start(options, warn),
    () => warn(`site "${options.site}" is tracked already, by the options of the first call`),
  );
  return { ...tracker, stop };
}

/** Wires the rooms, in the order of an event's walk: capture → stamp → gate → session → beforeSend → seal → outbox → courier. */
function start(
  options: TrackerOptions & { site: string },
  warn: Warn,
): { tracker: Omit<Tracker, 'stop'>; end(): void } {
  const { endpoint, site, consent = 'cookieless', privacy = 'strict', wire = beaconryWire, beforeSend } = options;
  const isGranted = consent === 'granted';
  const isFull = isGranted && privacy !== 'strict';
  const key = `${endpoint} ${site}`;
  const clock = systemClock;

  let isReporting = false;
  const onError = (error: unknown) => {
    // What goes wrong while telling of what went wrong goes nowhere.
    if (isReporting) return;
    isReporting = true;
    topics.tell('error', error);
    isReporting = false;
  };
  const guard = createGuard(onError);
  const isDebug = options.debug || /[?&]beaconry_debug\b/.test(location.search);
  const topics = createEmitter<Topics>(guard, isDebug && ((topic, value) => console.debug('beaconry', topic, value)));
  if (options.onError) topics.on('error', options.onError);

  const listen = createListen(guard);
  const createId = createIds(clock);
  const scrub = (url: string, keepRoute?: boolean) => scrubUrl(url, isFull, keepRoute);
  const pages = createPages({ createId, scrubUrl: scrub, scrubText });
  const gate = createGate(consent, listen);
  const session = createSession({
    ...options.session,
    clock,
    createId,
    storage: isGranted ? localStore(listen) : null,
    key: `beaconry.${site}`,
    hasVisitor: isFull,
  });
  const counters = createCounters((drop) => topics.tell('drop', drop));
  const createOutbox = (isGranted && options.outbox) || memoryOutbox();
  if (options.outbox?.isDurable && !isGranted) warn('option "outbox" needs consent "granted": events stay in memory');
  const outbox = createOutbox({ key, clock, createId, counters, wake: () => courier.wake(), onError });
  const problems = new Set<string>();
  const courier = createCourier({
    ...options.batch,
    outbox,
    send: createTransport({ endpoint, site, wire, headers: options.headers, clock }),
    clock,
    listen,
    limits: wire,
    onDelivery(delivery, result) {
      topics.tell('delivery', delivery);
      if (result.kind !== 'accepted') return;
      void result.rejected?.then((rejected = []) => {
        counters.acknowledge(-rejected.length);
        counters.drop('rejected', rejected.length);
      });
    },
    onProblem(problem) {
      const text = `endpoint ${endpoint} ${problem}; events are kept and tried again`;
      if (!problems.has(text)) warn(text);
      problems.add(text);
    },
  });

  const tab = createId();
  const held: Stamped[] = [];
  let properties: object = {};
  let sessionId = '';
  let seq = 0;
  let head = '';
  let isEnded = false;

  /** Counts what becomes of an event that a stage could not take. */
  const drop = (reason: DropReason, error?: unknown) => {
    counters.drop(reason);
    if (error) onError(error);
  };

  const stamp = (name: string, data?: object, { at, page }: Moment & { page?: Page } = {}, user?: string) => {
    counters.accept();
    if (isEnded) return drop('stopped');
    if (typeof name !== 'string' || !name || name.length > MAX_NAME_LENGTH) {
      return drop('invalid_name', TypeError(`an event name has 1 to ${MAX_NAME_LENGTH} characters`));
    }
    try {
      const event = {
        id: createId(),
        name,
        at: at || clock.now(),
        tab,
        page: page ?? pages.current(),
        // Traits are what the owner wants kept as they are.
        data: JSON.parse(plainJson({ ...properties, ...data }, !/^(identify|group)$/.test(name))),
        user,
      };
      if (gate.state()) pass(event);
      else if (held.push(event) > HELD_LIMIT) {
        held.shift();
        drop('evicted');
      }
    } catch (error) {
      drop('unserialisable', error);
    }
  };

  const pass = (stamped: Stamped) => {
    const { id, user, visitor } = session.touch(stamped.user);
    if (id !== sessionId) {
      sessionId = id;
      seq = 0;
      topics.tell('session', { id });
    }
    let event: BeaconEvent = { ...stamped, session: id, visitor, user };
    if (beforeSend) {
      try {
        const answer = beforeSend(event);
        if (!answer) return drop('filtered');
        // The envelope stays as it was.
        event = { ...answer, id: stamped.id, at: stamped.at, tab, session: id };
      } catch (error) {
        return drop('hook_error', error);
      }
    }
    head ||= JSON.stringify({ consent, context: describeContext(isFull) }).slice(1, -1);
    const numbered = { ...event, seq: seq + 1 };
    // A page that the owner may have changed is sent with its event.
    const sealed = seal(numbered, head, beforeSend ? undefined : event.page);
    if (!sealed) return drop('too_large', RangeError(`event "${event.name}" is larger than 32 KiB`));
    seq++;
    outbox.append(sealed);
    topics.tell('event', numbered);
    courier.wake();
  };

  const emit = guard(stamp);
  const undo = [
    gate.onOpen(() => {
      for (const event of held.splice(0)) pass(event);
    }),
    ...(options.capture ?? []).map((capture) =>
      guard(capture)({ emit, clock, listen, guard, pages, scrubUrl: scrub, scrubText }),
    ),
  ];
  // After the captures: what they emit when the page leaves has to be in the outbox when the courier empties it.
  courier.start();

  const stats = () => {
    const { pending, durable } = outbox.stats();
    const { totals } = counters;
    return { ...totals, pending: pending + held.length, dropped: { ...totals.dropped }, durable };
  };

  return {
    tracker: {
      track: emit,
      page: guard((data, moment) =>
        stamp('page_view', { kind: 'navigation', ...data }, { ...moment, page: pages.enter() }),
      ),
      identify: guard((user, traits, moment) => {
        if (isGranted) return stamp('identify', { traits }, moment, `${user}`);
        counters.accept();
        drop('consent', Error('identify() needs consent "granted"'));
      }),
      group: guard((group, traits, moment) => {
        properties = { ...properties, group: `${group}` };
        stamp('group', { traits }, moment);
      }),
      set: guard((added) => {
        properties = { ...properties, ...added };
      }),
      reset: guard(() => {
        properties = {};
        session.forget();
      }),
      async flush() {
        const { acknowledged } = counters.totals;
        await courier.flush();
        return { sent: counters.totals.acknowledged - acknowledged, pending: stats().pending };
      },
      stats,
      on: topics.on,
      session: {
        get id() {
          return session.current()?.id;
        },
      },
    },
    end() {
      for (const teardown of undo) teardown?.();
      isEnded = true;
      counters.drop('stopped', held.splice(0).length);
      courier.leave();
      courier.stop();
      session.stop();
      outbox.close();
    },
  };
}

function inertTracker(): Tracker {
  const nothing = () => {};
  return {
    track: nothing,
    page: nothing,
    identify: nothing,
    group: nothing,
    set: nothing,
    reset: nothing,
    stop: nothing,
    flush: async () => ({ sent: 0, pending: 0 }),
    stats: () => ({ accepted: 0, acknowledged: 0, pending: 0, dropped: {}, durable: false }),
    on: () => nothing,
    session: { id: undefined },
  };
}

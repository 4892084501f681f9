import type { AnyEvents, EventMap, Moment, Topics, Tracker } from './api.ts';
import type { Teardown } from './capture/capture.ts';
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
import { stored } from './platform/storage.ts';
import { describeContext } from './privacy/describeContext.ts';
import { plainJson } from './privacy/plainJson.ts';
import { scrubText } from './privacy/scrubText.ts';
import { scrubUrl } from './privacy/scrubUrl.ts';
import type { BeaconEvent, Page } from './protocol/event.ts';
import { MAX_NAME_LENGTH } from './protocol/limits.ts';
import { holdOne } from './registry.ts';
import { createPages } from './session/pages.ts';
import { createSession, type SessionRecord } from './session/session.ts';
import { beaconryWire } from './wires/beaconryWire.ts';

type Warn = (text: string) => void;

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
      const options = { site: 'default', ...checkOptions({ ...given }, warn) };
      const { endpoint, site } = options;
      if (endpoint) {
        options.endpoint = new URL(endpoint, location.href).href;
        const [live, stop] = holdOne(
          options.endpoint + site,
          JSON.stringify(options),
          () => start(options, warn),
          () => warn(`site "${site}" is tracked already, by the options of the first call`),
        );
        tracker = { ...live.tracker, stop };
      } else warn('nothing is tracked without option "endpoint"');
    }
  } catch (error) {
    // Not one of the foreseen mistakes, and still no reason to harm the page.
    warn(`not started: ${error}`);
  }
  // The map of events exists in types alone.
  return tracker as unknown as Tracker<Events>;
}

/** Wires the rooms, in the order of an event's walk: capture → stamp → session → beforeSend → seal → outbox → courier. */
function start(options: TrackerOptions & { site: string }, warn: Warn) {
  const { endpoint, site, consent = 'cookieless', privacy = 'strict', wire = beaconryWire, beforeSend } = options;
  const clock = systemClock;
  // The gate, as long as consent is the owner's word: what may be kept, and how much may be known.
  const mayKeep = consent === 'granted';
  const isFull = mayKeep && privacy !== 'strict';

  const isDebug = options.debug || /[?&]beaconry_debug\b/.test(location.search);
  const onError = (error: unknown) => topics.tell('error', error);
  const guard = createGuard(onError);
  const topics = createEmitter<Topics>(guard, isDebug && ((topic, value) => console.debug('beaconry', topic, value)));
  if (options.onError) topics.on('error', options.onError);
  const listen = createListen(guard);
  const createId = createIds(clock);
  const scrub = (url: string, keepRoute?: boolean) => scrubUrl(url, isFull, keepRoute);
  const pages = createPages({ createId, scrubUrl: scrub, scrubText });
  const session = createSession({
    ...options.session,
    clock,
    createId,
    stored: mayKeep ? stored<SessionRecord>(`beaconry.${site}`, listen) : null,
    hasVisitor: isFull,
  });
  const counters = createCounters((drop) => topics.tell('drop', drop));
  if (!mayKeep && options.outbox?.isDurable) warn('option "outbox" needs consent "granted": events stay in memory');
  const outbox = ((mayKeep && options.outbox) || memoryOutbox())({
    key: endpoint + site,
    clock,
    createId,
    counters,
    wake: () => courier.wake(),
    onError,
  });
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
      if (result.kind === 'accepted') {
        void result.rejected?.then(({ length }) => {
          counters.acknowledge(-length);
          counters.drop('rejected', length);
        });
      }
    },
    onProblem(problem) {
      if (!problems.has(problem)) warn(`endpoint ${endpoint} ${problem}; events are kept and tried again`);
      problems.add(problem);
    },
  });

  const tab = createId();
  const undo: Teardown[] = [];
  let properties: object = {};
  let sessionId = '';
  let seq = 0;
  let head = '';
  let isEnded = false;

  /** Takes an event through all stages, from stamp to outbox. */
  const record = (
    name: string,
    data?: object,
    { at = clock.now(), page = pages.current(), id = createId() }: Moment & { page?: Page; id?: string } = {},
    identified?: string,
  ): void => {
    // Nobody sees a prerendered page yet, and perhaps nobody will.
    if ((document as { prerendering?: boolean }).prerendering) {
      undo.push(listen(document, 'prerenderingchange', () => record(name, data, { at, page, id }, identified)));
      return;
    }
    counters.accept();
    let reason: DropReason = 'stopped';
    try {
      if (isEnded) throw Error('the tracker was stopped');
      reason = 'invalid_name';
      if (typeof name !== 'string' || !name || name.length > MAX_NAME_LENGTH) throw TypeError(`"${name}"`);
      reason = 'consent';
      if (identified && !mayKeep) throw Error('identify() needs consent "granted"');
      reason = 'unserialisable';
      // Traits are what the owner wants kept as they are.
      const plain = plainJson({ ...properties, ...data }, !/^(identify|group)$/.test(name));
      const { id: currentId, user, visitor } = session.touch(identified);
      if (sessionId !== currentId) {
        sessionId = currentId;
        seq = 0;
        topics.tell('session', { id: sessionId });
      }
      const envelope = { id, at, tab, session: sessionId };
      let event: BeaconEvent | null = { ...envelope, name, visitor, user, page, data: JSON.parse(plain) };
      reason = 'hook_error';
      // A page that the owner may have changed is sent with its event.
      if (beforeSend) event = beforeSend({ ...event, page: { ...page } });
      if (!event) {
        counters.drop('filtered');
        return;
      }
      reason = 'too_large';
      head ||= JSON.stringify({ consent, context: describeContext(isFull) }).slice(1, -1);
      const numbered = { ...event, ...envelope, seq: seq + 1 };
      outbox.append(seal(numbered, head, beforeSend ? undefined : page));
      seq++;
      topics.tell('event', numbered);
      courier.wake();
    } catch (error) {
      counters.drop(reason);
      onError(error);
    }
  };

  const emit = guard(record);
  for (const capture of options.capture ?? []) {
    const teardown = guard(capture)({ emit, clock, listen, guard, pages, scrubUrl: scrub, scrubText });
    if (teardown) undo.push(teardown);
  }
  // After the captures: what they emit when the page leaves has to be in the outbox when the courier empties it.
  courier.start();

  const stats = () => ({ ...counters.totals, dropped: { ...counters.totals.dropped }, ...outbox.stats() });
  const tracker: Omit<Tracker, 'stop'> = {
    track: emit,
    page: guard((data, moment) =>
      record('page_view', { kind: 'navigation', ...data }, { ...moment, page: pages.enter() }),
    ),
    identify: guard((user, traits, moment) => record('identify', { traits }, moment, `${user}`)),
    group: guard((group, traits, moment) => {
      properties = { ...properties, group: `${group}` };
      record('group', { traits }, moment);
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
    on: topics.on,
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
      courier.leave();
      courier.stop();
      session.stop();
      outbox.close();
    },
  };
}

function inertTracker(): Tracker {
  const undo = () => {};
  // Also what `on()` answers with; the others answer to nobody.
  const nothing = () => undo;
  return {
    track: nothing,
    page: nothing,
    identify: nothing,
    group: nothing,
    set: nothing,
    reset: nothing,
    on: nothing,
    stop: nothing,
    flush: async () => ({ sent: 0, pending: 0 }),
    stats: () => ({ accepted: 0, acknowledged: 0, pending: 0, dropped: {}, durable: false }),
    session: { id: undefined },
  };
}

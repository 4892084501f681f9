import type { AnyEvents, EventMap, Moment, Topics, Tracker } from './api.ts';
import type { Teardown } from './capture/capture.ts';
import type { Consent } from './consent/consent.ts';
import { createGate } from './consent/gate.ts';
import { TRACKER_RULES, type TrackerOptions } from './options.ts';
import { createCounters } from './outbox/counters.ts';
import { memoryOutbox } from './outbox/memoryOutbox.ts';
import type { DropReason } from './outbox/outbox.ts';
import { isName, openPipeline, type Pipeline } from './pipeline.ts';
import { checkOptions } from './platform/checkOptions.ts';
import { systemClock } from './platform/clock.ts';
import { createIds } from './platform/createIds.ts';
import { createEmitter } from './platform/emitter.ts';
import { createGuard, type Guard } from './platform/guard.ts';
import { createListen } from './platform/listen.ts';
import { clearStored, stored } from './platform/storage.ts';
import { few, plainJson } from './privacy/plainJson.ts';
import { scrubText } from './privacy/scrubText.ts';
import { scrubUrl } from './privacy/scrubUrl.ts';
import type { Page } from './protocol/event.ts';
import { holdOne } from './registry.ts';
import { createPages } from './session/pages.ts';

/** How long a cookie may take from one tab to another. */
const COOKIE_MS = 500;

type Warn = (text: string, error?: unknown) => void;

/** Where events go; the mark of an address that is none, or that holds a password, is that it does not look like this. */
const ADDRESS = /^(https?:\/)?\/[^@]*$/i;
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
      if (!ADDRESS.test(given.endpoint)) throw given.endpoint;
      const { href: endpoint } = new URL(given.endpoint, location.href);
      const options = { site: 'default', ...checkOptions<TrackerOptions>(given, TRACKER_RULES, warn), endpoint };
      const key = `${endpoint} ${options.site}`;
      const [live, stop] = holdOne(
        key,
        JSON.stringify(options),
        () => start(options, warn, key),
        () => warn(`site "${options.site}" is tracked already, with other options`),
      );
      // The map of events exists in types alone.
      return { ...live.tracker, stop } as unknown as Tracker<Events>;
    }
  } catch (error) {
    warn('nothing is tracked; option "endpoint" should be a URL such as "/e":', error);
  }
  return { ...start({ endpoint: '', site: '' }, warn).tracker, stop() {} } as unknown as Tracker<Events>;
}

/** What names a user or a group, '' for what cannot. */
const toName = (given: unknown) => (typeof given === 'string' || Number.isFinite(given) ? `${given}` : '');

/**
 * Wires an event's walk, in its order: capture → stamp → gate → pipeline. Each consent has a pipeline of its own. Without
 * a key, endpoint and site together, nothing is touched and nothing happens.
 */
function start(options: TrackerOptions & { site: string }, warn: Warn, key = '') {
  const {
    site,
    consent = 'cookieless',
    privacy = 'strict',
    purpose = 'analytics',
    outbox: createOutbox = memoryOutbox(),
    eraseUrl,
  } = options;
  const clock = systemClock;
  const undo = new Set<Teardown>();
  const captureUndo = new Set<Teardown>();
  let isWatching = false;
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
  const { parameters, keys = [] } = options.scrub ?? {};
  const scrub = (url: string, keepRoute?: boolean) =>
    scrubUrl(url, gate.mode === 'granted' && privacy !== 'strict', keepRoute, parameters);
  const pages = createPages(createId, scrub, scrubText);
  const counters = createCounters((drop) => tell('drop', drop));
  /** Under which names everything lies that is kept on the device. */
  const place = `beaconry.${site}`;
  const objection = `${place}:out`;
  const problems = new Set<string>();
  const onProblem = (problem: string) => {
    const text = `endpoint ${options.endpoint} ${problem}; events are kept`;
    if (problems.has(text)) return;
    problems.add(text);
    warn(text);
    onError(Error(text));
  };
  let pipeline: Pipeline | undefined;
  /** With it, earlier ones that still hold events. */
  const pipelines = new Set<Pipeline>();
  let isEnded = false;
  /** What was told last under the present consent, for captures that begin to listen after that. */
  let last: Partial<Topics> = {};
  const hear = <Topic extends keyof Topics>(topic: Topic) => {
    on(topic, (value) => {
      last[topic] = value;
    });
    return (listener: (value: Topics[Topic]) => void) => {
      const told = last[topic];
      if (told) guard(listener)(told);
      return on(topic, listener);
    };
  };
  const onEvent = hear('event');
  const onSession = hear('session');
  let properties: object = {};

  const unwatch = () => {
    for (const teardown of captureUndo) teardown();
    captureUndo.clear();
    isWatching = false;
  };
  /** Ends all that there was under a consent which is no more. */
  const withdraw = async () => {
    const { id, visitor } = pipeline?.session.current() ?? {};
    if (eraseUrl && id) {
      const body = JSON.stringify({ site, session: id, visitor });
      fetch(eraseUrl, { method: 'POST', body, keepalive: true, credentials: 'omit' }).catch(onError);
    }
    pipeline = undefined;
    last = {};
    unwatch();
    // The captures' last words were about what is over.
    gate.release(true);
    clearStored(place, objection);
    // What comes later is not to be known by its page.
    pages.enter({ referrer: pages.current().referrer });
    await Promise.all([...pipelines].map((one) => one.wipe().then(() => pipelines.delete(one))));
    if (gate.mode !== 'granted') createOutbox.remove?.(key);
  };
  const gate = createGate(consent, purpose, stored(objection, listen), clock, counters, (mode, isFirst) => {
    if (isEnded) return;
    if (mode !== 'granted' && pipelines.size) void withdraw();
    else if (isFirst && mode !== 'memory' && mode !== 'granted' && mode !== consent) {
      // There may have been consent on an earlier visit.
      clearStored(place, objection);
      createOutbox.remove?.(key);
    }
    if (mode === 'none') return unwatch();
    if (mode !== 'memory') {
      pipeline = openPipeline(options, createOutbox.isDurable && mode !== 'granted' ? memoryOutbox() : createOutbox, {
        key,
        consent: mode,
        clock,
        createId,
        counters,
        guard,
        place,
        scrubUrl: scrub,
        tell,
        warn,
        onError,
        onProblem,
        refresh: guard(gate.refresh),
      });
      pipelines.add(pipeline);
    }
    if (!isWatching) {
      isWatching = true;
      const watched = createListen(guard, captureUndo);
      const context = {
        emit,
        clock,
        listen: watched,
        guard,
        pages,
        scrubUrl: scrub,
        scrubText,
        warn,
        endpoint: options.endpoint,
        isGranted: () => gate.mode === 'granted',
        onEvent,
        onSession,
      };
      for (const capture of options.capture ?? []) {
        const teardown = guard(capture)(context);
        if (teardown) captureUndo.add(guard(teardown));
      }
    }
    // One of them may have brought about a choice.
    if (gate.mode === 'none') unwatch();
    // After the captures: what they emit when the page leaves has to be in the outbox when the courier empties it.
    pipeline?.start();
  });

  /** Takes an event through all stages, from stamp to outbox. */
  const record = (
    name: string,
    data?: object,
    moment?: Moment & { page?: Page; id?: string },
    identified?: string,
  ): void => {
    counters.accept();
    if (gate.mode === 'none' && !isEnded) {
      counters.drop('consent');
      return;
    }
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

    attempt(() => {
      reason = 'invalid_name';
      pass(isName(name) && identified !== '', 'unserialisable');
      // Traits are what the owner wants kept as they are.
      const json = plainJson(
        { ...properties, ...(typeof data === 'object' && data && few(data)) },
        /^(identify|group)$/.test(name) ? [...keys, 'traits'] : keys,
      );
      const time = Number.isFinite(at) ? (at as number) : clock.now();
      const walk = () => {
        reason = 'stopped';
        pass(!isEnded, 'consent');
        pass(gate.mode === 'granted' || name !== 'identify', 'hook_error');
        pipeline?.take({ id, at: time, name, page, json, user: identified }, pass);
      };
      if (pipeline || isEnded) walk();
      else gate.hold(() => attempt(walk));
    });
  };
  const emit = guard(record);

  if (key) {
    if (createOutbox.isDurable && consent === 'cookieless')
      warn('option "outbox" needs consent "granted": events stay in memory');
    // For the owner, who does not want to be counted. Nobody is opted in by a link where the visitor is asked.
    const [, wish] = /[?&]beaconry_opt(in|out)\b/.exec(location.search) ?? [];
    if (wish === 'out' || (wish && typeof consent !== 'object')) gate.choose(wish === 'in');
    // A plain state has no changes.
    const unsubscribe = (consent as Partial<Consent>).on?.('change', (change) => {
      gate.adjust();
      if (change?.state && gate.mode === 'granted')
        record('consent', { purposes: change.state, source: change.source });
    });
    if (unsubscribe) undo.add(unsubscribe);
    gate.refresh();
    listen(document, 'prerenderingchange', gate.adjust);
    // Another tab has removed something: the session, as consent was withdrawn? In WebKit its cookie comes later.
    listen<StorageEvent>(window, 'storage', ({ newValue }) => {
      if (newValue) return;
      gate.refresh();
      clock.after(COOKIE_MS, guard(gate.refresh));
    });
    // Who leaves without a choice has not agreed.
    listen(window, 'pagehide', () => gate.release(true));
  }

  const stats = () => {
    let pending = gate.waiting;
    for (const { outbox } of pipelines) pending += outbox.stats().pending;
    return { durable: false, ...pipeline?.outbox.stats(), ...counters.totals, pending };
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
      pipeline?.session.forget();
    }),
    optOut: guard(() => gate.choose(false)),
    optIn: guard(() => gate.choose(true)),
    async flush() {
      const before = stats().acknowledged;
      await Promise.all([...pipelines].map((one) => one.flush()));
      const { acknowledged, pending } = stats();
      return { sent: acknowledged - before, pending };
    },
    stats,
    on,
    session: {
      get id() {
        return pipeline?.session.current()?.id;
      },
    },
  };
  return {
    tracker,
    end() {
      unwatch();
      for (const teardown of undo) teardown();
      isEnded = true;
      gate.release();
      for (const one of pipelines) one.close();
    },
  };
}

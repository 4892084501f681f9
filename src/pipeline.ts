import type { Topics } from './api.ts';
import { createCourier } from './delivery/courier.ts';
import { createTransport } from './delivery/transport.ts';
import type { TrackerOptions } from './options.ts';
import type { Totals } from './outbox/counters.ts';
import { memoryOutbox } from './outbox/memoryOutbox.ts';
import type { Counters, DropReason, Outbox, OutboxContext, OutboxFactory } from './outbox/outbox.ts';
import { seal } from './outbox/seal.ts';
import type { Guard } from './platform/guard.ts';
import { createListen } from './platform/listen.ts';
import { stored } from './platform/storage.ts';
import { describeContext } from './privacy/describeContext.ts';
import type { BeaconEvent, ConsentState, Page } from './protocol/event.ts';
import { MAX_EVENT_LENGTH, MAX_NAME_LENGTH } from './protocol/limits.ts';
import { createSession, type Session, type SessionRecord } from './session/session.ts';
import { beaconryWire } from './wires/beaconryWire.ts';

export interface PipelineContext extends Omit<OutboxContext, 'wake' | 'delivery'> {
  /** Under which consent events pass. */
  consent: ConsentState;
  counters: Counters & { totals: Totals };
  guard: Guard;
  /** Under which names everything lies that is kept on the device. */
  place: string;
  scrubUrl(url: string): string;
  tell<Topic extends keyof Topics>(topic: Topic, value: Topics[Topic]): void;
  warn(text: string): void;
  /** Looks whether consent is what it was: before every request, and for the outbox. */
  refresh(): void;
  /** Told what only the owner can mend, each time it shows. */
  onProblem(problem: string): void;
}

/** An event that has passed the gate. */
export interface AdmittedEvent {
  id: string;
  at: number;
  name: string;
  page: Page;
  /** Data, as JSON. */
  json: string;
  /** From now on the visitor is this user. */
  user?: string;
}

/** The rest of an event's way: session → beforeSend → seal → outbox → courier. All of it under one consent. */
export interface Pipeline {
  /** `pass` throws where the event fails, and learns what it may fail at next. */
  take(event: AdmittedEvent, pass: (isRight: unknown, next: DropReason) => void): void;
  session: Session;
  outbox: Outbox;
  /** Begins to send. */
  start(): void;
  flush(): Promise<void>;
  /** Sends what there is, and lets go of everything else. */
  close(): void;
  /** Withdrawn consent: breaks off requests, drops all events and forgets the session, here, on the device and in other tabs. */
  wipe(): Promise<void>;
}

export const isName = (text: unknown) => typeof text === 'string' && text && text.length <= MAX_NAME_LENGTH;

export function openPipeline(
  options: TrackerOptions & { site: string },
  createOutbox: OutboxFactory,
  context: PipelineContext,
): Pipeline {
  const { consent, clock, createId, counters, guard, tell, place } = context;
  const { privacy = 'strict', wire = beaconryWire, beforeSend } = options;
  const isFull = consent === 'granted' && privacy !== 'strict';
  const undo = new Set<() => void>();
  const listen = createListen(guard, undo);
  const keep = <Value>(name: string) =>
    consent === 'granted' ? stored<Value>(name ? `${place}:${name}` : place, listen) : null;
  const session = createSession(options.session ?? {}, clock, createId, keep<SessionRecord>(''), isFull);
  const enrich = (options.enrich ?? []).map((enricher) =>
    guard(guard(enricher)({ ...context, listen, stored: keep }) ?? ((event) => event)),
  );
  const outboxContext = { ...context, delivery: options.delivery, wake: () => courier.wake(true) };
  let outbox = createOutbox(outboxContext);
  if (!outbox.append) {
    context.warn('option "outbox" should be durableOutbox()');
    outbox = memoryOutbox()(outboxContext);
  }
  const courier = createCourier(
    options.batch ?? {},
    outbox,
    wire,
    createTransport(options, wire, clock, context.refresh),
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
    context.onProblem,
  );

  const tab = createId();
  let sessionId: string | undefined;
  let seq = 0;
  let head: string | undefined;

  const end = (isSilent?: boolean) => {
    courier.stop(isSilent);
    for (const one of undo) one();
  };

  return {
    session,
    outbox,
    start: courier.start,
    take({ id, at, name, page, json, user: identified }, pass) {
      const { id: currentId, user, visitor } = session.touch(identified);
      if (sessionId !== currentId) {
        sessionId = currentId;
        seq = 0;
        tell('session', { id: currentId, isNew: session.isNew, at, page });
      }
      const envelope = { id, at, tab, session: currentId };
      let event: BeaconEvent | null = { ...envelope, name, visitor, user, page, data: JSON.parse(json) };
      for (const add of enrich) {
        // One that fails adds nothing.
        const enriched: BeaconEvent | null | undefined = event && add(event);
        if (enriched !== undefined) event = enriched;
      }
      // A page that the owner may have changed is sent with its event.
      if (beforeSend && event) event = beforeSend({ ...event, page: { ...page } });
      if (!event) return counters.drop('filtered');
      pass(isName(event.name), 'hook_error');
      head ??= JSON.stringify({ consent, context: describeContext(isFull) }).slice(1, -1);
      const numbered = { ...event, ...envelope, seq: seq + 1 };
      const sealed = seal(numbered, head, beforeSend ? undefined : page);
      pass(true, 'too_large');
      pass(sealed.text.length <= MAX_EVENT_LENGTH, 'too_large');
      outbox.append(sealed);
      seq++;
      tell('event', numbered);
      courier.wake();
    },
    flush: courier.flush,
    close() {
      end();
      outbox.close();
    },
    async wipe() {
      end(true);
      session.forget();
      await outbox.wipe('consent');
      outbox.close();
    },
  };
}

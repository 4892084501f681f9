import type { Counters } from '../outbox/outbox.ts';
import type { Clock } from '../platform/clock.ts';
import type { ConsentState } from '../protocol/event.ts';
import type { Consent, ConsentMode } from './consent.ts';

/** Most events that wait for a choice, or for a prerendered page to be shown, and the longest they do. */
const HELD_LIMIT = 100;
const HELD_MS = 5 * 60_000;

/** The visitor's objection, kept here where nobody else keeps it. */
export interface Objection {
  read(): true | undefined;
  write(value?: true): void;
}

/** What events may do now, by the visitor's choice. */
export interface Gate {
  readonly mode: ConsentMode | undefined;
  /** How many events wait. */
  readonly waiting: number;
  /** Has the rest of an event's way wait for a choice. */
  hold(walk: () => void): void;
  /** Brings everything in line with the visitor's choice, in this task. */
  adjust(): void;
  /** The same, after a look for a choice made in another tab. */
  refresh(): void;
  /** Objects for the visitor, or takes that back. */
  choose(isIn: boolean): void;
  /** Lets go of what waits: on its way, or dropped. */
  release(isDropped?: boolean): void;
}

/** `onMode` is told of each mode, before what was held for it goes on. */
export function createGate(
  given: Consent | ConsentState,
  purpose: string,
  objection: Objection,
  clock: Clock,
  counters: Counters,
  onMode: (mode: ConsentMode, isFirst: boolean) => void,
): Gate {
  // A plain state has no methods.
  const consent = given as Partial<Consent>;
  let isOut = false;
  let answer: ConsentMode | undefined;
  let mode: ConsentMode | undefined;
  const held: [walk: () => void, since: number][] = [];

  const gate: Gate = {
    get mode() {
      return mode;
    },
    get waiting() {
      return held.length;
    },
    hold(walk) {
      held.push([walk, clock.now()]);
      if (held.length > HELD_LIMIT) {
        held.shift();
        counters.drop('evicted');
      }
    },
    adjust() {
      const former = answer;
      answer = 'none';
      if (!isOut && (consent.update || !objection.read())) answer = consent.mode?.(purpose) ?? (given as ConsentState);
      const next = answer !== 'none' && (document as { prerendering?: boolean }).prerendering ? 'memory' : answer;
      if (next === mode) return;
      const isFirst = !mode;
      mode = next;
      // Held for a choice that was a refusal: not even sent without cookies.
      if (next === 'none' || (former === 'memory' && next !== 'granted')) gate.release(true);
      onMode(next, isFirst);
      if (next !== 'memory') gate.release();
    },
    refresh() {
      consent.refresh?.();
      gate.adjust();
    },
    choose(isIn) {
      if (consent.update) consent.update({ [purpose]: isIn });
      else {
        isOut = !isIn;
        objection.write(isOut || undefined);
      }
      gate.adjust();
    },
    release(isDropped) {
      for (const [walk, since] of held.splice(0)) {
        if (isDropped) counters.drop('consent');
        else if (clock.now() - since > HELD_MS) counters.drop('expired');
        else walk();
      }
    },
  };
  return gate;
}

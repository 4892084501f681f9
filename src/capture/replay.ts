import { MAX_STRING_LENGTH } from '../protocol/limits.ts';
import type { Capture } from './capture.ts';
import { checkOption } from './checkOption.ts';
import { isSampled, isShare } from './isSampled.ts';
import { scrubRecording } from './scrubRecording.ts';

/** As much of rrweb's `record` as is needed here: it is given options and answers with what stops it. */
export type Recorder = (options: RecorderOptions) => (() => void) | undefined;

export interface RecorderOptions {
  emit(event: unknown): void;
  maskInputOptions: { input: true; select: true; textarea: true };
  maskTextSelector: string;
  blockSelector: string;
}

export interface ReplayOptions {
  /** rrweb's `record`. */
  recorder: Recorder;
  /** Names of events that begin a recording. @default ['error', 'error_click', 'rage_click'] */
  triggers?: string[];
  /** Share of sessions that are recorded from their first event on, up to 1. @default 0 */
  sample?: number;
}

const STANDARD = ['error', 'error_click', 'rage_click'];

/** Between two events. */
const SEND_MS = 5000;
/** Most events per page load, some 4 MB. */
const LIMIT = 500;
/** What visitors write into, besides inputs; and with it, what is not to be seen. */
const EDITABLE = '[contenteditable]:not([contenteditable=false])';
const PRIVATE = `${EDITABLE},[data-private]`;

/**
 * Records what the page looks like, by a recorder that the page brings, and emits it as `replay`: pieces of JSON lines, to
 * be put together in the order of `index`. Begins with an event that triggers it, or with the share of sessions asked for;
 * never before consent.
 *
 * What is typed is masked, editors and what is marked `data-private` are left out; texts, attributes and addresses are
 * scrubbed. When consent is withdrawn, the recording ends and what of it has not left is dropped.
 */
export function replay({ recorder, triggers = STANDARD, sample = 0 }: ReplayOptions): Capture {
  return (context) => {
    const { emit, clock, listen, guard, warn, isGranted, onEvent } = context;
    const areNames = (given: unknown[]) => given.every((name) => typeof name === 'string');
    const names = checkOption(warn, 'replay.triggers', triggers, STANDARD, 'names of events', areNames);
    const share = checkOption(warn, 'replay.sample', sample, 0, 'a share from 0 to 1', isShare);
    const isFunction = (given: unknown) => typeof given === 'function';
    const record = checkOption(warn, 'replay.recorder', recorder, () => undefined, 'the `record` of rrweb', isFunction);
    /** Recorded, and not yet sent. */
    const recorded: unknown[] = [];
    let trigger: string | undefined;
    let startedAt: number;
    let index = 0;
    let isOver = false;
    let stop = () => {};
    let cancel: (() => void) | undefined;

    const scrub = scrubRecording(context);
    const end = () => {
      isOver = true;
      guard(stop)();
    };
    const send = guard(() => {
      cancel?.();
      cancel = undefined;
      const text = recorded
        .splice(0)
        .map((event) => `${JSON.stringify(event, scrub)}\n`)
        .join('');
      for (let from = 0; from < text.length; from += MAX_STRING_LENGTH) {
        if (index >= LIMIT) return end();
        emit('replay', {
          recording: startedAt,
          index: index++,
          trigger,
          text: text.slice(from, from + MAX_STRING_LENGTH),
        });
      }
    });
    const start = (name: string) => {
      trigger = name;
      startedAt = clock.now();
      stop =
        record({
          emit(event) {
            // Some recorders have a last word.
            if (isOver) return;
            recorded.push(event);
            cancel ??= clock.after(SEND_MS, send);
          },
          // By tags: `maskAllInputs` leaves out some types.
          maskInputOptions: { input: true, select: true, textarea: true },
          // What the page has put into a textarea, and what becomes private in the course of the recording.
          maskTextSelector: `textarea,${PRIVATE}`,
          blockSelector: PRIVATE,
        }) ?? stop;
    };

    listen(document, 'visibilitychange', () => document.hidden && send());
    const undo = onEvent(({ name, session }) => {
      if (trigger || !isGranted()) return;
      if (names.includes(name)) start(name);
      else if (isSampled(session, share)) start('sample');
    });
    return () => {
      undo();
      end();
      send();
    };
  };
}

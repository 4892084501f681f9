import { MAX_STRING_LENGTH } from '../protocol/limits.ts';
import type { Capture } from './capture.ts';
import { checkOption } from './checkOption.ts';
import { isSampled, isShare } from './isSampled.ts';

/** As much of rrweb's `record` as is needed here: it is given options and answers with what stops it. */
export type Recorder = (options: RecorderOptions) => (() => void) | undefined;

export interface RecorderOptions {
  emit(event: unknown): void;
  maskAllInputs: true;
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
/** By their names, attributes that are addresses, and what is read on a page. */
const ADDRESS = /^(href|src|action|poster)$/;
const TEXT = /^(textContent|value|title|alt|placeholder|content)$/;

/**
 * Records what the page looks like, by a recorder that the page brings, and emits it as `replay`: pieces of JSON lines, to
 * be put together in the order of `index`. Begins with an event that triggers it, or with the share of sessions asked for;
 * never before consent.
 *
 * What is typed is masked, what is marked `data-private` left out; texts and addresses are scrubbed.
 */
export function replay({ recorder, triggers = STANDARD, sample = 0 }: ReplayOptions): Capture {
  return ({ emit, clock, listen, guard, scrubUrl, scrubText, warn, onEvent }) => {
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
    let stop = () => {};
    let cancel: (() => void) | undefined;

    function scrub(this: { isStyle?: boolean }, key: string, value: unknown) {
      if (typeof value !== 'string' || this.isStyle || /^data:/.test(value)) return value;
      return ADDRESS.test(key) ? scrubUrl(value, true) : TEXT.test(key) ? scrubText(value) : value;
    }
    const send = guard(() => {
      cancel?.();
      cancel = undefined;
      const text = recorded
        .splice(0)
        .map((event) => `${JSON.stringify(event, scrub)}\n`)
        .join('');
      for (let from = 0; from < text.length; from += MAX_STRING_LENGTH) {
        if (index >= LIMIT) return stop();
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
            recorded.push(event);
            cancel ??= clock.after(SEND_MS, send);
          },
          maskAllInputs: true,
          maskTextSelector: '[contenteditable]',
          blockSelector: '[data-private]',
        }) ?? stop;
    };

    listen(document, 'visibilitychange', () => document.hidden && send());
    const undo = onEvent(({ name, session }) => {
      if (trigger) return;
      if (names.includes(name)) start(name);
      else if (isSampled(session, share)) start('sample');
    });
    return () => {
      undo();
      guard(stop)();
      send();
    };
  };
}

import type { Capture } from './capture.ts';
import { checkOption } from './checkOption.ts';

export interface MediaOptions {
  /** Percentages of the length that are told of as they are passed. @default [25, 50, 75] */
  progress?: number[];
}

const QUARTERS = [25, 50, 75];
const MAX_NAME_LENGTH = 100;

/**
 * Emits `media` for videos and sounds: `play`, `pause`, `progress` at each of some percentages, and `complete`. Each time
 * with the place in it.
 *
 * Named by `data-track`, a title or its file, of whose address nothing else is told. Silent loops without controls are
 * decoration and do not count. What plays in a frame or a shadow root is not heard of.
 */
export function media({ progress = QUARTERS }: MediaOptions = {}): Capture {
  return ({ emit, listen, scrubUrl, scrubText, warn }) => {
    const isRight = (given: number[]) => given.every((percent) => percent > 0 && percent < 100);
    const steps = checkOption(warn, 'media.progress', progress, QUARTERS, 'numbers above 0, below 100', isRight);
    /** How far it was played, in percent. */
    const reached = new WeakMap<EventTarget, number>();

    const hear = ({ type, target }: Event) => {
      if (!(target instanceof HTMLMediaElement) || (target.loop && target.muted && !target.controls)) return;
      const { currentTime, duration, localName: kind } = target;
      // A broadcast has no length, and what is still loading none yet.
      const percent = Number.isFinite(duration) ? Math.round((currentTime / duration) * 100) : undefined;
      const tell = (action: string, at = percent) => {
        const [file = ''] = scrubUrl(target.currentSrc).split('?');
        const name = target.dataset.track || target.title || file.replace(/.*\/|^\w+:$/, '');
        emit('media', {
          action,
          percent: at,
          seconds: Math.round(currentTime),
          kind,
          name: scrubText(name.slice(0, 2 * MAX_NAME_LENGTH)).slice(0, MAX_NAME_LENGTH),
        });
      };
      if (type === 'timeupdate') {
        const before = reached.get(target) ?? 0;
        if (!percent || percent <= before) return;
        reached.set(target, percent);
        for (const step of steps) if (step > before && step <= percent) tell('progress', step);
      } else if (type === 'ended') tell('complete');
      // The end of a video is a pause, too.
      else if (type === 'play' || !target.ended) {
        tell(type);
        // From the beginning, once more.
        if (!percent) reached.delete(target);
      }
    };
    // These events do not bubble.
    for (const type of ['play', 'pause', 'timeupdate', 'ended']) listen(document, type, hear, { capture: true });
    return () => {};
  };
}

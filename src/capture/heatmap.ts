import type { Page } from '../protocol/event.ts';
import type { Capture } from './capture.ts';
import { checkOption } from './checkOption.ts';
import { elementsOf, placeOf } from './describeElement.ts';
import { isSampled, isShare } from './isSampled.ts';
import { selectorOf } from './selectorOf.ts';

export interface HeatmapOptions {
  /** Whether it is told where visitors click. @default true */
  click?: boolean;
  /** Whether it is told where they move the mouse. @default true */
  move?: boolean;
  /** Whether it is told how long they see which part of a page. @default true */
  attention?: boolean;
  /** Share of sessions that are looked at, up to 1. @default 1 */
  sample?: number;
}

/** Between two looks at a moving mouse. */
const MOVE_MS = 200;
/** Between two looks at what is to be seen. */
const LOOK_MS = 1000;
/** Looks without a sign of the visitor, after which nobody is looking. */
const IDLE_LOOKS = 30;
/** Between two events, in looks. */
const SEND_LOOKS = 30;
/** Most clicks in one event. Of moves and looks there can be no more than fit in between two. */
const LIMIT = 150;
/** How finely is told how far the page was scrolled, in CSS pixels. */
const STEP_PX = 50;

/**
 * Emits `heatmap` every half minute of activity and for each page: where visitors clicked and moved the mouse, and for how
 * long they saw which part of the page.
 *
 * Samples are so many that they travel as texts: `x,y;x,y`, in CSS pixels of the document. Of what was clicked nothing is
 * told but its place.
 */
export function heatmap({ click = true, move = true, attention = true, sample = 1 }: HeatmapOptions = {}): Capture {
  return ({ emit, clock, listen, guard, pages, warn, onEvent }) => {
    const share = checkOption(warn, 'heatmap.sample', sample, 1, 'a share from 0 to 1', isShare);
    let isIn = share === 1;
    let page: Page | undefined;
    const clicks: unknown[][] = [];
    const moves: number[][] = [];
    /** Seconds, by how far the page was scrolled. */
    const seconds = new Map<number, number>();
    let size: object | undefined;
    let movedAt = -MOVE_MS;
    let idle = 0;
    let looks = 0;
    let cancel: (() => void) | undefined;

    const measure = () => {
      size = { width: innerWidth, view_height: innerHeight, height: document.documentElement.scrollHeight };
    };
    const send = () => {
      const data = {
        clicks: clicks.splice(0).join(';'),
        moves: moves.splice(0).join(';'),
        attention: [...seconds].join(';'),
      };
      seconds.clear();
      if (!isIn || !Object.values(data).join('')) return;
      if (!size) measure();
      emit('heatmap', { ...size, ...data }, { page });
    };
    const wake = () => {
      cancel ??= clock.after(LOOK_MS, look);
    };
    const turn = () => {
      if (page === pages.current()) return;
      send();
      page = pages.current();
    };
    const look = guard(() => {
      cancel = undefined;
      if (document.hidden) return;
      turn();
      measure();
      const top = Math.round(scrollY / STEP_PX) * STEP_PX;
      if (attention) seconds.set(top, (seconds.get(top) ?? 0) + LOOK_MS / 1000);
      if (++idle < IDLE_LOOKS) wake();
      if (++looks % SEND_LOOKS === 0) send();
    });
    /** The visitor is there. */
    const note = () => {
      idle = 0;
      turn();
      wake();
    };

    const onClick = (event: MouseEvent) => {
      note();
      const [element] = elementsOf(event);
      const place = placeOf(event);
      if (!event.isTrusted || !element || !place || clicks.length >= LIMIT) return;
      const { clientX, clientY } = event;
      const sample: unknown[] = [place.x, place.y, '', '', selectorOf(element)];
      clicks.push(sample);
      // A task later: the browser may have to lay out the page for it.
      clock.after(
        0,
        guard(() => {
          const { left, top, width, height } = element.getBoundingClientRect();
          if (width && height) {
            sample[2] = Math.round(((clientX - left) / width) * 100);
            sample[3] = Math.round(((clientY - top) / height) * 100);
          }
        }),
      );
    };
    const onMove = ({ pageX, pageY, timeStamp }: MouseEvent) => {
      if (timeStamp - movedAt < MOVE_MS) return;
      movedAt = timeStamp;
      note();
      if (move) moves.push([Math.round(pageX), Math.round(pageY)]);
    };
    const leave = () => {
      cancel?.();
      cancel = undefined;
      send();
    };

    if (click) listen(window, 'click', onClick, { capture: true });
    listen(window, 'mousemove', onMove, { capture: true });
    for (const type of ['scroll', 'keydown', 'pointerdown']) listen(window, type, note, { capture: true });
    listen(document, 'visibilitychange', () => (document.hidden ? leave() : wake()));
    const undo = onEvent((event) => {
      isIn = isSampled(event.session, share);
    });
    wake();
    return () => {
      leave();
      undo();
    };
  };
}

import type { Page } from '../protocol/event.ts';
import type { Capture } from './capture.ts';
import { checkOption } from './checkOption.ts';
import { watchPage } from './watchPage.ts';
import { watchScroll } from './watchScroll.ts';

export interface EngagementOptions {
  /** After so long without a move, click, key or turn of the wheel a visitor counts as gone. @default 60 seconds */
  idleMs?: number;
}

const IDLE_MS = 60_000;
/** Engaged time is added up in steps: a longer one is a computer that slept, or a page that hung. */
const STEP_MS = 2000;

/**
 * Emits `page_leave` when the visitor leaves a page: for another one, or within a single-page app for another view. Tells
 * how long they were there, how long of that the page was visible, had the focus and was not idle, and how far down
 * they have seen it.
 */
export function engagement({ idleMs: given = IDLE_MS }: EngagementOptions = {}): Capture {
  return (context) => {
    const { emit, clock, listen, guard, pages, warn } = context;
    const idleMs = checkOption(warn, 'engagement.idleMs', given, IDLE_MS, 'a number above 0', (ms) => ms > 0);
    let page: Page | undefined;
    let beganAt: number;
    let countedAt: number;
    let engagedMs: number;
    /** Until the visitor counts as gone. */
    let leftMs: number;
    let isEngaged = false;
    /** Whether the end of the page has been told. */
    let isOver = true;
    let max_scroll: number | undefined;
    let cancel = () => {};

    const count = guard(() => {
      cancel();
      const now = clock.elapsed();
      if (isEngaged) {
        const stepMs = Math.min(now - countedAt, 2 * STEP_MS, leftMs);
        engagedMs += stepMs;
        leftMs -= stepMs;
      }
      countedAt = now;
      isEngaged = leftMs > 0 && !document.hidden && document.hasFocus();
      if (isEngaged) cancel = clock.after(Math.min(STEP_MS, leftMs), count);
    });
    const leave = () => {
      if (isOver) return;
      isOver = true;
      count();
      cancel();
      const engaged_ms = Math.round(engagedMs);
      emit('page_leave', { engaged_ms, total_ms: Math.round(countedAt - beganAt), max_scroll }, { page });
    };
    const look = () => {
      if (page === pages.current() || (document as { prerendering?: boolean }).prerendering) return;
      leave();
      page = pages.current();
      isOver = false;
      leftMs = idleMs;
      count();
      engagedMs = 0;
      max_scroll = undefined;
      beganAt = countedAt;
    };
    const onActive = () => {
      look();
      leftMs = idleMs;
      if (!isEngaged) count();
    };

    const stop = watchScroll(context, (percent, _, container) => {
      look();
      if (!container) max_scroll = Math.floor(percent);
    });
    for (const type of ['pointerdown', 'pointermove', 'keydown', 'wheel', 'focus'])
      listen(window, type, onActive, { capture: true });
    listen(document, 'visibilitychange', count);
    listen(window, 'blur', count);
    listen(window, 'pagehide', () => {
      look();
      leave();
    });
    const undo = watchPage(context, look);
    return () => {
      cancel();
      stop();
      undo();
    };
  };
}

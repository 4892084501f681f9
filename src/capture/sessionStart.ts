import type { Capture } from './capture.ts';

/**
 * Emits `session_start` once per session, from the tab that began it, as of its first event's time and page; without
 * consent to keep a session, once per page load.
 */
export function sessionStart(): Capture {
  return ({ emit, onSession }) =>
    onSession(({ isNew, at, page }) => {
      if (isNew) emit('session_start', {}, { at, page });
    });
}

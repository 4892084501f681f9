import type { Context } from '../protocol/event.ts';

/**
 * - `strict` (default): coarse context; query parameters other than campaigns are dropped; no visitor id.
 * - `balanced`: full context, a first-party visitor id, scrubbed query parameters.
 * - `off`: as balanced; only secrets are scrubbed, which happens in every mode.
 *
 * In cookieless mode the context is always coarse and there is never a visitor id.
 */
export type PrivacyMode = 'strict' | 'balanced' | 'off';

/** Says what the events' reader may know of device and reader. Read once per page load: some of it is slow to ask. */
export function describeContext(isFull: boolean): Context {
  const { language } = navigator;
  // Asked for its width in pixels, the browser lays out a page that it has only begun to read.
  const isWide = (px: number) => matchMedia(`(min-width:${px}px)`).matches;
  if (!isFull) return { language, viewport: isWide(1024) ? 'large' : isWide(640) ? 'medium' : 'small' };
  return {
    language,
    viewport: `${innerWidth}x${innerHeight}`,
    screen: `${screen.width}x${screen.height}`,
    timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    userAgent: navigator.userAgent,
  };
}

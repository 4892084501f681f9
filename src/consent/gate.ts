import type { Listen } from '../platform/listen.ts';
import type { ConsentState } from '../protocol/event.ts';

/** Whether events may pass, and by which rules. Nothing that touches storage stands before it. */
export interface Gate {
  /** `null`: events have to wait, in memory. */
  state(): ConsentState | null;
  /** Tells when waiting events may pass. Returns its undo. */
  onOpen(listener: () => void): () => void;
}

/** A page that is being prerendered has no visitor yet: its events wait, and are gone if it is never shown. */
export function createGate(consent: ConsentState, listen: Listen): Gate {
  // In Chromium, not yet in TypeScript's types.
  const isPrerendering = () => (document as { prerendering?: boolean }).prerendering;
  return {
    state: () => (isPrerendering() ? null : consent),
    onOpen: (listener) => listen(document, 'prerenderingchange', listener),
  };
}

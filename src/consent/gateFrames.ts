import type { Guard } from '../platform/guard.ts';
import { createListen } from '../platform/listen.ts';
import type { Purpose } from '../protocol/consent.ts';
import type { ConsentApi, ConsentTexts } from './consent.ts';

/** Lets frames show what they have in `data-src`, or holds that back behind a placeholder. */
export interface FrameGate {
  set(frame: HTMLIFrameElement, purposes: Purpose[], isGranted: boolean): void;
  /** Forgets frames that left the page, and wishes to see one once when its purposes are chosen anew. */
  sweep(changed?: Purpose[]): void;
}

interface HeldFrame {
  purposes: Purpose[];
  isOpen?: boolean;
  /** The visitor wants to see it, and decide nothing else. */
  isOnce?: boolean;
  placeholder?: HTMLElement;
  /** What its style says when it is shown. */
  display: string;
}

interface Wording {
  locale: string;
  dir: string;
  texts: Partial<ConsentTexts>;
}

const EMBED = 'beaconry-embed';
const ENGLISH = {
  blocked: 'This content is shown once you accept: {purpose}.',
  once: 'Show this once',
  always: 'Always on',
};

export function createFrameGate(consent: ConsentApi, guard: Guard): FrameGate {
  const { options, update } = consent;
  const held = new Map<HTMLIFrameElement, HeldFrame>();
  const listen = createListen(guard);

  const open = (frame: HTMLIFrameElement, state: HeldFrame) => {
    const hadFocus = state.placeholder?.contains(document.activeElement);
    state.placeholder?.remove();
    frame.style.display = state.display;
    frame.src = frame.dataset.src as string;
    state.isOpen = true;
    if (hadFocus) frame.focus({ preventScroll: true });
  };

  const close = (frame: HTMLIFrameElement, state: HeldFrame) => {
    if (state.isOpen) {
      frame.removeAttribute('src');
      // Another address would be a step in the page's history. Out of the page and in again, it begins anew.
      frame.parentNode?.insertBefore(frame, frame.nextSibling);
    }
    state.isOpen = false;
    const former = frame.previousElementSibling;
    if (former?.localName === EMBED) former.remove();
    state.placeholder = createBox(frame);
    frame.style.display = 'none';
    frame.before(state.placeholder);
    write(state.placeholder, frame, state).catch((error) => consent.tell('error', error));
  };

  /** The texts of the banner, in its language; English where even they do not load. */
  let wording: Promise<Wording> | undefined;
  const loadWording = async (): Promise<Wording> => {
    try {
      return await (await import('../banner/loadTexts.ts')).loadTexts(options);
    } catch {
      return { locale: 'en', dir: 'ltr', texts: options.texts };
    }
  };
  const write = async (box: HTMLElement, frame: HTMLIFrameElement, state: HeldFrame) => {
    wording ??= loadWording();
    const { locale: lang, dir, texts } = await wording;
    const titles = state.purposes
      .map(
        (purpose) =>
          options.purposes.find(({ name }) => name === purpose)?.title ??
          (texts as Record<string, string | undefined>)[purpose] ??
          purpose,
      )
      .join(', ');
    const { blocked, once, always } = { ...ENGLISH, ...texts };
    const text = document.createElement('p');
    text.textContent = blocked.replace('{purpose}', () => titles);
    text.style.margin = '0 0 0.5em';
    const addButton = (label: string, onClick: () => void) => {
      const button = document.createElement('button');
      button.type = 'button';
      button.textContent = label;
      Object.assign(button.style, { minWidth: '44px', minHeight: '44px', margin: '0.25em' });
      listen(button, 'click', onClick);
      box.append(button);
    };
    Object.assign(box, { lang, dir });
    box.setAttribute('role', 'group');
    box.setAttribute('aria-label', frame.title || text.textContent);
    box.append(text);
    addButton(once, () => {
      state.isOnce = true;
      open(frame, state);
    });
    addButton(`${titles}: ${always}`, () =>
      update(Object.fromEntries(state.purposes.map((purpose) => [purpose, true])), { source: 'preferences' }),
    );
  };

  return {
    set(frame, purposes, isGranted) {
      const { display } = frame.style;
      const state: HeldFrame = held.get(frame) ?? { purposes, display: display === 'none' ? '' : display };
      held.set(frame, state);
      if (isGranted || state.isOnce) {
        if (!state.isOpen) open(frame, state);
      } else if (state.isOpen !== false) close(frame, state);
    },
    sweep(changed = []) {
      for (const [frame, state] of held) {
        if (state.purposes.some((purpose) => changed.includes(purpose))) state.isOnce = false;
        if (!frame.isConnected) {
          state.placeholder?.remove();
          held.delete(frame);
        }
      }
    },
  };
}

/** A box of the frame's own size, so that nothing moves when it is shown. Styled in a way that a strict policy allows. */
function createBox(frame: HTMLIFrameElement): HTMLElement {
  const { className, style, width, height } = frame;
  const { display } = getComputedStyle(frame);
  const toLength = (given: string) => (/^\d+$/.test(given) ? `${given}px` : given);
  const box = document.createElement(EMBED);
  box.className = className;
  box.style.cssText = style.cssText;
  Object.assign(box.style, {
    // On the line as a frame is: with its lower edge.
    display: /^(inline|none)$/.test(display) ? 'inline-block' : display,
    overflow: 'auto',
    boxSizing: 'border-box',
    maxWidth: '100%',
    padding: '1em',
    textAlign: 'center',
    border: '1px solid var(--beaconry-border, currentColor)',
  });
  // Without a size of its own, a frame has this one.
  box.style.width ||= toLength(width || '300');
  box.style.minHeight ||= box.style.height || toLength(height || '150');
  return box;
}

import type { ConsentApi } from '../consent/consent.ts';
import { createGuard } from '../platform/guard.ts';
import { sha256 } from '../platform/sha256.ts';
import { addStyles } from './addStyles.ts';
import { loadTexts } from './loadTexts.ts';
import { pageStyles } from './styles.ts';
import { createView, type View } from './view.ts';

/** The question to the visitor, as it stands in the page. */
export interface ConsentUi {
  /** Asks. The banner takes no focus and holds up nothing. */
  showBanner(): Promise<void>;
  /** Shows the choice per purpose. @param opener gets the focus when the preferences close; default: what has it now */
  showPreferences(opener?: Element | null): Promise<void>;
  /** Hides both, without a choice. */
  hide(): void;
}

/** A screen reader has noticed by then that the dialog is gone, and listens to the page. */
const SAY_AFTER_MS = 150;
/** The end of the page stays so far from the banner. */
const MARGIN_PX = 24;
/** How often the banner comes back into a page that exchanges its body; a script that removes it for good wins. */
const MAX_RETURNS = 50;

const NAME = 'beaconry-consent';

const attached = /* @__PURE__ */ new WeakMap<ConsentApi, ConsentUi>();

/**
 * Gives a consent its banner and preferences; the same again for the same consent. Nothing is in the page until one of
 * them is shown, and both are gone once a choice is made, here or elsewhere.
 *
 * @example
 * const consent = createConsent({ banner: false });
 * void attachBanner(consent).showBanner();
 */
export function attachBanner(consent: ConsentApi): ConsentUi {
  const ui = attached.get(consent) ?? createUi(consent);
  attached.set(consent, ui);
  return ui;
}

function createUi(consent: ConsentApi): ConsentUi {
  const { options } = consent;
  const { layout = 'box', compatIds } = options;
  const guard = createGuard((error) => consent.tell('error', error));
  let host: HTMLElement | undefined;
  let view: View | undefined;
  let opener: Element | null | undefined;
  let isAsking = false;
  /** Rises with each `hide()`, which also calls off what is still loading. */
  let turn = 0;
  let returnsLeft = MAX_RETURNS;

  const load = async () => {
    const wording = await loadTexts(options);
    const textHash = await sha256(JSON.stringify([wording.texts, options.purposes]));
    return { ...wording, textHash, style: addStyles(document) };
  };
  let loading: ReturnType<typeof load> | undefined;

  /** What is in the page; nothing when it is no longer wanted. */
  const attach = async () => {
    const started = turn;
    loading ??= load();
    const { locale, dir, texts, textHash, style } = await loading;
    if (started !== turn) return;
    if (view && host?.isConnected) return view;

    // The owner's element stays where it is. Ours is first in the page, and so first in the order of focus.
    let element = [...document.querySelectorAll<HTMLElement>(NAME)].find(({ shadowRoot }) => !shadowRoot);
    if (!element) {
      element = document.createElement(NAME);
      (document.body ?? document.documentElement).prepend(element);
    }
    Object.assign(element, { lang: locale, dir }, compatIds && { id: 'cookie-consent-banner' });
    const built = createView(
      element,
      consent,
      texts,
      guard((choice, source) => {
        consent.update(choice, { source, locale, textHash });
        ui.hide();
        setTimeout(() => built.say(texts.saved), SAY_AFTER_MS);
      }),
      ui.showPreferences,
    );
    built.dialog.addEventListener(
      'close',
      guard(() => {
        (opener as HTMLElement | null)?.focus?.();
        consent.tell('hide', 'preferences');
      }),
    );
    host = element;
    view = built;
    if (isAsking) host.setAttribute('layout', layout);

    new ResizeObserver(
      guard(() => {
        const { offsetHeight, isConnected } = element;
        // The page can scroll what lies under the banner out from under it, also when it gets the focus by keyboard.
        // The room is a box behind the body, not a padding of it: however the page is laid out, nothing in it moves.
        const room = `${offsetHeight + MARGIN_PX}px`;
        style(
          pageStyles +
            (offsetHeight && layout !== 'inline'
              ? `@media screen{html{scroll-padding-bottom:${room}}:where(html)::after{content:"";display:block;height:${room}}}`
              : ''),
        );
        // The page has exchanged its body.
        if (!isConnected && isAsking && element === host) {
          ui.hide();
          if (returnsLeft-- > 0) void ui.showBanner();
        }
      }),
    ).observe(host);
    return view;
  };

  const ui: ConsentUi = {
    async showBanner() {
      if (!(await attach()) || !host || isAsking) return;
      isAsking = true;
      host.setAttribute('layout', layout);
      consent.tell('show', 'banner');
      // An address with a port is a developer's, as a rule.
      if (location.port) (await import('./warnUnequal.ts')).warnUnequal(host);
    },
    async showPreferences(from = document.activeElement) {
      const shown = await attach();
      if (!shown || shown.dialog.open) return;
      opener = from;
      shown.open();
      consent.tell('show', 'preferences');
    },
    hide() {
      turn++;
      view?.dialog.close();
      if (!isAsking) return;
      isAsking = false;
      host?.removeAttribute('layout');
      consent.tell('hide', 'banner');
    },
  };
  // A choice may be made elsewhere: by the owner's code, in another tab.
  consent.on('change', () => consent.isDue() || ui.hide());
  return ui;
}

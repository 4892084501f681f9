import type { ConsentApi, ConsentTexts } from '../consent/consent.ts';
import { createGuard } from '../platform/guard.ts';
import { sha256 } from '../platform/sha256.ts';
import { addStyles } from './addStyles.ts';
import { claimHost, type Host } from './claimHost.ts';
import { loadTexts } from './loadTexts.ts';
import { makeRoom } from './makeRoom.ts';
import { pageStyles } from './styles.ts';
import { createView, type View } from './view.ts';
import { warnUnequal } from './warnUnequal.ts';

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
/** The banner has faded in by then. */
const LOOK_AFTER_MS = 1000;
/** How often the banner comes back into a page that exchanges its body; a script that removes it for good wins. */
const MAX_RETURNS = 50;

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
  const { layout = 'box', compatIds } = consent.options;
  const guard = createGuard((error) => consent.tell('error', error));
  let host: Host | undefined;
  let view: View | undefined;
  let opener: Element | null | undefined;
  let leaveRoom: (() => void) | undefined;
  let isAsking = false;
  /** Rises with each `hide()`, which also calls off what is still loading. */
  let turn = 0;
  let returns = 0;

  let loading: Promise<Loaded> | undefined;
  /** The element with all that is in it; none when it is no longer wanted. */
  const attach = async () => {
    const started = turn;
    loading ??= load(consent);
    const loaded = await loading;
    if (started !== turn) return undefined;
    return view && host?.isConnected ? view : build(loaded);
  };

  const build = ({ wording, purposes, textHash }: Loaded) => {
    const { locale, dir, texts } = wording;
    host = claimHost(guard(onGone));
    Object.assign(host, { lang: locale, dir }, compatIds && { id: 'cookie-consent-banner' });
    const built = createView({
      host,
      consent,
      guard,
      texts,
      purposes,
      choose(choice, source) {
        consent.update(choice, { source, locale, textHash });
        ui.hide();
        setTimeout(() => built.say(texts.saved), SAY_AFTER_MS);
      },
      manage: (button) => void ui.showPreferences(button),
    });
    const onClose = () => {
      (opener as HTMLElement | null)?.focus?.();
      consent.tell('hide', 'preferences');
    };
    built.dialog.addEventListener('close', guard(onClose));
    view = built;
    return built;
  };

  /** The page may have exchanged its body, or only have moved the element. */
  const onGone = () =>
    setTimeout(
      guard(() => {
        if (host?.isConnected) return;
        const wasAsking = isAsking;
        ui.hide();
        if (wasAsking && returns++ < MAX_RETURNS) void ui.showBanner();
      }),
    );

  const ui: ConsentUi = {
    async showBanner() {
      const shown = await attach();
      if (!shown || isAsking) return;
      isAsking = true;
      host?.setAttribute('layout', layout);
      if (host && layout !== 'inline') leaveRoom = makeRoom(host);
      setTimeout(() => isAsking && warnUnequal(shown.reject, shown.accept), LOOK_AFTER_MS);
      consent.tell('show', 'banner');
    },
    async showPreferences(from = document.activeElement) {
      const shown = await attach();
      if (!shown || shown.dialog.open) return;
      opener = from;
      shown.openDialog();
      consent.tell('show', 'preferences');
    },
    hide() {
      turn++;
      view?.dialog.close();
      if (!isAsking) return;
      isAsking = false;
      host?.removeAttribute('layout');
      leaveRoom?.();
      consent.tell('hide', 'banner');
    },
  };
  // A choice may be made elsewhere: by the owner's code, in another tab.
  consent.on('change', () => consent.isDue() || ui.hide());
  return ui;
}

type Loaded = Awaited<ReturnType<typeof load>>;

/** What is said, and the proof of it. */
async function load({ options }: ConsentApi) {
  if (!document.body) await new Promise((done) => document.addEventListener('DOMContentLoaded', done));
  const wording = await loadTexts(options);
  const { texts } = wording;
  const purposes = options.purposes.map(({ name, title, description }) => {
    const known = texts[`${name}Text` as keyof ConsentTexts];
    return {
      name,
      title: title ?? (known ? texts[name as keyof ConsentTexts] : name),
      description: description ?? known ?? '',
    };
  });
  addStyles(document, pageStyles);
  return { wording, purposes, textHash: await sha256(JSON.stringify([texts, purposes])) };
}

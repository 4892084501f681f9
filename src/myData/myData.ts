import type { Tracker } from '../api.ts';
import { make } from '../banner/make.ts';
import type { ConsentApi } from '../consent/consent.ts';
import { checkOptions, type OptionRules } from '../platform/checkOptions.ts';
import { systemClock } from '../platform/clock.ts';
import { createGuard } from '../platform/guard.ts';
import { createListen } from '../platform/listen.ts';
import { erase } from './erase.ts';
import { look } from './look.ts';
import { running } from './running.ts';
import { english, type MyDataTexts } from './texts.ts';
import { createView, isChoice } from './view.ts';
import { fill } from './words.ts';

export type { MyData, MyDataItem } from './look.ts';
export type { MyDataEvent } from './readQueue.ts';
export type { MyDataTexts } from './texts.ts';

export interface MyDataOptions {
  /** The visitor's choice. Erasing withdraws it, and so stops every tracker that it was given to. */
  consent?: ConsentApi;
  /** Trackers without that consent; erasing calls their `optOut()`. @default those of the page, where `consent` is missing */
  trackers?: Pick<Tracker, 'optOut'>[];
  /** Replaces single texts; they are taken to be in the page's language then. */
  texts?: Partial<MyDataTexts>;
}

const NAME = 'beaconry-my-data';
const RULES: OptionRules = { consent: 'object from createConsent()', trackers: 'array', texts: 'object or undefined' };
/** After an event, what others follow it is shown with it. */
const SOON_MS = 500;
/** The browser has read a file by then. */
const SAVED_MS = 60_000;

/**
 * Defines `<beaconry-my-data>`: what is kept on this device and waits to be sent, for the visitor to read, to download and
 * to erase. Nothing is written by showing it. Only the first call counts.
 *
 * @example
 * defineMyData({ consent });
 * // <beaconry-my-data></beaconry-my-data>
 */
export function defineMyData(given: MyDataOptions = {}): void {
  if (typeof customElements === 'undefined' || customElements.get(NAME)) return;
  const warn = (text: string) => console.warn('beaconry:', text);
  const { consent: asked, trackers, texts: own } = checkOptions<MyDataOptions>(given, RULES, warn);
  const consent = asked?.receipt ? asked : undefined;
  if (asked && !consent) warn('option "consent" should be from createConsent(); give "trackers" instead');
  const texts = { ...english, ...own };
  const onError = (error: unknown) => consent?.tell('error', error);
  const guard = createGuard(onError);

  /** Sets up one element. Returns what its coming into the page and its leaving do. */
  const open = (host: HTMLElement): [enter: () => void, leave: () => void] => {
    const language = own ? (host.closest<HTMLElement>('[lang]')?.lang ?? '') : 'en';
    const undo = new Set<() => void>();
    let turn = 0;
    let cancel = () => {};
    const watched = new Set<unknown>();
    const lookAgain = () => void refresh().catch(onError);
    const lookSoon = () => {
      cancel();
      cancel = systemClock.after(SOON_MS, lookAgain);
    };
    const refresh = async () => {
      const started = ++turn;
      for (const { tracker } of running()) {
        if (watched.has(tracker)) continue;
        watched.add(tracker);
        undo.add(tracker.on('event', lookSoon));
        undo.add(tracker.on('delivery', lookSoon));
      }
      const data = await look(consent, texts, language);
      if (started === turn) view.show(data);
      return data;
    };
    const save = (name: string, value: unknown) => {
      const file = `${name}-${location.hostname}.json`;
      const url = URL.createObjectURL(new Blob([JSON.stringify(value, null, 2)], { type: 'application/json' }));
      make('a', { href: url, download: file }).click();
      systemClock.after(SAVED_MS, () => URL.revokeObjectURL(url));
      view.say(fill(texts.downloaded, { file }));
    };
    const tracked = () => trackers ?? (consent ? [] : running().map(({ tracker }) => tracker));
    const view = createView(host, consent, texts, language, own ? getComputedStyle(host).direction : 'ltr', {
      download: () => refresh().then((data) => save('my-data', data), onError),
      downloadReceipt: guard(() => save('consent', consent?.receipt())),
      async erase() {
        await refresh()
          .then((data) => erase(data, consent, tracked()))
          .catch(onError);
        const { stored } = await refresh();
        view.say(stored.every(isChoice) ? texts.erased : texts.notErased);
      },
    });
    return [
      () => {
        const listen = createListen(guard, undo);
        listen(document, 'visibilitychange', () => document.hidden || lookAgain());
        listen(window, 'pageshow', lookAgain);
        if (consent) undo.add(consent.on('change', lookAgain));
        lookAgain();
      },
      () => {
        for (const one of undo) one();
        undo.clear();
        watched.clear();
        cancel();
      },
    ];
  };

  customElements.define(
    NAME,
    class extends HTMLElement {
      declare opened?: ReturnType<typeof open>;
      connectedCallback() {
        guard(() => {
          this.opened ??= open(this);
          // Recordings of the page leave it out.
          this.setAttribute('data-private', '');
          this.opened[0]();
        })();
      }
      disconnectedCallback() {
        this.opened?.[1]();
      }
    },
  );
}

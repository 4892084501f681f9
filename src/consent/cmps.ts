import { systemClock } from '../platform/clock.ts';
import { createGuard } from '../platform/guard.ts';
import { createListen } from '../platform/listen.ts';
import type { Cmp } from './consentFrom.ts';

type Choice = Record<string, boolean>;

/** For each purpose what `isGranted` says of the banner's own name for it. */
const choose = <Name>(names: Record<string, Name>, isGranted: (name: Name) => boolean): Choice =>
  Object.fromEntries(Object.entries(names).map(([purpose, name]) => [purpose, isGranted(name)]));

/** Hears events of the window; their listener's errors stay here. */
function hear<Received extends Event>(types: string[], listener: (event: Received) => void): () => void {
  const undo = new Set<() => void>();
  const listen = createListen(
    createGuard(() => {}),
    undo,
  );
  for (const type of types) listen<Received>(window, type, listener);
  return () => {
    for (const end of undo) end();
  };
}

export interface OneTrustOptions {
  /** OneTrust's cookie group for each purpose. @default { analytics: 'C0002', functional: 'C0003', marketing: 'C0004' } */
  groups?: Record<string, string>;
}

/** The choice made in OneTrust's or CookiePro's banner. Where its rule is opt-out, its groups hold without a choice. */
export function oneTrust({
  groups = { analytics: 'C0002', functional: 'C0003', marketing: 'C0004' },
}: OneTrustOptions = {}): Cmp {
  interface OneTrust {
    IsAlertBoxClosed(): boolean;
    GetDomainData?(): { ConsentModel?: { Name?: string } };
    OnConsentChanged?(listener: () => void): void;
  }
  const page = globalThis as { OneTrust?: OneTrust; OnetrustActiveGroups?: string };
  return {
    get() {
      const { OneTrust: banner, OnetrustActiveGroups: active } = page;
      const isChosen = banner?.IsAlertBoxClosed() || banner?.GetDomainData?.().ConsentModel?.Name === 'opt-out';
      return isChosen && active ? choose(groups, (group) => active.split(',').includes(group)) : undefined;
    },
    onChange(listener) {
      let isAsked = false;
      let isOver = false;
      const look = () => {
        listener();
        if (isAsked || !page.OneTrust?.OnConsentChanged) return;
        isAsked = true;
        // It has no undo.
        page.OneTrust.OnConsentChanged(() => isOver || listener());
      };
      // The first comes when the script has loaded, and with every choice; the second once a choice is logged.
      const end = hear(['OneTrustGroupsUpdated', 'OTConsentApplied'], look);
      look();
      return () => {
        isOver = true;
        end();
      };
    },
  };
}

/** The choice made in Cookiebot's banner: preferences is functional, statistics is analytics. */
export function cookiebot(): Cmp {
  const page = globalThis as { Cookiebot?: { hasResponse?: boolean; consent: Record<string, unknown> } };
  return {
    get() {
      const { hasResponse, consent } = page.Cookiebot ?? {};
      const names = { functional: 'preferences', analytics: 'statistics', marketing: 'marketing' };
      return hasResponse && consent ? choose(names, (name) => consent[name] === true) : undefined;
    },
    onChange: (listener) => hear(['CookiebotOnConsentReady', 'CookiebotOnAccept', 'CookiebotOnDecline'], listener),
  };
}

export interface UsercentricsOptions {
  /**
   * Usercentrics' category for each purpose. It has none for analytics, whose services mostly stand under marketing.
   * @default { functional: 'functional', analytics: 'marketing', marketing: 'marketing' }
   */
  categories?: Record<string, string>;
}

/** The choice made in Usercentrics' banner, version 2 or 3. A category is granted when all of its services are. */
export function usercentrics({
  categories = { functional: 'functional', analytics: 'marketing', marketing: 'marketing' },
}: UsercentricsOptions = {}): Cmp {
  interface Details {
    consent: { type: string; required?: boolean };
    categories: Record<string, { state: string } | undefined>;
  }
  interface Service {
    categorySlug: string;
    consent: { status: boolean };
  }
  const page = globalThis as {
    __ucCmp?: { getConsentDetails(): Promise<Details> };
    UC_UI?: { isInitialized(): boolean; isConsentRequired(): boolean; getServicesBaseInfo(): Service[] };
  };
  /** Version 3 answers by promises and events alone. */
  let details: Details | undefined;
  return {
    get() {
      const { __ucCmp, UC_UI: banner } = page;
      if (details) {
        const { consent, categories: states } = details;
        const isChosen = /^explicit$/i.test(consent.type) || consent.required === false;
        return isChosen ? choose(categories, (name) => states[name]?.state === 'ALL_ACCEPTED') : undefined;
      }
      // Version 3 brings an imitation of version 2.
      if (__ucCmp || !banner?.isInitialized() || banner.isConsentRequired()) return undefined;
      const services = banner.getServicesBaseInfo();
      return choose(categories, (name) => {
        const mine = services.filter(({ categorySlug }) => categorySlug === name);
        return mine.length > 0 && mine.every(({ consent }) => consent.status === true);
      });
    },
    onChange(listener) {
      const guard = createGuard(() => {});
      let turn = 0;
      const take = (given: Details) => {
        if (given?.consent && given.categories) details = given;
        listener();
      };
      const look = guard((event?: CustomEvent<Details>) => {
        const mine = ++turn;
        if (event?.type === 'UC_CONSENT') take(event.detail);
        else {
          listener();
          // An answer that an event has overtaken is an old one.
          void page.__ucCmp?.getConsentDetails().then(
            guard((given) => mine === turn && take(given)),
            () => {},
          );
        }
      });
      look();
      return hear<CustomEvent<Details>>(
        ['UC_UI_INITIALIZED', 'UC_CONSENT', 'UC_UI_CMP_EVENT', 'UC_UI_VIEW_CHANGED', 'ucEvent'],
        look,
      );
    },
  };
}

export interface TcfOptions {
  /** The framework's purposes that have to be consented to for each of ours. @default { analytics: [1, 8], marketing: [1, 3, 4, 7] } */
  purposes?: Record<string, number[]>;
  /** Number of a vendor on the framework's list that has to be consented to as well. */
  vendor?: number;
}

/** The longest pause between two looks for `__tcfapi`; pauses grow up to that, and make about a minute. */
const MAX_PAUSE_MS = 20_000;

/**
 * The choice made in any banner of IAB Europe's Transparency & Consent Framework, version 2. Everything is granted where
 * the banner says that the GDPR does not apply. Legitimate interests are no consent.
 */
export function tcf({ purposes = { analytics: [1, 8], marketing: [1, 3, 4, 7] }, vendor }: TcfOptions = {}): Cmp {
  type Consents = Record<number, boolean | undefined>;
  interface TcData {
    gdprApplies?: boolean;
    eventStatus?: string;
    listenerId?: number;
    purpose: { consents: Consents };
    vendor: { consents: Consents };
  }
  type TcfApi = (
    command: string,
    version: number,
    callback: (data: TcData, isSuccess: boolean) => void,
    parameter?: number,
  ) => void;
  const page = globalThis as { __tcfapi?: TcfApi };
  let choice: Choice | undefined;
  return {
    get: () => choice,
    onChange(listener) {
      const guard = createGuard(() => {});
      let listenerId: number | undefined;
      let isOver = false;
      let stopWaiting = () => {};
      const hearFrom = guard((data: TcData, isSuccess: boolean) => {
        listenerId = data.listenerId ?? listenerId;
        if (isOver || !isSuccess) return;
        const { gdprApplies, eventStatus, purpose } = data;
        // While the banner is shown again, what was chosen before still holds.
        if (gdprApplies === false) choice = choose(purposes, () => true);
        else if (eventStatus === 'tcloaded' || eventStatus === 'useractioncomplete') {
          const isForVendor = vendor === undefined || data.vendor.consents[vendor] === true;
          choice = choose(purposes, (wanted) => isForVendor && wanted.every((id) => purpose.consents[id] === true));
        }
        listener();
      });
      const look = guard((pauseMs: number) => {
        if (page.__tcfapi) page.__tcfapi('addEventListener', 2, hearFrom);
        // It comes with the banner's script, and nothing tells when.
        else if (pauseMs < MAX_PAUSE_MS) stopWaiting = systemClock.after(pauseMs, () => look(pauseMs * 1.5));
      });
      look(50);
      return guard(() => {
        isOver = true;
        stopWaiting();
        if (listenerId !== undefined) page.__tcfapi?.('removeEventListener', 2, () => {}, listenerId);
      });
    },
  };
}

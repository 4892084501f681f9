import type { ConsentRecord, ConsentSource, Purpose } from '../protocol/consent.ts';
import type { ConsentState } from '../protocol/event.ts';

/**
 * What may happen to events now. `granted`, `cookieless`: they leave. `memory`: they wait in memory for the visitor's
 * choice. `none`: they are dropped.
 */
export type ConsentMode = ConsentState | 'memory' | 'none';

/** What a tracker asks of whoever knows the visitor's choice: `createConsent()`, or a third party's banner. */
export interface Consent {
  mode(purpose: Purpose): ConsentMode;
  /** Tells that the choice may have changed, in the same task. Returns its undo. */
  on(type: 'change', listener: (change?: Partial<ConsentChange>) => void): () => void;
  /** Sets purposes for the visitor; missing where only the other's banner can. */
  update?(choice: ConsentChoice): void;
  /** Looks again for a choice made in another tab; called before every request. */
  refresh?(): void;
}

export type ConsentStatus = 'unknown' | 'denied' | 'granted';
export type ConsentChoice = Record<string, boolean>;

/** A purpose that the visitor is asked about. */
export interface PurposeConfig {
  name: Purpose;
  /** Heading in the preferences; for the four usual purposes there is one in every language. */
  title?: string;
  description?: string;
  /** Cookies of other tags that go when the purpose is refused; `_ga*` stands for all that begin so. */
  cookies?: string[];
}

/** All that the banner and the preferences say. */
export interface ConsentTexts {
  /** Heading of the banner. */
  title: string;
  /** What is asked, and that the choice can be changed. */
  text: string;
  /** The link to the privacy policy. */
  policy: string;
  accept: string;
  reject: string;
  manage: string;
  /** Heading of the preferences. */
  preferences: string;
  save: string;
  close: string;
  /** Beside the purposes that cannot be refused. */
  always: string;
  /** Where the browser's opt-out signal (GPC) was obeyed. */
  signal: string;
  /** Said to screen readers after a choice. */
  saved: string;
  /** In the place of a frame that waits for consent; `{purpose}` becomes the purpose's title. */
  blocked: string;
  /** Shows such a frame once, and always. */
  once: string;
  necessary: string;
  necessaryText: string;
  functional: string;
  functionalText: string;
  analytics: string;
  analyticsText: string;
  marketing: string;
  marketingText: string;
}

/** Tells other tools of the choice: called once, at creation, with the consent to listen to. */
export type ConsentIntegration = (consent: ConsentApi) => void;

export interface ConsentOptions {
  /** What is asked for, beside `necessary`. @default ['analytics'] */
  purposes?: (Purpose | PurposeConfig)[];
  /** `opt-out`: granted until refused, where the law allows that. @default 'opt-in', or `<html data-consent-model>` */
  model?: 'opt-in' | 'opt-out';
  /** Raise it when the question changes: everybody is asked again, and earlier grants do not count. @default 1 */
  revision?: number;
  /** Days until a choice is asked for again; older grants do not count, refusals do. @default 180 */
  reask?: number;
  /** @default 'user_tracking_consent' */
  cookieName?: string;
  /** Days; at most 395. @default 365 */
  cookieExpiry?: number;
  /** Shares the choice with subdomains: `example.org`. @default this host alone */
  cookieDomain?: string;
  /** The banner links to it. @default '/privacy' */
  privacyPolicyUrl?: string;
  /** Language of the texts: `de`. @default that of the page, else of the browser, else English */
  locale?: string;
  /** Replaces single texts. */
  texts?: Partial<ConsentTexts>;
  /** What happens to events before a choice. @default 'memory' */
  beforeConsent?: 'none' | 'memory' | 'cookieless';
  /** What happens to events after a refusal. @default 'none' */
  onDeny?: 'none' | 'cookieless';
  /** What the browser's opt-out signal (Global Privacy Control) refuses, until the visitor chooses here. @default 'all' */
  gpc?: 'all' | 'marketing' | 'ignore';
  /** Whether a cookie's `true` of a former system counts as consent to everything asked. @default false */
  acceptLegacy?: boolean;
  /** `auto` asks who has not chosen; `manual` when told to; `false` leaves that to you. @default 'manual' */
  banner?: false | 'auto' | 'manual';
  /** @default 'box' */
  layout?: 'box' | 'bar' | 'inline';
  /** Gives the banner the id and classes of older systems; cookie-banner blockers hide that id. @default false */
  compatIds?: boolean;
  /** Each choice is posted there, as a `ConsentRecord`. */
  recordUrl?: string;
  /** Reloads the page after a withdrawal, to be rid of scripts that ran. @default false */
  reloadOnRevoke?: boolean;
  /** `[googleConsentMode(), microsoftConsent(), gateTags()]`. @default [] */
  integrations?: ConsentIntegration[];
}

/** Options with their defaults filled in. */
export type ResolvedConsentOptions = Omit<ConsentOptions, 'purposes'> &
  Required<Pick<ConsentOptions, 'privacyPolicyUrl' | 'cookieName' | 'texts'>> & {
    /** Without `necessary`. */
    purposes: PurposeConfig[];
  };

/** What changed. Also the `detail` of the window's event `trackingConsentChanged`. */
export interface ConsentChange {
  /** Whether analytics is granted now. */
  consent: boolean;
  state: Record<string, ConsentStatus>;
  previous: Record<string, ConsentStatus>;
  /** Purposes whose state is another now. */
  changed: Purpose[];
  source?: ConsentSource;
  record: ConsentRecord | null;
}

/** What `on()` tells, by type. */
export interface ConsentTopics {
  change: ConsentChange;
  /** The banner or the preferences were shown. */
  show: 'banner' | 'preferences';
  hide: 'banner' | 'preferences';
  error: unknown;
}

/** What a visitor can take along as proof of their choice. */
export interface ConsentReceipt {
  site: string;
  url: string;
  /** ISO 8601. */
  issuedAt: string;
  state: Record<string, ConsentStatus>;
  /** Whether the browser sent an opt-out signal (Global Privacy Control). */
  gpc: boolean;
  privacyPolicyUrl: string;
  record: ConsentRecord | null;
}

/** The visitor's choice. Nothing here throws; what is neither true nor false is no choice. */
export interface ConsentApi extends Consent {
  /** @param purpose default `analytics` */
  get(purpose?: Purpose): ConsentStatus;
  /** Whether the purpose is granted. @param purpose default `analytics` */
  has(purpose?: Purpose): boolean;
  /** The same as `has()`. */
  hasConsent(purpose?: Purpose): boolean;
  /** Grants everything, or what is given as true and refuses what is given as false; `give(false)` is `revoke()`. */
  give(choice?: boolean | ConsentChoice): void;
  /** Refuses everything that can be refused. */
  deny(): void;
  /** Withdraws everything, or some purposes. */
  revoke(purposes?: Purpose | Purpose[]): void;
  /** Sets some purposes and leaves the others. */
  update(choice: ConsentChoice, options?: { source?: ConsentSource; locale?: string; textHash?: string }): void;
  /** Forgets the choice, as if the visitor had never been asked. */
  reset(): void;
  record(): ConsentRecord | null;
  receipt(): ConsentReceipt;
  /** Whether the visitor has to be asked: there is no choice, or none that still counts. */
  isDue(): boolean;
  /** Whether the browser's opt-out signal is on, and heeded. */
  isSignalled(): boolean;
  refresh(): void;
  /** Resolves once the visitor has chosen, now or earlier. */
  ready(): Promise<ConsentApi>;
  on<Topic extends keyof ConsentTopics>(topic: Topic, listener: (value: ConsentTopics[Topic]) => void): () => void;
  /** For a user interface of your own: says that the question was shown or hidden. */
  tell<Topic extends keyof ConsentTopics>(topic: Topic, value: ConsentTopics[Topic]): void;
  /** Loads a script once the purpose, `marketing` by default, is granted; rejects where that fails or a policy forbids it. */
  load(src: string, options?: { purpose?: Purpose }): Promise<void>;
  showBanner(): Promise<void>;
  showPreferences(): Promise<void>;
  hide(): void;
  readonly options: Readonly<ResolvedConsentOptions>;
}

import { checkOptions, type OptionRules } from '../platform/checkOptions.ts';
import { systemClock } from '../platform/clock.ts';
import { clearCookies, readCookies, writeCookie } from '../platform/cookies.ts';
import { createIds } from '../platform/createIds.ts';
import { createEmitter } from '../platform/emitter.ts';
import { createGuard } from '../platform/guard.ts';
import { createListen } from '../platform/listen.ts';
import { type ConsentRecord, formatConsent, type Purpose } from '../protocol/consent.ts';
import { choiceOf, isCurrent, recordOf } from '../protocol/consentRules.ts';
import type {
  ConsentApi,
  ConsentChoice,
  ConsentOptions,
  ConsentStatus,
  ConsentTopics,
  PurposeConfig,
  ResolvedConsentOptions,
} from './consent.ts';

const DAY_S = 24 * 60 * 60;
const MAX_EXPIRY = 395;
/** When a record that the server did not take is posted once more. */
const RETRY_MS = 20_000;

const RULES: OptionRules = {
  purposes: 'array',
  model: 'opt-in or opt-out',
  revision: 'number',
  reask: 'number',
  cookieName: 'string',
  cookieExpiry: 'number',
  cookieDomain: 'string',
  privacyPolicyUrl: 'string',
  locale: 'string',
  texts: 'object or undefined',
  beforeConsent: 'none or memory or cookieless',
  onDeny: 'none or cookieless',
  gpc: 'all or marketing or ignore',
  acceptLegacy: 'boolean',
  banner: 'boolean or auto or manual',
  layout: 'box or bar or inline',
  compatIds: 'boolean',
  recordUrl: 'string',
  reloadOnRevoke: 'boolean',
  integrations: 'array of functions',
};

/**
 * Asks for, keeps and tells a visitor's choice. Nothing but the choice is written to the device, in a cookie without an
 * identifier, and nothing at all before there is one. Where cookies are refused, the choice lasts as long as the page.
 *
 * @example
 * const consent = createConsent({ purposes: ['analytics', 'marketing'], banner: 'auto', privacyPolicyUrl: '/privacy' });
 * const tracker = createTracker({ endpoint: '/e', consent });
 */
export function createConsent(given?: ConsentOptions): ConsentApi {
  const said = new Set<string>();
  const warn = (text: string) => {
    if (!said.has(text)) console.warn('beaconry:', text);
    said.add(text);
    return false;
  };
  const checked = checkOptions<ConsentOptions>({ ...given }, RULES, warn);
  const { privacyPolicyUrl, cookieExpiry = 365, cookieDomain, gpc = 'all', banner, recordUrl } = checked;
  if (cookieExpiry > MAX_EXPIRY) warn(`option "cookieExpiry" should be at most ${MAX_EXPIRY} days`);
  if (banner && !privacyPolicyUrl) warn('option "privacyPolicyUrl" is missing; the banner links to /privacy');

  const options: ResolvedConsentOptions = {
    cookieName: 'user_tracking_consent',
    texts: {},
    ...checked,
    privacyPolicyUrl: privacyPolicyUrl ?? '/privacy',
    purposes: (checked.purposes ?? ['analytics'])
      .map((purpose): PurposeConfig => (typeof purpose === 'string' ? { name: purpose } : { ...purpose }))
      .filter(
        ({ name }) => name !== 'necessary' && (/^[\w-]+$/.test(name ?? '') || warn(`purpose "${name}" is no name`)),
      ),
  };
  const { cookieName, purposes, revision = 1, reask = 180 } = options;
  const names = purposes.map(({ name }) => name);
  const hasPage = typeof document !== 'undefined';
  const isOptOut = (options.model ?? (hasPage && document.documentElement.dataset.consentModel)) === 'opt-out';
  const isSignalled =
    hasPage && gpc !== 'ignore' && (navigator as { globalPrivacyControl?: boolean }).globalPrivacyControl === true;
  const createId = createIds(systemClock);
  const guard = createGuard((error) => tell('error', error));
  const listen = createListen(guard);
  const { on, tell } = createEmitter<ConsentTopics>(guard);

  let record: ConsentRecord | null = null;
  /** The cookie as last read: what differs from it was another tab's, or a server's, doing. */
  let seen = '';
  /** How many records are on their way to the server. */
  let posts = 0;

  const rules = () => ({ revision, reaskMs: reask * DAY_S * 1000, now: systemClock.now() });
  const isDeniedBySignal = (purpose: Purpose) => isSignalled && (gpc === 'all' || purpose === gpc);
  const statusOf = (purpose: Purpose): ConsentStatus => {
    const choice = choiceOf(record, purpose, rules());
    if (choice !== 'unknown') return choice;
    return isDeniedBySignal(purpose) ? 'denied' : isOptOut ? 'granted' : choice;
  };
  const stateOf = () => Object.fromEntries(names.map((name) => [name, statusOf(name)]));
  const all = (isGranted: boolean, some: Purpose[] = names): ConsentChoice =>
    Object.fromEntries(some.map((name) => [name, isGranted]));
  const isKnown = (purpose: Purpose) =>
    purpose === 'necessary' ||
    names.includes(purpose) ||
    warn(`purpose "${purpose}" is not in option "purposes" of createConsent()`);

  /** Looks at the cookie. Answers whether it is another than before. */
  const look = (): boolean => {
    const values = readCookies(cookieName);
    const isNew = seen !== `${values}`;
    seen = `${values}`;
    if (isNew) {
      // A server's answer that comes late sets a cookie of a choice that is no more: only a refusal is believed then.
      if (posts && record) values.push(formatConsent(record));
      record = recordOf(values, names, rules(), options.acceptLegacy) ?? null;
    }
    return isNew;
  };

  /** Tells what is another than it was, in the same task. */
  const settle = (previous: Record<string, ConsentStatus>) => {
    const state = stateOf();
    const changed = Object.keys(state).filter((name) => state[name] !== previous[name]);
    clear();
    if (changed.length) {
      const change = { consent: consent.has(), state, previous, changed, source: record?.source, record };
      tell('change', change);
      dispatchEvent(new CustomEvent('trackingConsentChanged', { detail: change }));
      if (options.reloadOnRevoke && changed.some((name) => previous[name] === 'granted')) location.reload();
    }
    if (record) resolve(consent);
  };
  /** Removes what tags of refused purposes keep: they may have come back since. */
  const clear = () => {
    for (const { name, cookies = [] } of purposes)
      if (statusOf(name) === 'denied') [cookies].flat().forEach(clearCookies);
  };
  const keep = () => {
    const write = () =>
      record
        ? writeCookie(cookieName, formatConsent(record), Math.min(cookieExpiry, MAX_EXPIRY) * DAY_S, cookieDomain)
        : clearCookies(cookieName);
    // In the place of the former one: another tab is never to see none.
    write();
    // One of another domain, of the time before an option changed, would have its say for ever.
    if (readCookies(cookieName)[1]) {
      clearCookies(cookieName);
      write();
    }
    seen = `${readCookies(cookieName)}`;
  };
  const post = async (posted: ConsentRecord, isRetry?: boolean) => {
    posts++;
    try {
      const { ok } = await fetch(recordUrl as string, {
        method: 'POST',
        body: JSON.stringify(posted),
        keepalive: true,
      });
      if (!ok) throw Error(`recordUrl ${recordUrl} does not take the record`);
    } catch (error) {
      if (isRetry) tell('error', error);
      else systemClock.after(RETRY_MS, () => post(posted, true));
    }
    posts--;
    if (record && record !== posted) keep();
  };
  /** Has the user interface, loaded when it is first wanted, do that. */
  const show = async (kind: 'showBanner' | 'showPreferences' | 'hide', opener?: Element) => {
    try {
      if (hasPage) await (await import('../banner/banner.ts')).attachBanner(consent)[kind](opener);
    } catch (error) {
      tell('error', error);
    }
  };

  let resolve: (consent: ConsentApi) => void = () => {};
  const ready = new Promise<ConsentApi>((done) => {
    resolve = done;
  });

  const consent: ConsentApi = {
    options,
    get: (purpose = 'analytics') => (isKnown(purpose) ? statusOf(purpose) : 'unknown'),
    has: (purpose) => consent.get(purpose) === 'granted',
    hasConsent: (purpose) => consent.has(purpose),
    mode: (purpose) =>
      (({ granted: 'granted', denied: options.onDeny ?? 'none', unknown: options.beforeConsent ?? 'memory' }) as const)[
        consent.get(purpose)
      ],
    give(choice = true) {
      consent.update(typeof choice === 'object' ? choice : all(choice));
    },
    deny: () => consent.revoke(),
    revoke(some) {
      consent.update(all(false, [some ?? names].flat()));
    },
    update(choice, origin = {}) {
      look();
      const previous = stateOf();
      const isRight = (given: unknown, type: string) =>
        typeof (given ?? 0) === type || warn('a choice should be true, false or { analytics: true }');
      // Nobody has agreed who was misunderstood.
      const known = Object.entries(isRight(choice, 'object') ? choice : {}).filter(
        ([name, isGranted]) => name !== 'necessary' && isKnown(name) && isRight(isGranted, 'boolean'),
      );
      if (!known.length) return;
      record = {
        v: 1,
        revision,
        updatedAt: systemClock.now(),
        source: 'api',
        id: recordUrl && (record?.id ?? createId()),
        ...origin,
        purposes: Object.fromEntries([
          ...Object.entries(record?.purposes ?? {}).filter(([name]) => choiceOf(record, name, rules()) !== 'unknown'),
          ...known.map(([name, isGranted]) => [name, isGranted ? 'granted' : 'denied'] as const),
        ]),
      };
      keep();
      if (recordUrl) void post(record);
      settle(previous);
    },
    reset() {
      const previous = stateOf();
      record = null;
      keep();
      settle(previous);
    },
    refresh() {
      const previous = stateOf();
      if (look()) settle(previous);
    },
    record: () => record,
    receipt: () => ({
      site: location.host,
      url: location.origin + location.pathname,
      issuedAt: new Date(systemClock.now()).toISOString(),
      state: stateOf(),
      gpc: isSignalled,
      privacyPolicyUrl: options.privacyPolicyUrl,
      record,
    }),
    isDue: () =>
      !isOptOut &&
      names.some((name) => !isDeniedBySignal(name) && (!record?.purposes[name] || !isCurrent(record, rules()))),
    isSignalled: () => isSignalled,
    ready: () => ready,
    on,
    tell,
    load(src, options) {
      const loading = import('./loadScript.ts').then((load) => load.loadScript(consent, src, options?.purpose));
      // Who does not wait for it does not fail by it.
      loading.catch((error) => tell('error', error));
      return loading;
    },
    showBanner: () => show('showBanner'),
    showPreferences: () => show('showPreferences'),
    hide: () => void show('hide'),
  };

  if (hasPage) {
    look();
    clear();
    if (record) resolve(consent);
    // What another tab chose holds here too, at the latest before the next request.
    listen(document, 'visibilitychange', consent.refresh);
    listen(window, 'focus', consent.refresh);
    listen(window, 'pageshow', consent.refresh);
    for (const integration of options.integrations ?? [])
      if (guard(integration as (consent: ConsentApi) => unknown)(consent))
        warn('option "integrations" should be called: gateTags()');
    if (banner !== false) {
      listen(document, 'click', ({ target }) => {
        const opener = (target as Element | null)?.closest?.('[data-consent-open],a[href="#consent"]');
        if (opener) void show('showPreferences', opener);
      });
    }
    if (banner === 'auto') {
      const ask = guard(() => consent.isDue() && void consent.showBanner());
      const askWhenIdle = () =>
        'requestIdleCallback' in window ? requestIdleCallback(ask, { timeout: 1000 }) : setTimeout(ask);
      if (document.readyState === 'loading') listen(document, 'DOMContentLoaded', askWhenIdle);
      else askWhenIdle();
    }
  }
  return consent;
}

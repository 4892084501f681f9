import type { ConsentIntegration } from '../consent.ts';

export type GoogleSignal =
  | 'ad_storage'
  | 'ad_user_data'
  | 'ad_personalization'
  | 'analytics_storage'
  | 'functionality_storage'
  | 'personalization_storage'
  | 'security_storage';

export interface GoogleConsentModeOptions {
  /**
   * Signals by purpose, beside the usual ones: analytics `analytics_storage`, marketing `ad_storage` `ad_user_data`
   * `ad_personalization`, functional `functionality_storage` `personalization_storage`, necessary `security_storage`.
   */
  map?: Record<string, GoogleSignal[]>;
  /** How long Google's tags wait for a choice before they run as refused, in milliseconds. @default 500 */
  waitForUpdate?: number;
  /** Takes click ids out of what advertising tags send while `ad_storage` is refused. @default false */
  adsDataRedaction?: boolean;
  /** Carries click ids from page to page in addresses while storage is refused. @default false */
  urlPassthrough?: boolean;
  /** Where everything is refused until a choice: `['DE', 'US-CA']`. Elsewhere Google grants. @default everywhere */
  regions?: string[];
}

const MAP: Record<string, GoogleSignal[]> = {
  analytics: ['analytics_storage'],
  marketing: ['ad_storage', 'ad_user_data', 'ad_personalization'],
  functional: ['functionality_storage', 'personalization_storage'],
  necessary: ['security_storage'],
};

/**
 * Tells Google's tags of the choice, by Consent Mode v2: all seven signals refused at once, before any tag that comes
 * later, and what the visitor chose in the task of the choice. A signal that stands under several purposes needs all of
 * those that are asked for; one that stands under none stays refused.
 */
export function googleConsentMode({
  map,
  waitForUpdate = 500,
  adsDataRedaction,
  urlPassthrough,
  regions,
}: GoogleConsentModeOptions = {}): ConsentIntegration {
  return (consent) => {
    const page = window as { dataLayer?: unknown[]; gtag?: (...words: unknown[]) => void };
    page.dataLayer ??= [];
    const { dataLayer } = page;
    page.gtag ??= function gtag() {
      // biome-ignore lint/complexity/noArguments: Google's tags take nothing else for a command
      dataLayer.push(arguments);
    };
    const { gtag } = page;

    const signals: Record<string, GoogleSignal[]> = { ...MAP, ...map };
    const asked = consent.options.purposes.map(({ name }) => name);
    const all = [...new Set(Object.values(MAP).flat())];
    const stateOf = (isGranted: (purpose: string) => boolean) =>
      Object.fromEntries(
        all.map((signal) => {
          const purposes = ['necessary', ...asked].filter((purpose) => signals[purpose]?.includes(signal));
          return [signal, purposes.length && purposes.every(isGranted) ? 'granted' : 'denied'];
        }),
      );
    const update = () => gtag('consent', 'update', stateOf(consent.has));

    gtag('consent', 'default', {
      ...stateOf((purpose) => purpose === 'necessary'),
      wait_for_update: waitForUpdate,
      ...(regions && { region: regions }),
    });
    if (adsDataRedaction) gtag('set', 'ads_data_redaction', true);
    if (urlPassthrough) gtag('set', 'url_passthrough', true);
    if (asked.some((purpose) => consent.get(purpose) !== 'unknown')) update();
    consent.on('change', update);
  };
}

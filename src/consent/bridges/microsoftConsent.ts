import type { ConsentIntegration } from '../consent.ts';

/** Clarity's function, or what queues its calls until the tag is there. */
type Clarity = ((...words: unknown[]) => void) & { q?: unknown[] };

/**
 * Tells Microsoft's tags of the choice: UET (`uetq`) of marketing, Clarity of analytics and marketing. At once, before
 * tags that come later, with what was not granted as refused; and of a change in its task.
 */
export function microsoftConsent(): ConsentIntegration {
  return (consent) => {
    const page = window as { uetq?: { push(...words: unknown[]): void }; clarity?: Clarity };
    page.uetq ??= [] as unknown[];
    page.clarity ??= function clarity() {
      const stub = page.clarity as Clarity;
      stub.q ??= [];
      // biome-ignore lint/complexity/noArguments: the queue's form is Clarity's
      stub.q.push(arguments);
    };

    const asked = consent.options.purposes.map(({ name }) => name);
    const stateOf = (purpose: string) => (asked.includes(purpose) && consent.has(purpose) ? 'granted' : 'denied');
    const tell = (kind: 'default' | 'update') => {
      page.uetq?.push('consent', kind, { ad_storage: stateOf('marketing') });
      // Whatever stands there by now: the tag puts itself in the place of what queued its calls.
      page.clarity?.('consentv2', { ad_Storage: stateOf('marketing'), analytics_Storage: stateOf('analytics') });
    };
    tell('default');
    consent.on('change', () => tell('update'));
  };
}

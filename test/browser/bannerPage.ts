// The script of test/pages/banner.html: asks as the page's meta element says.
import { attachBanner } from '../../src/banner/banner.ts';
import type { ConsentApi, ConsentOptions } from '../../src/consent/consent.ts';
import { createConsent } from '../../src/consent/createConsent.ts';

/** What the page has on `window`. */
export interface BannerPage {
  consent: ConsentApi;
  attachBanner: typeof attachBanner;
  /** What was shown and hidden, and errors. */
  told: string[];
  /** Inside the banner's element: of its children, or in its shadow root. */
  inside(selector: string): HTMLElement;
  /** Whether a visitor can see it, at least in part. */
  isSeen(element: Element | null | undefined): boolean;
  /** Resolves when nothing fades any more. */
  settled(): Promise<unknown>;
  /** What has the focus: the slot of a button, or name, id, or tag. */
  focused(): string;
}

const given = document.querySelector<HTMLMetaElement>('meta[name=consent-options]')?.content ?? '{}';
const consent = createConsent(JSON.parse(given) as ConsentOptions);
const told: string[] = [];
for (const topic of ['show', 'hide', 'error'] as const) consent.on(topic, (value) => told.push(`${topic} ${value}`));

const page: BannerPage = {
  consent,
  attachBanner,
  told,
  inside(selector) {
    const host = document.querySelector('beaconry-consent');
    const found = host?.querySelector(selector) ?? host?.shadowRoot?.querySelector(selector);
    if (!found) throw new Error(`no ${selector} in the banner`);
    return found as HTMLElement;
  },
  isSeen(element) {
    if (!element?.checkVisibility({ opacityProperty: true, visibilityProperty: true })) return false;
    const { left, right, top, bottom, width, height } = element.getBoundingClientRect();
    return width > 0 && height > 0 && right > 0 && bottom > 0 && left < innerWidth && top < innerHeight;
  },
  settled() {
    const shadow = document.querySelector('beaconry-consent')?.shadowRoot;
    const animations = [...document.getAnimations(), ...(shadow?.getAnimations() ?? [])];
    return Promise.all(animations.map(({ finished }) => finished));
  },
  focused() {
    let element = document.activeElement;
    while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
    if (!element) return '';
    return (
      element.slot || element.getAttribute('name') || element.getAttribute('part') || element.id || element.localName
    );
  },
};
Object.assign(window, page);

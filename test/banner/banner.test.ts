import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { attachBanner } from '../../src/banner/banner.ts';
import { english } from '../../src/banner/texts.ts';
import type { ConsentOptions } from '../../src/consent/consent.ts';
import { createConsent } from '../../src/consent/createConsent.ts';

let cookie = 0;
const ask = (options: ConsentOptions = {}) => {
  const consent = createConsent({
    privacyPolicyUrl: '/privacy',
    banner: false,
    locale: 'en',
    cookieName: `c${cookie++}`,
    ...options,
  });
  const errors: unknown[] = [];
  consent.on('error', (error) => errors.push(error));
  return { consent, ui: attachBanner(consent), errors };
};
const host = () => document.querySelector('beaconry-consent') as HTMLElement;
const isShown = () => !!host()?.hasAttribute('layout');
const inside = <Found extends Element = HTMLElement>(selector: string) =>
  (host().querySelector(selector) ?? host().shadowRoot?.querySelector(selector)) as Found;
const click = (slot: string) => inside(`[slot=${slot}]`).click();

beforeEach(() => {
  document.body.replaceChildren();
});
afterEach(() => vi.restoreAllMocks());

describe('the banner', () => {
  test('is the same for the same consent', () => {
    const { consent, ui } = ask();
    expect(attachBanner(consent)).toBe(ui);
    expect(ask().ui).not.toBe(ui);
  });

  test('puts nothing into the page before it is shown', async () => {
    const { ui, errors } = ask();
    expect(host()).toBeNull();
    await ui.showBanner();
    expect(isShown()).toBe(true);
    expect(errors).toEqual([]);
  });

  test.each([
    ['en', 'Analytics, Marketing'],
    ['ar', 'التحليلات، التسويق'],
  ])('lists purposes with the comma of its language: %s', async (locale, list) => {
    const { ui } = ask({ locale, purposes: ['analytics', 'marketing'] });
    await ui.showBanner();
    expect(inside('[part=text] b').textContent).toBe(list);
  });

  test('is shown once, however often it is called', async () => {
    const { consent, ui } = ask();
    const shown: string[] = [];
    consent.on('show', (what) => shown.push(what));
    await Promise.all([ui.showBanner(), ui.showBanner()]);
    await ui.showBanner();
    expect(document.querySelectorAll('beaconry-consent')).toHaveLength(1);
    expect(shown).toEqual(['banner']);
  });

  test('does not come when the choice was made while it loaded', async () => {
    const { consent, ui } = ask();
    const showing = ui.showBanner();
    consent.deny();
    await showing;
    expect(host()).toBeNull();
    await ui.showBanner();
    expect(isShown()).toBe(true);
  });

  test('goes when a choice is made elsewhere, and not for a choice that leaves something open', async () => {
    const { consent, ui } = ask({ purposes: ['analytics', 'marketing'] });
    await ui.showBanner();
    consent.update({ analytics: true });
    expect(isShown()).toBe(true);
    consent.update({ marketing: false });
    expect(isShown()).toBe(false);
  });

  test('says who chose, where, in which language, and what was said', async () => {
    const { consent, ui } = ask({ texts: { title: 'You choose' } });
    await ui.showBanner();
    click('accept');
    const said = JSON.stringify([{ ...english, title: 'You choose' }, consent.options.purposes]);
    expect(consent.record()).toMatchObject({
      source: 'banner',
      locale: 'en',
      textHash: createHash('sha256').update(said).digest('hex'),
      purposes: { analytics: 'granted' },
    });
  });

  test('lists the purposes by the owner’s titles, the usual ones, or their names', async () => {
    const { ui } = ask({ purposes: ['functional', { name: 'maps', title: 'Maps' }, 'close'] });
    await ui.showBanner();
    expect(inside('[role=region] p').textContent).toContain('for: Functional, Maps, close. You can');
  });

  test('says what the owner wants said, without a list where there is no place for it', async () => {
    const { ui } = ask({ texts: { text: 'We count visits.' } });
    await ui.showBanner();
    expect(inside('[role=region] p').textContent).toBe('We count visits. Privacy policy');
  });

  test('shows markup in a text as text', async () => {
    const { ui } = ask({ texts: { text: '<img src=x onerror=alert(1)>', title: '<b>' } });
    await ui.showBanner();
    expect(host().shadowRoot?.querySelector('img')).toBeNull();
    expect(inside('h2').textContent).toBe('<b>');
  });

  test('takes no older system’s id or class unless asked to', async () => {
    await ask().ui.showBanner();
    expect(host().id).toBe('');
    document.body.replaceChildren();
    await ask({ compatIds: true }).ui.showBanner();
    expect(host().id).toBe('cookie-consent-banner');
    for (const slot of ['reject', 'accept']) expect(inside(`[slot=${slot}]`).className).toBe('cookie-btn-primary');
    expect(inside('[slot=manage]').className).toBe('cookie-btn-secondary');
    expect(host().querySelector('.cookie-consent-content .cookie-consent-text h2')?.textContent).toBe(english.title);
  });
});

describe('the preferences', () => {
  const control = (name: string) => inside<HTMLInputElement>(`input[name=${name}]`);

  test('show the choice as it stands, and forget what was not saved', async () => {
    const { consent, ui } = ask({ purposes: ['analytics', 'marketing'] });
    consent.update({ analytics: true, marketing: false });
    await ui.showPreferences();
    expect([control('necessary'), control('analytics'), control('marketing')].map(({ checked }) => checked)).toEqual([
      true,
      true,
      false,
    ]);
    control('marketing').checked = true;
    ui.hide();
    expect(consent.get('marketing')).toBe('denied');
    await ui.showPreferences();
    expect(control('marketing').checked).toBe(false);
  });

  test('save each purpose as its switch stands, and nothing for the necessary one', async () => {
    const { consent, ui } = ask({ purposes: ['analytics', 'marketing'] });
    await ui.showPreferences();
    control('marketing').checked = true;
    click('save');
    expect(consent.record()).toMatchObject({
      source: 'preferences',
      purposes: { analytics: 'denied', marketing: 'granted' },
    });
    expect(Object.keys(consent.record()?.purposes ?? {})).toHaveLength(2);
    expect(inside<HTMLDialogElement>('dialog').open).toBe(false);
  });

  test('describe a purpose in the owner’s words', async () => {
    const { ui } = ask({ purposes: [{ name: 'analytics', title: 'Counting', description: 'We count.' }] });
    await ui.showPreferences();
    expect(control('analytics').closest('label')?.textContent).toBe('CountingWe count.');
  });

  test('do not ask by themselves', async () => {
    const { ui } = ask();
    await ui.showPreferences();
    expect(isShown()).toBe(false);
  });
});

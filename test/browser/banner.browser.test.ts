import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { BannerPage } from './bannerPage.ts';
import { type BannerSite, type BannerVisit, openBannerSite } from './bannerSite.ts';
import { type Browser, engines, openBrowser, type Tab } from './openBrowser.ts';

type Page = typeof globalThis & BannerPage;

const TWO = ['analytics', 'marketing'];

let site: BannerSite;
beforeAll(async () => {
  site = await openBannerSite();
});
afterAll(() => site?.close());

describe.each(engines)('the banner in %s', (engine) => {
  let browser: Browser;
  let tab: Tab;
  beforeAll(async () => {
    browser = await openBrowser(engine);
    tab = await browser.newTab();
    await tab.setViewport(1280, 800);
  });
  afterAll(() => browser?.close());

  const bannerSeen = () =>
    tab.waitFor(() => {
      const { inside, isSeen } = window as unknown as Page;
      return ['reject', 'accept', 'manage'].every((slot) => isSeen(inside(`[slot=${slot}]`)));
    });
  /** Opens a page, and fails unless the banner is to be seen. */
  const open = async (visit: BannerVisit = {}) => {
    await tab.goto(site.visit({ purposes: TWO, ...visit }));
    await bannerSeen();
  };
  const dialogSeen = () =>
    tab.waitFor(() => {
      const { inside, isSeen } = window as unknown as Page;
      return ['reject-2', 'accept-2', 'save'].every((slot) => isSeen(inside(`[slot=${slot}]`)));
    });
  const openDialog = async () => {
    await tab.click('[slot=manage]');
    await dialogSeen();
  };
  const look = () =>
    tab.evaluate(() => {
      const { consent, inside, isSeen } = window as unknown as Page;
      return {
        banner: isSeen(inside('[slot=reject]')),
        dialog: isSeen(inside('[slot=save]')),
        analytics: consent.get('analytics'),
        marketing: consent.get('marketing'),
      };
    });
  const UNASKED = { banner: false, dialog: false };
  const ASKED = { banner: true, dialog: false, analytics: 'unknown', marketing: 'unknown' };
  const focused = () => tab.evaluate(() => (window as unknown as Page).focused());
  const told = () => tab.evaluate(() => (window as unknown as Page).told);
  /** Presses a key until the focus is there; answers how often. */
  const pressUntil = async (key: string, wanted: string) => {
    for (let count = 1; count <= 12; count++) {
      await tab.press(key);
      if ((await focused()) === wanted) return count;
    }
    throw new Error(`${key} does not lead to ${wanted}`);
  };

  test('R3 the first layer has accept and reject as buttons, one click each', async () => {
    for (const [slot, status] of [
      ['reject', 'denied'],
      ['accept', 'granted'],
    ] as const) {
      await open();
      expect(await tab.evaluate((name) => (window as unknown as Page).inside(`[slot=${name}]`).localName, slot)).toBe(
        'button',
      );
      await tab.click(`[slot=${slot}]`);
      expect(await look()).toEqual({ ...UNASKED, analytics: status, marketing: status });
      expect(await told()).toEqual(['show banner', 'hide banner']);
    }
  });

  test('R3 what was chosen is on record, with its place, its language and a hash of its words', async () => {
    await open();
    await tab.click('[slot=reject]');
    const record = await tab.evaluate(() => (window as unknown as Page).consent.record());
    expect(record).toMatchObject({
      source: 'banner',
      locale: 'en',
      purposes: { analytics: 'denied', marketing: 'denied' },
    });
    expect(record?.textHash).toMatch(/^[0-9a-f]{64}$/);
  });

  const looksOf = () =>
    tab.evaluate(() => {
      const { inside } = window as unknown as Page;
      return ['', '-2'].map((suffix) =>
        ['reject', 'accept'].map((slot) => {
          const button = inside(`[slot=${slot + suffix}]`);
          const { fontSize, fontWeight, color, backgroundColor, backgroundImage, border, opacity } =
            getComputedStyle(button);
          const { width, height } = button.getBoundingClientRect();
          return {
            look: { fontSize, fontWeight, color, backgroundColor, backgroundImage, border, opacity, height },
            width,
          };
        }),
      );
    });
  const RESETS = `*{margin:0;padding:0;box-sizing:border-box} button,[type=button]{background:transparent;border:0;color:inherit;
    font-size:9px;text-transform:uppercase} h2{font-size:60px} p{color:red;line-height:3} .cookie-btn-primary{background:#2b6b2e;color:#fff;border-radius:0}`;
  test.each([
    ['in a box', {}],
    ['in a bar', { layout: 'bar' }],
    ['in the page', { layout: 'inline' }],
    ['in a page with styles of its own', { css: RESETS, compatIds: true }],
    ['in German', { locale: 'de' }],
  ] as const)('R4 reject and accept look the same: %s', async (_where, visit) => {
    await open(visit);
    const [banner] = await looksOf();
    await openDialog();
    const [, dialog] = await looksOf();
    for (const [reject, accept] of [banner, dialog] as { look: object; width: number }[][]) {
      expect(accept?.look).toEqual(reject?.look);
      expect(Math.abs((accept?.width as number) / (reject?.width as number) - 1)).toBeLessThan(0.1);
      expect(reject?.width).toBeGreaterThan(44);
    }
  });

  test('R4 the owner hears of styles that make a refusal look another way', async () => {
    const css = '[slot=reject]{background:#eee!important;color:#777!important}';
    const before = () => {
      const page = window as unknown as { warnings: string[] };
      page.warnings = [];
      console.warn = (...words: unknown[]) => page.warnings.push(words.join(' '));
    };
    await open({ css, before });
    const warnings = () => (window as unknown as { warnings: string[] }).warnings;
    await tab.waitFor(() => (window as unknown as { warnings: string[] }).warnings.length);
    expect(await tab.evaluate(warnings)).toEqual([expect.stringMatching(/"accept" and "reject".*background-color/)]);
  });

  test('R5 reject comes not later than accept, next to it, within four steps from the start of the page', async () => {
    await open();
    const stops: string[] = [];
    for (let count = 0; count < 4; count++) {
      await tab.press('Tab');
      stops.push(await focused());
    }
    expect(stops).toEqual(['link', 'reject', 'accept', 'manage']);
  });

  test('R6 a choice is withdrawn with two clicks, and the page announces it', async () => {
    await open();
    await tab.click('[slot=accept]');
    expect(await look()).toMatchObject({ banner: false, analytics: 'granted' });
    await tab.click('#open');
    await dialogSeen();
    await tab.click('[slot=reject-2]');
    expect(await look()).toEqual({ ...UNASKED, analytics: 'denied', marketing: 'denied' });
    await tab.waitFor(() => (window as unknown as Page).inside('[role=status]').textContent?.includes('saved'));
  });

  const switches = () =>
    tab.evaluate(() => {
      const host = document.querySelector('beaconry-consent') as HTMLElement;
      const controls = host.shadowRoot?.querySelectorAll<HTMLInputElement>(
        'dialog fieldset input[type=checkbox][role=switch]',
      );
      return [...(controls ?? [])].map(({ name, checked, disabled }) => ({ name, checked, disabled }));
    });

  test('R7 all switches are off but the necessary one, which is on, fixed and says so', async () => {
    await open();
    await openDialog();
    expect(await switches()).toEqual([
      { name: 'necessary', checked: true, disabled: true },
      { name: 'analytics', checked: false, disabled: false },
      { name: 'marketing', checked: false, disabled: false },
    ]);
    const label = await tab.evaluate(
      () => (window as unknown as Page).inside('[name=necessary]').closest('label')?.textContent,
    );
    expect(label).toContain('Always on');
  });

  test('R8 neither scrolling nor Esc, a click outside, time, or another page changes anything', async () => {
    await open();
    const before = await tab.evaluate(() => document.cookie);
    await tab.press('Escape');
    await tab.evaluate(async () => {
      scrollTo(0, 200);
      await new Promise(requestAnimationFrame);
      scrollTo(0, 0);
    });
    await tab.click('h1');
    await tab.evaluate(() => new Promise((resolve) => setTimeout(resolve, 1500)));
    expect(await look()).toEqual(ASKED);
    await openDialog();
    await tab.click('[name=analytics]');
    await tab.press('Escape');
    expect(await look()).toEqual(ASKED);
    expect(await tab.evaluate(() => document.cookie)).toBe(before);
    await openDialog();
    expect((await switches())[1]).toMatchObject({ checked: false });
    await tab.click('[part=close]');
    expect(await look()).toEqual(ASKED);
    await tab.goto((await tab.url()).replace(/page$/, 'other'));
    await bannerSeen();
    expect([await look(), await tab.evaluate(() => document.cookie)]).toEqual([ASKED, before]);
  });

  test('R9 the first layer names the purposes, links the policy, and says that the choice can be changed', async () => {
    await open({
      purposes: ['functional', { name: 'maps', title: 'Maps of others' }],
      privacyPolicyUrl: '/our-privacy',
    });
    const { text, link } = await tab.evaluate(() => {
      const { inside } = window as unknown as Page;
      const anchor = inside('[role=region] a') as HTMLAnchorElement;
      const { href, target, rel } = anchor;
      return { text: inside('[role=region]').textContent, link: { href, target, rel } };
    });
    expect(text).toContain('for: Functional, Maps of others. You can change your choice at any time. Privacy policy');
    expect(link).toEqual({ href: expect.stringMatching(/\/our-privacy$/), target: '_blank', rel: 'noopener' });
  });

  test('R10 one purpose is granted without the other', async () => {
    await open();
    await openDialog();
    await tab.click('[name=analytics]');
    expect(await look()).toMatchObject({ analytics: 'unknown' });
    await tab.click('[slot=save]');
    expect(await look()).toEqual({ ...UNASKED, analytics: 'granted', marketing: 'denied' });
    expect(await tab.evaluate(() => (window as unknown as Page).consent.record()?.source)).toBe('preferences');
    await tab.click('#open');
    await dialogSeen();
    expect((await switches()).map(({ checked }) => checked)).toEqual([true, true, false]);
  });

  const withSignal = () => Object.defineProperty(Navigator.prototype, 'globalPrivacyControl', { value: true });

  test('R19 a visitor whose browser sends an opt-out signal is told that it is honoured', async () => {
    await open({ before: withSignal, gpc: 'marketing' });
    const lines = () => tab.evaluate(() => (window as unknown as Page).inside('[role=region]').textContent);
    expect(await lines()).toContain('opt-out signal is honoured');
    await openDialog();
    expect(await tab.evaluate(() => (window as unknown as Page).inside('dialog').textContent)).toContain('signal');
    await open();
    expect(await lines()).not.toContain('signal');
  });

  test('R26 the banner is a named region, first in the page, takes no focus and is no modal', async () => {
    await open();
    const facts = await tab.evaluate(() => {
      const { inside, focused } = window as unknown as Page;
      const region = inside('[role=region]');
      return {
        isFirst: document.body.firstElementChild?.localName,
        name: region.getAttribute('aria-label'),
        heading: region.querySelector('h1,h2,h3')?.localName,
        modal: document.querySelectorAll('[aria-modal]').length + region.querySelectorAll('[aria-modal]').length,
        focused: focused(),
        overflow: [document.documentElement, document.body].map((one) => getComputedStyle(one).overflowY),
      };
    });
    expect(facts).toEqual({
      isFirst: 'beaconry-consent',
      name: 'Your privacy choices',
      heading: 'h2',
      modal: 0,
      focused: 'body',
      overflow: ['visible', 'visible'],
    });
    await pressUntil('Tab', 'manage');
    await tab.press('Tab');
    expect(await focused()).toBe('a');
  });

  test('R27 the preferences are a modal dialog: focus on the heading, Tab stays in, Esc closes, focus returns', async () => {
    await open();
    await openDialog();
    const isModal = await tab.evaluate(() => (window as unknown as Page).inside('dialog').matches(':modal'));
    expect(isModal).toBe(true);
    await expect.poll(focused).toBe('title');
    const stops: string[] = [];
    for (let count = 0; count < 9; count++) {
      await tab.press('Tab');
      stops.push(await focused());
    }
    expect(stops.slice(0, 7)).toEqual(['close', 'analytics', 'marketing', 'link', 'reject-2', 'accept-2', 'save']);
    // Behind the last stop come the browser's own controls, or the first stop; never the page.
    for (const stop of stops.slice(7)) expect(stop).not.toMatch(/^(a|page-button|open|reject|accept|manage)$/);
    await tab.press('Escape');
    // The browser tells of the end a moment after it.
    await expect.poll(told).toEqual(['show banner', 'show preferences', 'hide preferences']);
    expect(await look()).toEqual(ASKED);
    await expect.poll(focused).toBe('manage');
    await tab.evaluate(() => document.getElementById('open')?.focus());
    await tab.press('Enter');
    await dialogSeen();
    await tab.click('[part=close]');
    await expect.poll(focused).toBe('open');
    // Whatever had the focus, it goes to what the preferences were opened from.
    await tab.evaluate(() => {
      const { attachBanner, consent } = window as unknown as Page;
      return attachBanner(consent).showPreferences(document.getElementById('page-button'));
    });
    await dialogSeen();
    await tab.press('Escape');
    await expect.poll(focused).toBe('page-button');
  });

  test('by keyboard alone a visitor refuses', async () => {
    await open();
    await pressUntil('Tab', 'reject');
    await tab.press('Enter');
    expect(await look()).toEqual({ ...UNASKED, analytics: 'denied', marketing: 'denied' });
  });

  test('by keyboard alone a visitor accepts', async () => {
    await open();
    await pressUntil('Tab', 'accept');
    await tab.press('Space');
    expect(await look()).toEqual({ ...UNASKED, analytics: 'granted', marketing: 'granted' });
  });

  test('by keyboard alone a visitor opens the preferences, closes them, opens them again, and chooses', async () => {
    await open();
    await pressUntil('Tab', 'manage');
    await tab.press('Enter');
    await dialogSeen();
    await tab.press('Escape');
    expect(await focused()).toBe('manage');
    await tab.press('Space');
    await dialogSeen();
    await pressUntil('Tab', 'marketing');
    await tab.press('Space');
    await pressUntil('Tab', 'save');
    await tab.press('Enter');
    expect(await look()).toEqual({ ...UNASKED, analytics: 'denied', marketing: 'granted' });
  });

  test('R32 the page stays usable: nothing closes the banner but a choice, and nothing has to be chosen', async () => {
    await open();
    await tab.click('a[href="#3"]');
    expect(await tab.url()).toMatch(/#3$/);
    expect(await look()).toEqual(ASKED);
    const buttons = await tab.evaluate(() => {
      const { inside } = window as unknown as Page;
      return [
        ...inside('[role=region]').querySelectorAll('button'),
        ...document.querySelectorAll('beaconry-consent>button'),
      ]
        .filter((button) => (window as unknown as Page).isSeen(button))
        .map(({ textContent }) => textContent);
    });
    expect(buttons).toEqual(['Reject all', 'Accept all', 'Manage choices']);
  });

  test('comes back into a page that exchanges its body, and works there', async () => {
    await open();
    await tab.evaluate(() => {
      const body = document.createElement('body');
      const link = document.createElement('button');
      link.dataset.consentOpen = '';
      link.id = 'again';
      link.textContent = 'Privacy';
      body.append(link);
      document.body.replaceWith(body);
    });
    await bannerSeen();
    expect(await tab.evaluate(() => document.body.firstElementChild?.localName)).toBe('beaconry-consent');
    expect(await tab.evaluate(() => document.querySelectorAll('beaconry-consent').length)).toBe(1);
    await tab.click('#again');
    await dialogSeen();
    await tab.press('Escape');
    await tab.click('[slot=reject]');
    expect(await look()).toEqual({ ...UNASKED, analytics: 'denied', marketing: 'denied' });
    // Not asked any more, it stays away.
    await tab.evaluate(async () => {
      document.body.replaceWith(document.createElement('body'));
      await new Promise((resolve) => setTimeout(resolve, 300));
    });
    expect(await tab.evaluate(() => document.querySelectorAll('beaconry-consent').length)).toBe(0);
  });

  test('is there behind the preferences that are opened in a page whose body was exchanged just now', async () => {
    await open();
    await tab.evaluate(() => {
      document.body.replaceWith(document.createElement('body'));
      return (window as unknown as Page).consent.showPreferences();
    });
    await dialogSeen();
    await tab.press('Escape');
    expect(await look()).toEqual(ASKED);
    expect(await tab.evaluate(() => document.querySelectorAll('beaconry-consent').length)).toBe(1);
  });

  test('leaves a script alone that removes it again and again', async () => {
    await open();
    const removals = await tab.evaluate(async () => {
      let count = 0;
      new MutationObserver(() => {
        for (const host of document.querySelectorAll('beaconry-consent')) {
          host.remove();
          count++;
        }
      }).observe(document.body, { childList: true });
      document.querySelector('beaconry-consent')?.remove();
      let last = -1;
      while (last !== count) {
        last = count;
        await new Promise((resolve) => setTimeout(resolve, 400));
      }
      return count;
    });
    expect(removals).toBeGreaterThan(3);
    expect(removals).toBeLessThan(60);
  });

  test('hides when a choice is made elsewhere, and asks again after a reset', async () => {
    await open();
    await openDialog();
    await tab.evaluate(() => (window as unknown as Page).consent.deny());
    expect(await look()).toEqual({ ...UNASKED, analytics: 'denied', marketing: 'denied' });
    await tab.evaluate(() => {
      const { consent } = window as unknown as Page;
      consent.reset();
      return consent.showBanner();
    });
    await bannerSeen();
    await tab.evaluate(() => (window as unknown as Page).consent.hide());
    await tab.waitFor(() => !(window as unknown as Page).isSeen((window as unknown as Page).inside('[slot=reject]')));
    expect((await look()).analytics).toBe('unknown');
  });

  test('speaks the language of the page, from a file of its own, in its direction', async () => {
    await open({ lang: 'ar' });
    const seen = () =>
      tab.evaluate(() => {
        const host = document.querySelector('beaconry-consent') as HTMLElement;
        const { left, right } = host.getBoundingClientRect();
        const [reject, accept] = ['reject', 'accept'].map((slot) =>
          (window as unknown as Page).inside(`[slot=${slot}]`).getBoundingClientRect(),
        ) as [DOMRect, DOMRect];
        return {
          lang: host.lang,
          dir: host.dir,
          isRight: left > innerWidth - right,
          isFirstRight: reject.left > accept.left,
        };
      });
    expect(await seen()).toEqual({ lang: 'ar', dir: 'rtl', isRight: true, isFirstRight: true });
    await open({ lang: 'de-AT' });
    expect(await seen()).toEqual({ lang: 'de', dir: 'ltr', isRight: false, isFirstRight: false });
    expect(await tab.text('[slot=reject]')).toBe('Alle ablehnen');
  });

  test('speaks English when its language does not arrive', async () => {
    await open({ lang: 'de', missing: /\/de-/ });
    expect(await tab.text('[slot=reject]')).toBe('Reject all');
    expect(await tab.evaluate(() => document.querySelector<HTMLElement>('beaconry-consent')?.lang)).toBe('en');
  });

  test('keeps what the owner has put into the page', async () => {
    await open({
      body: `<header>ours</header><beaconry-consent class="mine"><div slot="content"><h2>We ask you</h2></div>
        <button slot="reject" class="ours">No</button></beaconry-consent>`,
    });
    const kept = await tab.evaluate(() => {
      const hosts = [...document.querySelectorAll('beaconry-consent')];
      return {
        hosts: hosts.map(({ className, previousElementSibling }) => [className, previousElementSibling?.localName]),
        heading: (window as unknown as Page).isSeen(document.querySelector('beaconry-consent h2')),
        own: (window as unknown as Page).isSeen((window as unknown as Page).inside('h2[part=title]')),
      };
    });
    expect(kept).toEqual({ hosts: [['mine', 'header']], heading: true, own: false });
    await tab.click('button.ours');
    expect(await look()).toMatchObject({ banner: false, analytics: 'denied' });
  });

  test('bears the id and classes of older systems when asked to', async () => {
    await open({
      compatIds: true,
      css: '#cookie-consent-banner{background:#222;color:#fff} .cookie-consent-text p{color:rgb(1,2,3)} .cookie-btn-primary{background:rgb(4,5,6);color:#fff} .cookie-btn-secondary{color:#fff}',
    });
    const found = await tab.evaluate(() => {
      const style = (selector: string, property: string) => {
        const element = document.querySelector(`#cookie-consent-banner ${selector}`.trim());
        return element && getComputedStyle(element).getPropertyValue(property);
      };
      return [
        style('', 'background-color'),
        style('.cookie-consent-content .cookie-consent-text p', 'color'),
        style('.cookie-icon', 'display'),
        style('.cookie-btn-primary[slot=accept]', 'background-color'),
        style('.cookie-btn-primary[slot=reject]', 'background-color'),
        style('.cookie-btn-secondary[slot=manage]', 'color'),
      ];
    });
    const green = 'rgb(4, 5, 6)';
    expect(found).toEqual(['rgb(34, 34, 34)', 'rgb(1, 2, 3)', 'inline', green, green, 'rgb(255, 255, 255)']);
    await open();
    expect(await tab.evaluate(() => document.querySelectorAll('#cookie-consent-banner, [class*=cookie-]').length)).toBe(
      0,
    );
  });
});

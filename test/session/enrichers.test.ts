import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { experiment } from '../../src/events/experiment.ts';
import { bots } from '../../src/session/bots.ts';
import { oncePerSession } from '../../src/session/oncePerSession.ts';
import { sampling } from '../../src/session/sampling.ts';
import { type FakePage, openPage } from '../fakes/fakePage.ts';

let page: FakePage;
beforeEach(() => {
  page = openPage();
});
afterEach(async () => {
  Reflect.deleteProperty(navigator, 'webdriver');
  Reflect.deleteProperty(navigator, 'userAgent');
  await page.close();
});

describe('bots()', () => {
  const be = (name: 'webdriver' | 'userAgent', value: unknown) =>
    Object.defineProperty(navigator, name, { value, configurable: true });
  const seen = async () => {
    const tracker = page.track({ enrich: [bots()] });
    tracker.track('a');
    await tracker.flush();
    return page.endpoint.events()[0]?.data?.bot;
  };

  test('an automated browser is marked', async () => {
    be('webdriver', true);
    expect(await seen()).toBe('webdriver');
  });

  test.each([
    ['Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)', 'crawler'],
    ['Mozilla/5.0 (X11) HeadlessChrome/120.0', 'crawler'],
    ['Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Safari/604.1', undefined],
    ['Mozilla/5.0 (Linux; Android 10; Cubot P40) Chrome/90', undefined],
  ])('%s is %s', async (userAgent, bot) => {
    be('webdriver', false);
    be('userAgent', userAgent);
    expect(await seen()).toBe(bot);
  });

  test('page_leave tells whether anybody touched the page', async () => {
    const tracker = page.track({ enrich: [bots()] });
    tracker.track('page_leave');
    window.dispatchEvent(new Event('keydown'));
    tracker.track('page_leave');
    window.dispatchEvent(Object.defineProperty(new Event('keydown'), 'isTrusted', { value: true }));
    tracker.track('page_leave');
    tracker.track('other');
    await tracker.flush();
    expect(page.endpoint.events().map(({ data }) => data?.interacted)).toEqual([false, false, true, undefined]);
  });
});

describe('sampling()', () => {
  test('keeps sessions whole, about as many as asked, and says the rate', async () => {
    let sessions = 0;
    let kept = 0;
    for (let i = 0; i < 200; i++) {
      const tracker = page.track({ enrich: [sampling({ rate: 0.25 })] });
      tracker.track('a');
      tracker.track('b');
      const { pending, dropped } = tracker.stats();
      expect([0, 2]).toContain(pending);
      expect(pending + (dropped.filtered ?? 0)).toBe(2);
      sessions++;
      kept += pending / 2;
      await tracker.flush();
      tracker.reset();
      tracker.stop();
      await page.advance(0);
    }
    expect(kept / sessions).toBeGreaterThan(0.1);
    expect(kept / sessions).toBeLessThan(0.4);
    expect(page.endpoint.events()[0]?.data).toEqual({ sample_rate: 0.25 });
  });

  test.each([0, -1, 1.5, Number.NaN])('rate %s keeps all, and one warning says so', async (rate) => {
    const tracker = page.track({ enrich: [sampling({ rate })] });
    tracker.track('a');
    expect(tracker.stats().pending).toBe(1);
    expect(page.warnings).toHaveLength(1);
    expect(page.warnings[0]).toContain('"rate"');
  });
});

describe('experiment() and oncePerSession()', () => {
  test('one exposure per session and variant, and every later event knows the variant', async () => {
    const tracker = page.track();
    experiment(tracker, 'button', 'green');
    experiment(tracker, 'button', 'green');
    tracker.track('signup');
    tracker.reset();
    experiment(tracker, 'button', 'green');
    await tracker.flush();
    expect(page.endpoint.events().map(({ name, data }) => [name, data])).toEqual([
      ['experiment', { experiment_button: 'green', name: 'button', variant: 'green' }],
      ['signup', { experiment_button: 'green' }],
      ['experiment', { experiment_button: 'green', name: 'button', variant: 'green' }],
    ]);
  });

  test('on the session’s next page too', async () => {
    for (let load = 0; load < 2; load++) {
      const tracker = page.track({ enrich: [oncePerSession('experiment')] });
      experiment(tracker, 'button', 'green');
      tracker.track('signup');
      await tracker.flush();
      tracker.stop();
      await page.advance(0);
    }
    expect(page.endpoint.events().map(({ name }) => name)).toEqual(['experiment', 'signup', 'signup']);
  });
});

// @vitest-environment happy-dom
import { beforeEach, describe, expect, test } from 'vitest';
import type { Choices, ConsentReport } from '../../dashboard/api.ts';
import { createConsentPanel } from '../../dashboard/consentPanel.ts';
import html from '../../dashboard/index.html?raw';
import type { LiveEvent } from '../../dashboard/liveEvent.ts';
import { createLiveFeed } from '../../dashboard/liveFeed.ts';
import { createLossPanel } from '../../dashboard/lossPanel.ts';
import { createPurchasesPanel } from '../../dashboard/purchasesPanel.ts';
import { createVitalsPanel } from '../../dashboard/vitalsPanel.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const MONDAY = Date.UTC(2026, 5, 15);

const text = (id: string) => document.getElementById(id)?.textContent ?? '';
const isHidden = (id: string) => (document.getElementById(id) as HTMLElement).hidden;
const press = (id: string, key: string) =>
  document.getElementById(id)?.dispatchEvent(new KeyboardEvent('keydown', { key, cancelable: true }));

beforeEach(() => {
  document.body.innerHTML = /<body>([\s\S]*)<\/body>/.exec(html)?.[1] ?? '';
});

describe('the consent panel', () => {
  const choices = (granted: number, partial: number, denied: number): Choices => ({
    visitors: granted + partial + denied,
    granted,
    partial,
    denied,
  });
  const report: ConsentReport = {
    ...choices(6, 3, 1),
    purposes: [{ purpose: 'analytics', granted: 9, denied: 1, grantRate: 0.9 }],
    sources: [
      { source: 'banner', ...choices(6, 2, 0) },
      { source: 'preferences', ...choices(0, 1, 1) },
    ],
    interval: 'day',
    points: [
      { at: MONDAY, ...choices(5, 0, 0) },
      { at: MONDAY + DAY_MS, ...choices(1, 3, 1) },
    ],
  };
  const nobody: ConsentReport = { ...report, ...choices(0, 0, 0), purposes: [], sources: [], points: [] };
  const context = { site: 'my shop', isKnown: true, words: '7 days' };

  test('shows shares, purposes and sources', () => {
    createConsentPanel().show(report, context);
    expect(text('consent-count')).toBe('10 visitors chose');
    const shares = ['granted', 'partial', 'denied'].map(
      (outcome) => document.querySelector(`[data-outcome=${outcome}]`)?.textContent,
    );
    expect(shares).toEqual(['60 %', '30 %', '10 %']);
    expect(text('consent-purposes')).toBe('analytics90 %');
    expect(text('consent-sources')).toBe('banner 8 · preferences 2');
    expect([isHidden('consent-some'), isHidden('consent-none'), isHidden('consent-quiet')]).toEqual([
      false,
      true,
      true,
    ]);
  });

  test('reads its columns out by the arrow keys', () => {
    createConsentPanel().show(report, context);
    expect(text('consent-readout')).toBe('Jun 15 – Jun 16, by day (UTC)');
    press('consent-columns', 'ArrowLeft');
    expect(text('consent-readout')).toBe('Tue, Jun 16: 1 granted, 3 in part, 1 refused');
    press('consent-columns', 'ArrowLeft');
    press('consent-columns', 'ArrowLeft');
    expect(text('consent-readout')).toBe('Mon, Jun 15: 5 granted, 0 in part, 0 refused');
    expect(document.getElementById('consent-columns')?.ariaLabel).toContain('6 granted, 3 in part, 1 refused in all');
  });

  test('draws columns to the highest one', () => {
    createConsentPanel().show(report, context);
    const parts = [...document.querySelectorAll<HTMLElement>('#consent-columns .layer')].map((layer) =>
      layer.style.getPropertyValue('--part'),
    );
    expect(parts).toEqual(['1', '0', '0', '0.2', '0.6', '0.2']);
  });

  test('says how to switch it on, for the site that is shown', () => {
    const panel = createConsentPanel();
    panel.show(report, context);
    panel.show(nobody, { ...context, isKnown: false });
    expect(isHidden('consent-none')).toBe(false);
    expect(isHidden('consent-some')).toBe(true);
    expect(text('consent-snippet')).toContain(`recordUrl: '${location.origin}/v1/consent?site=my%20shop'`);
    expect(text('consent-count')).toBe('');
  });

  test('tells a quiet time from a site without records', () => {
    createConsentPanel().show(nobody, context);
    expect(isHidden('consent-none')).toBe(true);
    expect(text('consent-quiet')).toBe('Nobody chose in the last 7 days.');
  });
});

describe('the loss panel', () => {
  const report = { accepted: 1000, stored: 950, dropped: { before_consent: 10, erased: 38 }, lost: 2, lossRate: 0.002 };

  test('says what is missing, and where the rest went', () => {
    createLossPanel().show({ ...report, erasures: 1 });
    expect(text('loss-rate')).toBe('0.2 %');
    expect(text('loss-sentence')).toBe('2 of 1,000 events missing');
    expect(text('loss-list')).toBe('stored950erased38before consent10missing2');
    expect(text('loss-erasures')).toBe('1 erasure in this time.');
    expect(document.getElementById('loss-rate')?.dataset.tone).toBe('good');
  });

  test('worries above one percent', () => {
    createLossPanel().show({ ...report, lost: 20, lossRate: 0.02, erasures: 0 });
    expect(document.getElementById('loss-rate')?.dataset.tone).toBe('bad');
    expect(isHidden('loss-erasures')).toBe(true);
  });

  test('never rounds a loss away, nor all away', () => {
    const panel = createLossPanel();
    panel.show({ ...report, lossRate: 0.00004, erasures: 0 });
    expect(text('loss-rate')).toBe('< 0.1 %');
    panel.show({ ...report, lossRate: 0.9999, erasures: 0 });
    expect(text('loss-rate')).toBe('99.9 %');
    panel.show({ ...report, lost: 0, lossRate: 0, erasures: 0 });
    expect(text('loss-rate')).toBe('0 %');
    expect(text('loss-sentence')).toBe('All of 1,000 events accounted for');
  });

  test('says so where no page has counted', () => {
    createLossPanel().show({ accepted: 0, stored: 0, dropped: {}, lost: 0, lossRate: 0, erasures: 0 });
    expect(isHidden('loss-none')).toBe(false);
    expect(isHidden('loss-some')).toBe(true);
  });
});

test('web vitals are shown by metric and by page, and not at all without any', () => {
  const panel = createVitalsPanel();
  const lcp = { metric: 'LCP', samples: 4, p75: 2100, rating: 'good' } as const;
  const cls = { metric: 'CLS', samples: 4, p75: 0.3, rating: 'poor' } as const;
  panel.show({
    rows: [
      { ...lcp, good: 3, poor: 0 },
      { ...cls, good: 1, poor: 2 },
    ],
    pages: [{ path: '/tea', metrics: [lcp] }],
  });
  expect(isHidden('vitals')).toBe(false);
  expect(text('vitals-list')).toBe('LCP2.1 s goodCLS0.30 poor');
  const cells = [...document.querySelectorAll('#vitals-pages tr')].map((row) =>
    [...row.children].map((cell) => cell.textContent),
  );
  expect(cells).toEqual([
    ['Page', 'LCP', 'CLS'],
    ['/tea', '2.1 s good', '–'],
  ]);
  panel.show({ rows: [], pages: [] });
  expect(isHidden('vitals')).toBe(true);
});

test('purchases are shown by currency and over time, and not at all without any', () => {
  const panel = createPurchasesPanel();
  panel.show({
    interval: 'day',
    rows: [
      { currency: 'EUR', orders: 2, revenue: 30 },
      { currency: 'CHF', orders: 1, revenue: 9.5 },
    ],
    points: [{ at: MONDAY, orders: 3, revenue: { EUR: 30, CHF: 9.5 } }],
  });
  expect(text('purchases-totals')).toMatch(/^€30\.002 ordersCHF\s9\.501 order$/);
  press('purchases-columns', 'ArrowRight');
  expect(text('purchases-readout')).toMatch(/^Mon, Jun 15: 3 orders, €30\.00 \+ CHF\s9\.50$/);
  panel.show({ interval: 'day', rows: [], points: [] });
  expect(isHidden('purchases')).toBe(true);
});

test('the feed forgets what was erased, and shows texts of visitors as texts', () => {
  const [list, nothing, rate] = ['feed', 'feed-nothing', 'feed-rate'].map((id) => document.getElementById(id));
  const feed = createLiveFeed(list as HTMLElement, nothing as HTMLElement, rate as HTMLElement);
  const event = (id: string): LiveEvent => ({
    id,
    name: 'error',
    at: Date.now(),
    site: 'shop',
    path: '/',
    title: '',
    session: 's1',
    data: { message: '<img src=x onerror=alert(1)>' },
  });
  feed.add([event('1'), event('2')]);
  expect(list?.querySelector('img')).toBeNull();
  expect(list?.textContent).toContain('<img src=x');
  feed.remove(['1', 'unknown']);
  expect(list?.children).toHaveLength(1);
  expect(isHidden('feed-nothing')).toBe(true);
  feed.remove(['2']);
  expect(isHidden('feed-nothing')).toBe(false);
});

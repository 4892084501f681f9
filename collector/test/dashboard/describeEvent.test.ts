import { describe, expect, test } from 'vitest';
import { describeEvent } from '../../dashboard/describeEvent.ts';

const detailOf = (name: string, data: Record<string, unknown>) => describeEvent({ name, title: 'Tea', data }).detail;

describe('an event of ours is a line that a reader understands', () => {
  test.each<[string, Record<string, unknown>, string]>([
    ['page_view', { kind: 'load' }, 'Tea'],
    ['session_start', {}, 'Tea'],
    [
      'page_leave',
      { engaged_ms: 12_400, total_ms: 185_000, max_scroll: 80 },
      '12 s engaged of 3 min 5 s · read to 80 %',
    ],
    ['page_leave', { engaged_ms: 0 }, '0 ms engaged'],
    ['click', { kind: 'link', name: 'link', selector: 'nav>a', href: 'https://a.example/x?y' }, 'nav>a  → /x'],
    ['click', { label: 'Hero', href: 'https://b.example/x', outbound: true }, 'Hero  → b.example'],
    ['click', { label: 'Prices', href: 'https://a.example/p.pdf', download: true }, 'Prices  ↓ /p.pdf'],
    ['click', { name: 'write', href: 'mailto:x' }, 'write  → mailto'],
    ['cta_click', { kind: 'link', label: 'Try it', href: 'https://a.example/signup', id: 'try' }, 'Try it  → /signup'],
    ['rage_click', { count: 5, kind: 'button', name: 'button', selector: '#buy' }, '5 clicks on #buy'],
    ['dead_click', { wait_ms: 3000, name: 'zoom' }, 'zoom · nothing for 3.0 s'],
    ['error_click', { kind: 'button', name: 'buy' }, 'buy'],
    ['scroll_depth', { percent: 75 }, '75 %'],
    ['scroll_depth', { percent: 50, container: 'terms' }, '50 % of terms'],
    ['section_view', { name: 'features' }, 'features'],
    ['form_start', { form: 'newsletter' }, 'newsletter'],
    ['form_submit', { form: 'newsletter', fields: ['email'], ms: 4200 }, 'newsletter · 1 field · 4.2 s'],
    ['form_invalid', { form: 'checkout', fields: ['name', 'city'] }, 'checkout · 2 fields'],
    ['form_abandon', { form: 'newsletter', fields: ['email'], last_field: 'email' }, 'newsletter, last field email'],
    ['form_abandon', { form: 'newsletter', fields: [] }, 'newsletter'],
    ['visibility', { state: 'hidden', ms: 61_000 }, 'hidden after 1 min 1 s'],
    ['web_vital', { metric: 'LCP', value: 1234, rating: 'good' }, 'LCP 1.2 s good'],
    ['web_vital', { name: 'CLS', value: 0.1234, rating: 'needs-improvement' }, 'CLS 0.12 needs improvement'],
    ['error', { type: 'error', message: 'TypeError: x is no function', count: 1 }, 'TypeError: x is no function'],
    ['error', { type: 'rejection', message: 'no', count: 7 }, 'no × 7'],
    [
      'request',
      { method: 'GET', url: 'https://a.example/api/x', status: 500, ms: 320, failed: true },
      'GET /api/x 500 · 320 ms · failed',
    ],
    ['request', { url: '/api', ms: 10, failed: false }, '/api · 10 ms'],
    ['search', { term: 'green tea', parameter: 'q' }, '“green tea”'],
    ['search', { query: 'tea', results: 1 }, '“tea” · 1 result'],
    ['copy', { chars: 12, selector: 'main>p' }, '12 characters · main>p'],
    ['experiment', { name: 'hero', variant: 'b' }, 'hero → b'],
    [
      'consent',
      { purposes: { analytics: 'granted', marketing: 'denied' }, source: 'banner' },
      'analytics granted · marketing denied · banner',
    ],
    ['purchase', { value: 49.9, currency: 'EUR', order_id: 'A-1', items: [{}, {}] }, '€49.90 · 2 items · order A-1'],
    ['purchase', { value: 5, currency: 'stars' }, '5 stars'],
    ['conversion', { name: 'signup', value: 3 }, 'signup · 3'],
    ['add_to_cart', { value: 12, currency: 'EUR', items: [{ item_id: 'm1', item_name: 'Mug' }] }, '€12.00 · Mug'],
    ['refund', { order_id: 'A-1', value: 5, currency: 'EUR' }, '€5.00 · order A-1'],
    ['media', { action: 'progress', name: 'tour.mp4', percent: 50, kind: 'video' }, 'progress tour.mp4 · 50 %'],
    ['heatmap', { clicks: '1,2;3,4', moves: '5,6', attention: '' }, '2 clicks · 1 move'],
    ['heatmap', { width: 390, clicks: '', moves: '', attention: '0,9;50,3' }, '12 s in view'],
    ['not_found', { url: 'https://a.example/x', referrer: 'https://a.example/old' }, 'from /old'],
    ['identify', { traits: { plan: 'team' } }, 'plan team'],
    ['group', { group: 'acme', traits: { seats: 5 } }, 'acme · seats 5'],
    ['add_to_cart', { product: 'mug', quantity: 1 }, 'product mug · quantity 1'],
  ])('%s %j', (name, data, detail) => {
    expect(detailOf(name, data)).toBe(detail);
  });
});

describe('an event that nobody knows', () => {
  test('is told by its first values', () => {
    expect(detailOf('plan_chosen', { plan: 'team', seats: 5, yearly: true, extras: ['a', 'b'], more: 1 })).toBe(
      'plan team · seats 5 · yearly true · extras [2]',
    );
  });

  test('without values is its name alone', () => {
    expect(describeEvent({ name: 'ping', title: 'Tea', data: {} })).toEqual({ what: 'ping', detail: '' });
    expect(detailOf('ping', { nested: { deep: 1 }, nothing: null, empty: [] })).toBe('');
  });

  test('may be called like a part of every object', () => {
    expect(detailOf('constructor', { a: 1 })).toBe('a 1');
    expect(detailOf('__proto__', { a: 1 })).toBe('a 1');
  });

  test('with endless texts stays a line', () => {
    expect(detailOf('note', { text: 'x'.repeat(5000) }).length).toBeLessThan(80);
  });
});

test.each([
  ['heatmap', { clicks: [1] }],
  ['identify', { traits: null }],
  ['web_vital', { metric: 7, value: 'fast' }],
  ['form_abandon', { form: null }],
  ['page_leave', { engaged_ms: 'long' }],
  ['consent', { purposes: 'all' }],
  ['purchase', { value: 'much', currency: 5 }],
])('%s with data of another shape is told like an unknown event', (name, data) => {
  expect(() => detailOf(name, data)).not.toThrow();
});

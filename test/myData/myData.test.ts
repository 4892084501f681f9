import 'fake-indexeddb/auto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ConsentApi } from '../../src/consent/consent.ts';
import { consentFrom } from '../../src/index.ts';
import { describe as describeValue, readable } from '../../src/myData/describe.ts';
import { defineMyData } from '../../src/myData/myData.ts';
import { type FakePage, openPage } from '../fakes/fakePage.ts';

let page: FakePage;
beforeEach(() => {
  page = openPage();
});
afterEach(() => page.close());

const settle = async () => {
  for (let turn = 0; turn < 40; turn++) await new Promise((resolve) => setImmediate(resolve));
};

test('the element is defined by the first call alone, and wrong options are named', async () => {
  const cmp = consentFrom({ get: () => undefined, onChange: () => () => {} });
  defineMyData({ consent: cmp as ConsentApi, texts: { title: 'Deine Daten' }, trackers: {} as never });
  expect(page.warnings).toEqual([
    'beaconry: option "trackers" should be array',
    'beaconry: option "consent" should be from createConsent(); give "trackers" instead',
  ]);
  defineMyData({ consent: cmp as ConsentApi, texts: { title: 'other' } });
  expect(page.warnings).toHaveLength(2);

  const element = document.createElement('beaconry-my-data');
  document.body.append(element);
  await settle();
  const inside = () => element.shadowRoot?.textContent;
  expect(inside()).toContain('Deine Daten');
  expect(inside()).toContain('Nothing is stored on this device.');
  expect(element.hasAttribute('data-private')).toBe(true);

  // It looks again when the page is seen again, and no more once it is gone.
  localStorage.setItem('beaconry.shop:basket', '"six plates"');
  page.show();
  await settle();
  expect(inside()).toContain('six plates');
  element.remove();
  localStorage.clear();
  page.show();
  await settle();
  expect(inside()).toContain('six plates');
  document.body.append(element);
  await settle();
  expect(inside()).not.toContain('six plates');
});

test('names of code read as words', () => {
  expect(['engaged_ms', 'startedAt', 'page_view', 'url', 'p1'].map(readable)).toEqual([
    'Engaged ms',
    'Started at',
    'Page view',
    'Url',
    'P1',
  ]);
});

test('values are shown by their parts, times as times, and text as text', () => {
  const shown = describeValue({ at: Date.UTC(2025, 5, 10, 12), data: { tags: ['<b>', ''], none: {}, size: 0 } }, 'en');
  const list = shown as HTMLElement;
  expect([...list.querySelectorAll('dt')].map(({ textContent }) => textContent)).toEqual([
    'At',
    'Data',
    'Tags',
    '0',
    '1',
    'None',
    'Size',
  ]);
  expect(list.querySelector('time')?.getAttribute('datetime')).toBe('2025-06-10T12:00:00.000Z');
  expect(list.querySelector('b')).toBe(null);
  expect(list.textContent).toContain('<b>');
  expect(describeValue('as it is', 'en')).toBe('as it is');
  expect(describeValue('no time', 'en', 'at')).toBe('no time');
  expect((describeValue(0, 'no language', 'at') as HTMLElement).localName).toBe('time');
});

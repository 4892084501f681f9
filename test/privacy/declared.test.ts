import { afterEach, beforeEach, expect, test } from 'vitest';
import { pageViews } from '../../src/index.ts';
import { type FakePage, openPage } from '../fakes/fakePage.ts';

const CARD = '4111 1111 1111 1111';

let page: FakePage;
beforeEach(() => {
  page = openPage('https://shop.example/search?q=shoes+for+jo@example.org&page=2&token=abc&utm_source=news');
});
afterEach(() => page.close());

test('parameters that the owner declares are kept in strict mode, still without what is personal', async () => {
  const tracker = page.track({ capture: [pageViews()], scrub: { parameters: ['q', 'page'] } });
  await tracker.flush();
  const [seen] = page.endpoint.requests.flatMap(({ batch }) => Object.values(batch.pages));
  expect(seen?.url).toBe('https://shop.example/search?q=:email&page=2&utm_source=news');
});

test('data below keys that the owner declares stays, the rest loses its secrets', async () => {
  const tracker = page.track({ scrub: { keys: ['order_id'] } });
  tracker.track('paid', { order_id: CARD, note: CARD });
  await tracker.flush();
  expect(page.endpoint.named('paid')[0]?.data).toEqual({ order_id: CARD, note: ':card' });
});

test('traits stay as they are, what is added to every event does not', async () => {
  const tracker = page.track();
  tracker.set({ note: CARD });
  tracker.identify('u1', { number: CARD, password: 'kept, as the owner wants it' });
  tracker.track('next', { traits: CARD });
  await tracker.flush();
  expect(page.endpoint.named('identify')[0]?.data).toEqual({
    note: ':card',
    traits: { number: CARD, password: 'kept, as the owner wants it' },
  });
  expect(page.endpoint.named('next')[0]?.data).toEqual({ note: ':card', traits: ':card' });
});

test('lists that are none are told once, and nothing is exempt', async () => {
  const tracker = page.track({ scrub: { keys: 'order_id' as unknown as string[] } });
  tracker.track('paid', { order_id: CARD });
  await tracker.flush();
  expect(page.warnings).toEqual([expect.stringContaining('option "scrub.keys" should be array')]);
  expect(page.endpoint.named('paid')[0]?.data).toEqual({ order_id: ':card' });
});

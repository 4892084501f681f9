import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { attribution } from '../../src/session/attribution.ts';
import { channelOf } from '../../src/session/channelOf.ts';
import { type FakePage, openPage } from '../fakes/fakePage.ts';

let page: FakePage;
beforeEach(() => {
  page = openPage();
});
afterEach(() => page.close());

const arriveFrom = (referrer: string) =>
  Object.defineProperty(document, 'referrer', { value: referrer, configurable: true });

/** One page load at an address; answers with what its page view carries. */
async function visit(url: string, options = {}, consent: 'granted' | 'cookieless' = 'granted') {
  page.at(url);
  const tracker = page.track({ enrich: [attribution(options)], consent });
  tracker.page();
  await tracker.flush();
  tracker.stop();
  await page.advance(0);
  const { first_touch, last_touch } = (page.endpoint.events().at(-1)?.data ?? {}) as Record<string, { at: number }>;
  return { first: first_touch, last: last_touch };
}

describe('attribution', () => {
  test('the first touch stays, the last one is of the last arrival', async () => {
    arriveFrom('https://www.google.com/search?q=secret');
    const { first, last } = await visit('https://shop.example/');
    expect(first).toEqual({ at: expect.any(Number), channel: 'search', referrer: 'www.google.com' });
    expect(last).toEqual(first);
    await page.advance(60_000);
    arriveFrom('https://shop.example/');
    expect(await visit('https://shop.example/b')).toEqual({ first, last });
    arriveFrom('');
    const later = await visit('https://shop.example/?utm_source=mail&utm_medium=email&gclid=Abc-1');
    expect(later.first).toEqual(first);
    expect(later.last).toEqual({
      at: expect.any(Number),
      channel: 'email',
      utm_source: 'mail',
      utm_medium: 'email',
      gclid: 'Abc-1',
    });
    expect(later.last?.at).toBeGreaterThan(first?.at ?? 0);
  });

  test('who comes directly has a direct touch, which a later direct visit does not renew', async () => {
    const { first } = await visit('https://shop.example/');
    expect(first).toMatchObject({ channel: 'direct' });
    await page.advance(60_000);
    expect((await visit('https://shop.example/')).last).toEqual(first);
  });

  test('domains of ours are no arrival', async () => {
    arriveFrom('https://pay.example/done');
    const { last } = await visit('https://shop.example/', { domains: ['pay.example'] });
    expect(last).toMatchObject({ channel: 'direct' });
  });

  test('without consent nothing is kept, and each page load has its own', async () => {
    arriveFrom('https://news.example/article');
    expect((await visit('https://shop.example/', {}, 'cookieless')).last).toMatchObject({ referrer: 'news.example' });
    expect(localStorage.length).toBe(0);
    arriveFrom('');
    expect((await visit('https://shop.example/', {}, 'cookieless')).first).toMatchObject({ channel: 'direct' });
  });

  test('a first touch of more than a year ago is none', async () => {
    await visit('https://shop.example/?utm_source=old');
    await page.advance(366 * 24 * 60 * 60_000);
    expect((await visit('https://shop.example/?utm_source=new')).first).toMatchObject({ utm_source: 'new' });
  });

  test('only the named events carry it', async () => {
    const tracker = page.track({ enrich: [attribution({ events: ['lead'] })] });
    tracker.track('lead');
    tracker.track('other');
    await tracker.flush();
    expect(page.endpoint.events().map(({ data }) => !!data?.last_touch)).toEqual([true, false]);
  });
});

describe('channelOf', () => {
  test.each([
    ['', {}, 'direct'],
    ['blog.example', {}, 'referral'],
    ['www.google.de', {}, 'search'],
    ['duckduckgo.com', {}, 'search'],
    ['search.brave.com', {}, 'search'],
    ['www.facebook.com', {}, 'social'],
    ['t.co', {}, 'social'],
    ['chatgpt.com', {}, 'ai'],
    ['www.perplexity.ai', {}, 'ai'],
    ['gemini.google.com', {}, 'ai'],
    ['mail.google.com', {}, 'email'],
    ['www.google.com', { gclid: 'x' }, 'paid'],
    ['www.facebook.com', { fbclid: 'x' }, 'social'],
    ['', { utm_medium: 'cpc' }, 'paid'],
    ['', { utm_medium: 'Email' }, 'email'],
    ['', { utm_source: 'newsletter' }, 'email'],
    ['', { utm_medium: 'paid_social' }, 'paid'],
    ['', { utm_medium: 'social' }, 'social'],
    ['', { utm_medium: 'affiliate' }, 'affiliate'],
    ['', { utm_source: 'poster' }, 'campaign'],
    ['box.com', {}, 'referral'],
    ['fox.com', {}, 'referral'],
    ['mygoogle.example', {}, 'referral'],
  ])('%s with %o is %s', (referrer, campaign, channel) => {
    expect(channelOf(referrer, campaign as Record<string, string>)).toBe(channel);
  });
});

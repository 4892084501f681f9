import { afterEach, beforeEach, expect, test } from 'vitest';
import { linker } from '../../src/session/linker.ts';
import { type FakePage, openPage } from '../fakes/fakePage.ts';

let page: FakePage;
beforeEach(() => {
  page = openPage();
});
afterEach(() => page.close());

const enrich = [linker({ domains: ['pay.example', 'shop.example'] })];

/** Clicks a link and answers with where it led. */
function follow(href: string): string {
  const link = document.body.appendChild(document.createElement('a'));
  link.href = href;
  let went = '';
  link.addEventListener('click', (event) => {
    went = link.href;
    event.preventDefault();
  });
  link.click();
  return went;
}

test('a link to another domain of ours takes the session along, and is as it was afterwards', async () => {
  const tracker = page.track({ enrich, privacy: 'balanced' });
  tracker.track('a');
  const went = follow('https://www.pay.example/now?a=1#b');
  expect(went).toMatch(
    new RegExp(`^https://www\\.pay\\.example/now\\?a=1&_by=\\w+\\.${tracker.session.id}\\.[\\da-f-]{36}#b$`),
  );
  await page.advance(1);
  expect(document.querySelector('a')?.getAttribute('href')).toBe('https://www.pay.example/now?a=1#b');

  const first = tracker.session.id;
  await tracker.flush();
  const visitor = page.endpoint.events()[0]?.visitor;
  tracker.stop();
  await page.advance(1000);
  localStorage.clear();
  page.at(went);
  const there = page.track({ enrich, privacy: 'balanced' });
  there.track('b');
  await there.flush();
  expect(page.endpoint.events().at(-1)).toMatchObject({ session: first, visitor });
  const { pages } = page.endpoint.requests.at(-1)?.batch ?? {};
  expect(Object.values(pages ?? {})[0]?.url).toBe('https://www.pay.example/now?a=1');
});

test.each([
  ['elsewhere', 'https://other.example/'],
  ['a name that ends alike', 'https://notpay.example/'],
  ['within this host', 'https://shop.example/b'],
  ['mail', 'mailto:a@pay.example'],
])('a link %s stays as it is', (_where, href) => {
  page.track({ enrich }).track('a');
  expect(follow(href)).toBe(href);
});

test('without consent nothing is taken along nor taken up', async () => {
  page.at(`https://shop.example/?_by=${Date.now().toString(36)}.018f0000-0000-7000-8000-000000000000.`);
  const tracker = page.track({ enrich, consent: 'cookieless' });
  tracker.track('a');
  expect(follow('https://pay.example/')).toBe('https://pay.example/');
  expect(tracker.session.id).not.toContain('018f0000');
});

test.each([
  ['old', () => (Date.now() - 3 * 60_000).toString(36)],
  ['of the future', () => (Date.now() + 60_000).toString(36)],
  ['rubbish', () => '!'],
])('what is %s is not taken up', (_what, at) => {
  page.at(`https://shop.example/?_by=${at()}.018f0000-0000-7000-8000-000000000000.`);
  const tracker = page.track({ enrich });
  tracker.track('a');
  expect(tracker.session.id).not.toContain('018f0000');
});

test('a session of its own stays', () => {
  const tracker = page.track({ enrich });
  tracker.track('a');
  const { id } = tracker.session;
  tracker.stop();
  page.at(`https://shop.example/?_by=${Date.now().toString(36)}.018f0000-0000-7000-8000-000000000000.`);
  const next = page.track({ enrich });
  next.track('b');
  expect(next.session.id).toBe(id);
});

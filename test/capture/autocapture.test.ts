import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type AutocaptureOptions, autocapture, type Tracker } from '../../src/index.ts';
import { type FakePage, openPage } from '../fakes/fakePage.ts';

let page: FakePage;
let tracker: Tracker;
beforeEach(() => {
  page = openPage();
  document.body.innerHTML =
    '<form name="f"><input name="a"></form><button data-track="buy">Buy now</button><p id="stay"></p>';
  vi.stubGlobal('innerHeight', 500);
  for (const [name, value] of Object.entries({ scrollTop: 0, scrollHeight: 2000, clientHeight: 500 }))
    Object.defineProperty(document.documentElement, name, { value, configurable: true });
});
afterEach(() => page.close());

function say(type: string, selector: string) {
  const event = new Event(type, { bubbles: true, composed: true });
  Object.defineProperty(event, 'isTrusted', { value: true });
  document.querySelector(selector)?.dispatchEvent(event);
}
/** A whole visit, and the names of what was told of it. */
async function visit(options?: AutocaptureOptions) {
  tracker = page.track({ capture: autocapture(options) });
  await page.advance(200);
  say('click', 'button');
  document.dispatchEvent(new Event('scroll'));
  await page.advance(200);
  say('input', 'input');
  page.leave();
  await tracker.flush();
  return page.endpoint
    .events()
    .sort((one, other) => one.seq - other.seq)
    .map(({ name }) => name);
}
const ALL = ['page_view', 'click', 'scroll_depth', 'form_start', 'form_abandon', 'visibility', 'page_leave'];

test('watches page views, clicks, scroll depth, forms, visibility and engagement', async () => {
  expect(autocapture()).toHaveLength(6);
  expect((await visit()).sort()).toEqual([...ALL].sort());
});

test.each<[keyof AutocaptureOptions, string[]]>([
  ['pageViews', ['page_view']],
  ['clicks', ['click']],
  ['scrollDepth', ['scroll_depth']],
  ['forms', ['form_start', 'form_abandon']],
  ['visibility', ['visibility']],
  ['engagement', ['page_leave']],
])('leaves %s out for the asking', async (name, without) => {
  expect((await visit({ [name]: false })).sort()).toEqual(ALL.filter((event) => !without.includes(event)).sort());
});

test('hands the options on', async () => {
  const names = await visit({ clicks: { text: true }, scrollDepth: { thresholds: [10, 20] } });
  expect(names.filter((name) => name === 'scroll_depth')).toHaveLength(2);
  expect(page.endpoint.named('click')[0]?.data).toMatchObject({ label: 'Buy now' });
});

describe('a mistake of the owner', () => {
  test('in the name of a capture is told, and all the others run', async () => {
    expect((await visit({ scroll: false } as AutocaptureOptions)).sort()).toEqual([...ALL].sort());
    expect(page.warnings).toEqual([expect.stringContaining('option "autocapture.scroll" does not exist')]);
  });

  test('in the options of a capture is told', async () => {
    await visit({ scrollDepth: { thresholds: [0] } });
    expect(page.warnings).toEqual([expect.stringContaining('"scrollDepth.thresholds"')]);
  });

  test.each([null, undefined, true])('that is %s in place of options harms nothing', async (value) => {
    expect((await visit({ forms: value, pageViews: value } as AutocaptureOptions)).sort()).toEqual([...ALL].sort());
  });
});

test('stopped, nothing is left', async () => {
  tracker = page.track({ capture: autocapture() });
  await page.advance(6000);
  page.endpoint.requests.length = 0;
  tracker.stop();
  await page.advance(0);
  expect(vi.getTimerCount()).toBe(0);
  say('click', 'button');
  say('input', 'input');
  page.leave();
  await page.advance(10_000);
  expect(page.endpoint.requests).toHaveLength(0);
});

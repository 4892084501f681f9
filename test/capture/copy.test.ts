import { afterEach, beforeEach, expect, test } from 'vitest';
import { copy, type Tracker } from '../../src/index.ts';
import { type FakePage, openPage } from '../fakes/fakePage.ts';

let page: FakePage;
let tracker: Tracker;
beforeEach(() => {
  page = openPage();
});
afterEach(async () => {
  getSelection()?.removeAllRanges();
  await page.close();
});

function open(html: string) {
  document.body.innerHTML = html;
  tracker = page.track({ capture: [copy()] });
}
const find = (selector: string) => document.querySelector(selector) as HTMLElement;
/** The visitor copies what is selected. */
function take(selector: string, trusted = true) {
  const event = new Event('copy', { bubbles: true, composed: true, cancelable: true });
  Object.defineProperty(event, 'isTrusted', { value: trusted });
  find(selector).dispatchEvent(event);
  return event;
}
async function seen() {
  await tracker.flush();
  return page.endpoint.named('copy').map(({ data }) => data);
}

test('how much was copied is told and from where, never what', async () => {
  open('<main><p data-track="code" data-track-label="Coupon">Secret words</p></main>');
  getSelection()?.selectAllChildren(find('p'));
  const event = take('p');
  expect(await seen()).toEqual([
    { chars: 12, kind: 'element', name: 'code', label: 'Coupon', selector: 'html>body>main>p' },
  ]);
  expect(JSON.stringify(page.endpoint.requests)).not.toContain('Secret');
  expect(event.defaultPrevented).toBe(false);
});

test('of a field the marks of the selection are counted, its value is not read', async () => {
  open('<textarea>Typed words</textarea>');
  const field = find('textarea') as HTMLTextAreaElement;
  field.setSelectionRange(0, 5);
  let reads = 0;
  Object.defineProperty(field, 'value', { get: () => String(++reads) });
  take('textarea');
  expect(await seen()).toMatchObject([{ chars: 5, selector: 'html>body>textarea' }]);
  expect(reads).toBe(0);
});

test('what is private, or copied by a script, is not told', async () => {
  open('<div data-private><p>Words</p></div><i>Words</i>');
  take('p');
  take('i', false);
  expect(await seen()).toEqual([]);
});

test('stopped, nothing is told', async () => {
  open('<p>Words</p>');
  tracker.stop();
  await page.advance(1);
  take('p');
  await page.advance(10_000);
  expect(page.endpoint.requests).toHaveLength(0);
});

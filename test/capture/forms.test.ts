import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type FormsOptions, forms, pageViews, type Tracker } from '../../src/index.ts';
import { type FakePage, openPage } from '../fakes/fakePage.ts';

const FORM = `
  <form name="signup">
    <input name="first"><input name="second"><select name="third"></select><textarea name="fourth"></textarea>
    <button>Send</button>
  </form>`;

let page: FakePage;
let tracker: Tracker;
beforeEach(() => {
  page = openPage();
  const start = Date.now();
  vi.spyOn(performance, 'now').mockImplementation(() => 1000 + Date.now() - start);
});
afterEach(async () => {
  await page.close();
  vi.restoreAllMocks();
});

function open(html = FORM, options?: FormsOptions) {
  document.body.innerHTML = html;
  tracker = page.track({ capture: [pageViews(), forms(options)] });
}
const find = (target: string | Element) =>
  typeof target === 'string' ? (document.querySelector(target) as Element) : target;
/** What the browser says of the visitor's doing. */
function say(type: string, target: string | Element, { trusted = true, composed = false, bubbles = true } = {}) {
  const event = new Event(type, { bubbles, composed, cancelable: true });
  Object.defineProperty(event, 'isTrusted', { value: trusted });
  find(target).dispatchEvent(event);
}
const change = (target: string | Element) => say('input', target, { composed: true });
const submit = (target: string | Element = 'form') => say('submit', target);
const refuse = (target: string | Element) => say('invalid', target, { bubbles: false });
const click = (target: string | Element) => say('click', target, { composed: true });

/** What was told, as `name` and data. */
async function seen() {
  await tracker.flush();
  return page.endpoint
    .events()
    .filter(({ name }) => name.startsWith('form_'))
    .sort((one, other) => one.seq - other.seq)
    .map(({ name, data }) => [name, data]);
}
const names = async () => (await seen()).map(([name]) => name);

describe('a form', () => {
  test('is begun by its first change, and submitted with what was changed and how long that took', async () => {
    open();
    change('[name=second]');
    await page.advance(1000);
    change('[name=second]');
    change('[name=first]');
    change('[name=fourth]');
    await page.advance(1000);
    submit();
    expect(await seen()).toEqual([
      ['form_start', { form: 'signup' }],
      ['form_submit', { form: 'signup', fields: ['second', 'first', 'fourth'], ms: 2000, last_field: 'fourth' }],
    ]);
  });

  test('that is submitted untouched has nothing to tell but its name', async () => {
    open();
    submit();
    expect(await seen()).toEqual([['form_submit', { form: 'signup' }]]);
  });

  test('that is filled in again after it was submitted begins anew', async () => {
    open();
    change('[name=first]');
    submit();
    change('[name=first]');
    submit();
    expect(await names()).toEqual(['form_start', 'form_submit', 'form_start', 'form_submit']);
  });

  test('names the field that was changed last, which may have been changed before', async () => {
    open();
    for (const field of ['first', 'second', 'first']) change(`[name=${field}]`);
    submit();
    expect((await seen())[1]?.[1]).toMatchObject({ fields: ['second', 'first'], last_field: 'first' });
  });

  test.each([
    ['<form data-track="checkout" name="f" id="i"><input name="a"></form>', 'checkout'],
    ['<form name="newsletter" id="i"><input name="a"></form>', 'newsletter'],
    ['<form id="login"><input name="a"></form>', 'login'],
    ['<main><form><input name="a"></form></main>', 'html>body>main>form'],
    ['<form name="of-jo@example.org"><input name="a"></form>', ':email'],
    ['<form name="x"><input name="name"><input name="id"><input name="a"></form>', 'x'],
  ])('%s is called %s', async (html, name) => {
    open(html);
    change('[name=a]');
    expect(await seen()).toEqual([['form_start', { form: name }]]);
  });

  test.each([
    ['<input id="street">', 'street'],
    ['<input name="user[jo@example.org]">', 'user[:email]'],
    ['<input>', 'html>body>form>input'],
  ])('with the field %s names it %s', async (html, name) => {
    open(`<form>${html}</form>`);
    change('input');
    submit();
    expect((await seen())[1]?.[1]).toMatchObject({ fields: [name] });
  });

  test('owns a field outside of it', async () => {
    open('<form id="far"></form><input name="away" form="far">');
    const field = document.querySelector('input') as HTMLInputElement;
    // happy-dom knows no `form` attribute.
    Object.defineProperty(field, 'form', { value: find('form') });
    change(field);
    expect(await seen()).toEqual([['form_start', { form: 'far' }]]);
  });

  test('within a shadow root is a form like any other', async () => {
    open('<x-form></x-form>');
    const root = find('x-form').attachShadow({ mode: 'open' });
    root.innerHTML = FORM;
    const inside = (selector: string) => root.querySelector(selector) as Element;
    change(inside('[name=first]'));
    click(inside('button'));
    // Not heard outside.
    submit(inside('form'));
    click(inside('button'));
    submit(inside('form'));
    expect(await names()).toEqual(['form_start', 'form_submit', 'form_submit']);
  });

  test('may have a field, or several, of any name', async () => {
    open('<form id="f"><input name="form"><input name="type"></form>');
    // As browsers do: one field, or a list of them.
    Object.defineProperty(find('form'), 'form', { value: document.querySelectorAll('input') });
    Object.defineProperty(find('form'), 'type', { value: find('input') });
    change('input');
    submit();
    expect((await seen())[1]?.[1]).toMatchObject({ form: 'f', fields: ['form'] });
  });

  test('around a custom element with a field in its shadow owns that field', async () => {
    open('<form name="outer"><x-field></x-field></form>');
    const root = find('x-field').attachShadow({ mode: 'open' });
    root.innerHTML = '<input name="inner">';
    change(root.querySelector('input') as Element);
    submit();
    expect((await seen())[1]?.[1]).toMatchObject({ form: 'outer', fields: ['inner'] });
  });

  test('that scripts fill in and submit is none of the visitor', async () => {
    open();
    say('input', '[name=first]', { trusted: false });
    say('submit', 'form', { trusted: false });
    page.leave();
    expect(await seen()).toEqual([]);
  });

  test('is needed: a field without one is ignored', async () => {
    open('<input name="search"><div contenteditable="true"></div>');
    change('input');
    change('div');
    page.leave();
    expect(await seen()).toEqual([]);
  });

  test('that the owner left out is ignored', async () => {
    open('<form id="mine"><input name="a"></form><form id="other"><input name="b"></form>', { selector: '#mine' });
    change('[name=b]');
    submit('#other');
    change('[name=a]');
    expect(await seen()).toEqual([['form_start', { form: 'mine' }]]);
  });
});

describe('a form that is abandoned', () => {
  test.each<[string, () => void]>([
    ['as the page is hidden', () => page.hide()],
    ['as the page is left', () => window.dispatchEvent(new Event('pagehide'))],
    ['as the page is left, and hidden', () => page.leave()],
    ['as it is hidden twice', () => [page.hide(), page.show(), page.hide()]],
  ])('is told once %s', async (_, leave) => {
    open();
    change('[name=first]');
    change('[name=third]');
    await page.advance(500);
    leave();
    expect(await seen()).toEqual([
      ['form_start', { form: 'signup' }],
      ['form_abandon', { form: 'signup', fields: ['first', 'third'], ms: 500, last_field: 'third' }],
    ]);
  });

  test('leaves with the page, in the request of that moment', async () => {
    open();
    await page.advance(6000);
    change('[name=first]');
    page.endpoint.requests.length = 0;
    page.leave();
    const [request] = page.endpoint.requests;
    expect(request?.keepalive).toBe(true);
    expect(request?.batch.events.map(({ name }) => name)).toContain('form_abandon');
  });

  test('may be taken up again: it has begun already, and is submitted with all that was changed', async () => {
    open();
    change('[name=first]');
    page.hide();
    page.show();
    change('[name=second]');
    submit();
    expect(await seen()).toEqual([
      ['form_start', { form: 'signup' }],
      ['form_abandon', { form: 'signup', fields: ['first'], ms: 0, last_field: 'first' }],
      ['form_submit', { form: 'signup', fields: ['first', 'second'], ms: 0, last_field: 'second' }],
    ]);
  });

  test('was not submitted', async () => {
    open();
    change('[name=first]');
    submit();
    page.leave();
    expect(await names()).toEqual(['form_start', 'form_submit']);
  });

  test('was begun', async () => {
    open();
    page.leave();
    expect(await seen()).toEqual([]);
  });

  test('is told as it is taken from the page, which may be long before the visitor leaves', async () => {
    open();
    change('[name=first]');
    find('form').remove();
    await page.advance(0);
    expect(await names()).toEqual(['form_start', 'form_abandon']);
    page.leave();
    expect(await names()).toEqual(['form_start', 'form_abandon']);
  });

  test('has not only been moved', async () => {
    open(`${FORM}<main></main>`);
    change('[name=first]');
    find('main').append(find('form'));
    await page.advance(0);
    expect(await names()).toEqual(['form_start']);
  });

  test('belongs to the view it was begun on, which ends it', async () => {
    open();
    change('[name=first]');
    await page.advance(200);
    history.pushState({}, '', '/next');
    await page.advance(200);
    change('[name=first]');
    expect(await names()).toEqual(['form_start', 'form_abandon', 'form_start']);
    const view = (kind: string) => page.endpoint.named('page_view').find(({ data }) => data?.kind === kind)?.page;
    const pages = page.endpoint.events().filter(({ name }) => name.startsWith('form_'));
    expect(pages.sort((one, other) => one.seq - other.seq).map((event) => event.page)).toEqual([
      view('load'),
      view('load'),
      view('navigation'),
    ]);
  });

  test('is told for each of several', async () => {
    open('<form id="one"><input name="a"></form><form id="two"><input name="b"></form>');
    change('[name=a]');
    change('[name=b]');
    submit('#one');
    page.leave();
    expect((await seen()).map(([name, data]) => [name, (data as { form: string }).form])).toEqual([
      ['form_start', 'one'],
      ['form_start', 'two'],
      ['form_submit', 'one'],
      ['form_abandon', 'two'],
    ]);
  });
});

describe('a form that the browser refuses to submit', () => {
  test('only now is not told: what the visitor asked for is long over', async () => {
    open();
    change('[name=first]');
    click('button');
    await page.advance(4000);
    refuse('[name=second]');
    expect(await names()).toEqual(['form_start']);
  });

  test('is told once, however many fields are wrong, and stays open', async () => {
    open();
    change('[name=first]');
    click('button');
    refuse('[name=second]');
    refuse('[name=third]');
    page.leave();
    expect(await seen()).toEqual([
      ['form_start', { form: 'signup' }],
      ['form_invalid', { form: 'signup', fields: ['first'], ms: 0, last_field: 'first' }],
      ['form_abandon', { form: 'signup', fields: ['first'], ms: 0, last_field: 'first' }],
    ]);
  });

  test('is told at each attempt', async () => {
    open();
    for (let count = 0; count < 2; count++) {
      click('button');
      refuse('[name=second]');
    }
    expect(await names()).toEqual(['form_invalid', 'form_invalid']);
  });

  test.each<[string, () => void]>([
    ['nobody clicked', () => {}],
    ['something else was clicked', () => click('[name=first]')],
    ['another form was asked to go', () => click('#other button')],
    ['the visitor has gone on filling in', () => [click('form button'), change('[name=first]')]],
  ])('is none where the page asks for validity, as %s', async (_, before) => {
    open(`${FORM}<form id="other"><button></button></form>`);
    before();
    refuse('[name=second]');
    expect(await names()).not.toContain('form_invalid');
  });
});

describe('what is never told', () => {
  test.each([
    'type="password"',
    'type="file"',
    'type="hidden"',
    'autocomplete="cc-number"',
    'autocomplete="section-a billing cc-csc"',
    'autocomplete="current-password"',
    'autocomplete="new-password"',
    'autocomplete="one-time-code"',
    'autocomplete="CC-NAME"',
  ])('the name of a field with %s; the form has begun all the same', async (attribute) => {
    open(`<form id="f"><input name="plain"><input name="telling" ${attribute}></form>`);
    change('[name=telling]');
    submit();
    expect(await seen()).toEqual([
      ['form_start', { form: 'f' }],
      ['form_submit', { form: 'f', fields: [], ms: 0 }],
    ]);
  });

  test.each([
    ['a field', '<form id="f"><input name="telling" data-private></form>', ['form_submit']],
    ['what lies around a field', '<form id="f"><p data-private><input name="telling"></p></form>', ['form_submit']],
    ['a form', '<form id="telling" data-private><input name="telling"><button></button></form>', []],
    ['what lies around a form', '<div data-private><form id="telling"><input name="telling"></form></div>', []],
  ])('anything of what is marked private: %s', async (_, html, expected) => {
    document.body.innerHTML = '';
    open(html);
    change('[name=telling]');
    refuse('[name=telling]');
    submit();
    page.leave();
    expect(await names()).toEqual(expected);
    expect(JSON.stringify(await seen())).not.toContain('telling');
  });

  test('a field within a private element in whose shadow it lies', async () => {
    open('<form id="f"><x-field data-private></x-field></form>');
    const root = find('x-field').attachShadow({ mode: 'open' });
    root.innerHTML = '<input name="telling">';
    change(root.querySelector('input') as Element);
    expect(await seen()).toEqual([]);
  });

  test('what was typed', async () => {
    open();
    let reads = 0;
    for (const field of document.querySelectorAll('input,textarea,select'))
      Object.defineProperty(field, 'value', { get: () => String(++reads) });
    for (const field of ['first', 'third', 'fourth']) change(`[name=${field}]`);
    click('button');
    refuse('[name=second]');
    submit();
    await seen();
    expect(reads).toBe(0);
  });
});

test('a selector that is none is named, and all forms count', async () => {
  open(FORM, { selector: ':::' });
  change('[name=first]');
  expect(page.warnings).toEqual([expect.stringContaining('"forms.selector" should be a selector')]);
  expect(await names()).toEqual(['form_start']);
});

test('stopped, nothing of a form is told', async () => {
  open();
  change('[name=first]');
  await page.advance(6000);
  page.endpoint.requests.length = 0;
  tracker.stop();
  await page.advance(1);
  change('[name=second]');
  submit();
  find('form').remove();
  page.leave();
  await page.advance(10_000);
  expect(page.endpoint.requests).toHaveLength(0);
});

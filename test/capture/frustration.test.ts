import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type FrustrationOptions, frustration, pageViews, type Tracker } from '../../src/index.ts';
import { type FakePage, openPage } from '../fakes/fakePage.ts';
import { fakeTimeline } from '../fakes/fakeTimeline.ts';

let page: FakePage;
let tracker: Tracker;
let timeline: ReturnType<typeof fakeTimeline>;
beforeEach(() => {
  page = openPage();
  timeline = fakeTimeline();
  document.body.addEventListener('click', stay);
});
afterEach(async () => {
  document.body.removeEventListener('click', stay);
  getSelection()?.removeAllRanges();
  history.replaceState(null, '', '/');
  await page.close();
});
const stay = (event: Event) => event.preventDefault();

function open(html: string, options?: FrustrationOptions) {
  document.body.innerHTML = html;
  tracker = page.track({ capture: [pageViews(), frustration(options)] });
}
const find = (target: string | Element) =>
  typeof target === 'string' ? (document.querySelector(target) as Element) : target;

/** By the clock of events, which is the page's own. */
const eventTime = () => Date.now() - Date.UTC(2025, 5, 10, 11);

interface Doing {
  trusted?: boolean;
  x?: number;
  /** 0 for a key. */
  detail?: number;
}
function say(type: string, target: string | Element, { trusted = true, x = 10, detail = 1 }: Doing = {}) {
  const event = new MouseEvent(type, { bubbles: true, composed: true, cancelable: true, detail });
  const seen = { isTrusted: trusted, timeStamp: eventTime(), pageX: x, pageY: 10 };
  for (const [name, value] of Object.entries(seen)) Object.defineProperty(event, name, { value });
  find(target).dispatchEvent(event);
}
/** The visitor presses and lets go. */
function click(target: string | Element, doing: Doing = {}) {
  if (doing.trusted !== false && doing.detail !== 0) say('pointerdown', target, doing);
  say('click', target, doing);
}
async function clicks(target: string, everyMs: number, count = 3, doing?: Doing) {
  for (let done = 0; done < count; done++) {
    click(target, doing);
    await page.advance(everyMs);
  }
}
const wait = (ms = 5000) => page.advance(ms);
/** What was told, as name and data. */
async function seen() {
  await tracker.flush();
  return page.endpoint
    .events()
    .filter(({ name }) => name !== 'page_view')
    .sort((one, other) => one.seq - other.seq)
    .map(({ name, data }) => [name, data]);
}
const names = async () => (await seen()).map(([name]) => name);
const fail = (message = 'Error: broken') => window.dispatchEvent(Object.assign(new Event('error'), { message }));
/** Does something to the page at the click, as the page's own listener would. */
const onClick = (does: () => void) => find('button').addEventListener('click', does, { once: true });

const BUTTON = { kind: 'button', name: 'button', selector: 'html>body>button', x: 10, y: 10 };

describe('rage', () => {
  test('is three quick clicks on one spot, told once with all clicks of the burst', async () => {
    open('<main><img alt=""></main>');
    await clicks('img', 200, 5);
    await wait();
    await clicks('img', 300);
    await wait();
    const place = { kind: 'element', name: 'element', selector: 'html>body>main>img', x: 10, y: 10 };
    expect(await seen()).toEqual([
      ['rage_click', { count: 5, ...place }],
      ['rage_click', { count: 3, ...place }],
    ]);
  });

  test('tells the control around what was clicked, and what the owner called it', async () => {
    open('<div data-track="hero" data-track-label="Hero"><i>x</i></div><a href="/a" data-track="buy"><b>Buy</b></a>');
    await clicks('i', 100);
    await clicks('b', 100, 3, { x: 200 });
    await wait();
    expect(await seen()).toMatchObject([
      ['rage_click', { count: 3, kind: 'element', name: 'hero', label: 'Hero' }],
      ['rage_click', { count: 3, kind: 'link', name: 'buy' }],
    ]);
  });

  test('happened when and where the first click was', async () => {
    open('<img alt="">');
    const at = Date.now();
    await clicks('img', 100);
    history.pushState(null, '', '/next');
    await wait();
    await tracker.flush();
    const [event] = page.endpoint.named('rage_click');
    const view = page.endpoint.named('page_view')[0];
    expect(event?.at).toBe(at);
    expect(event?.page).toEqual(view?.page);
    history.replaceState(null, '', '/');
  });

  test('is told at once by a page that hides', async () => {
    open('<img alt="">');
    await clicks('img', 100);
    page.hide();
    await page.advance(1);
    expect(await names()).toEqual(['rage_click']);
  });

  test('is told when a new element takes the place of the clicked one', async () => {
    open('<main><button>Buy</button></main>');
    for (let done = 0; done < 3; done++) {
      click('button');
      find('main').replaceChildren(document.createElement('button'));
      await page.advance(100);
    }
    await wait();
    expect(await names()).toEqual(['rage_click']);
  });

  test.each<[string, string, number]>([
    ['a double click', '<img alt="">', 2],
    ['a field', '<input>', 4],
    ['a stepper', '<input type="number">', 4],
    ['a range', '<input type="range">', 4],
    ['a checkbox', '<input type="checkbox">', 4],
    ['a list of choices', '<select><option>1</option></select>', 4],
    ['a text area', '<textarea></textarea>', 4],
    ['a video', '<video controls></video>', 4],
    ['a sound', '<audio controls></audio>', 4],
    ['a drawing', '<canvas></canvas>', 4],
    ['an editor', '<div contenteditable="true">text</div>', 4],
    ['a label', '<label>News</label>', 4],
    ['a slider', '<div role="slider"></div>', 4],
    ['a list with a role', '<div role="listbox"></div>', 4],
  ])('is not %s', async (_, html, count) => {
    open(html);
    await clicks('body > *', 100, count);
    await wait();
    expect(await seen()).toEqual([]);
  });

  test('is not a button beside a field for numbers', async () => {
    open('<div><button>+</button><input type="number" value="1"></div>');
    await clicks('button', 150, 6);
    await wait();
    expect(await seen()).toEqual([]);
  });

  test('is not to leaf through pictures', async () => {
    open('<button>Next</button><img alt="">');
    for (let picture = 0; picture < 4; picture++) {
      click('button');
      find('img').setAttribute('src', `data:${picture}`);
      await page.advance(450);
    }
    await wait();
    expect(await seen()).toEqual([]);
  });

  test('is not to select a text', async () => {
    open('<p>Some words</p>');
    click('p');
    await page.advance(100);
    click('p');
    getSelection()?.selectAllChildren(find('p'));
    document.dispatchEvent(new Event('selectionchange'));
    await page.advance(100);
    click('p');
    await wait();
    expect(await seen()).toEqual([]);
  });

  test('is rage all the same when it selects the text of a button', async () => {
    open('<div role="button">Buy</div>');
    await clicks('div', 100);
    getSelection()?.selectAllChildren(find('div'));
    document.dispatchEvent(new Event('selectionchange'));
    await wait();
    expect(await names()).toEqual(['rage_click']);
  });

  test('is not clicks here and there, by keys, or by scripts', async () => {
    open('<img alt=""><p>Text</p><button>Buy</button>');
    for (const x of [10, 60, 110]) click('img', { x });
    await wait();
    onClick(() => document.body.append('!'));
    await clicks('button', 30, 10, { detail: 0 });
    await wait();
    await clicks('p', 100, 4, { trusted: false });
    await wait();
    expect(await names()).toEqual([]);
  });

  test('can be left out', async () => {
    open('<img alt="">', { rage: false });
    await clicks('img', 100, 4);
    await wait();
    expect(await seen()).toEqual([]);
  });
});

describe('a dead click', () => {
  test('is one on a button that nothing answers, told once for a burst', async () => {
    open('<button>Buy</button>');
    click('button');
    await page.advance(400);
    click('button');
    await wait();
    expect(await seen()).toEqual([['dead_click', { wait_ms: 1400, ...BUTTON }]]);
  });

  test.each([
    '<div role="button">Buy</div>',
    '<div role="tab">Size</div>',
    '<div role="menuitem">Size</div>',
    '<input type="button" value="Buy">',
    '<button><svg><path d=""/></svg></button>',
    '<div data-track="box"><button>Buy</button></div>',
  ])('is one on %s', async (html) => {
    open(html);
    click(document.querySelector('path') ?? document.querySelector('button') ?? 'body > *');
    await wait();
    expect(await names()).toEqual(['dead_click']);
  });

  test('is one among many others, though a field for numbers is one of them', async () => {
    open(`<main><button>Buy</button><input type="number">${'<p>Text</p>'.repeat(5)}</main>`);
    click('button');
    await wait();
    expect(await names()).toEqual(['dead_click']);
  });

  test('is one within a shadow root, whose changes answer too', async () => {
    open('<my-shop></my-shop>');
    const root = find('my-shop').attachShadow({ mode: 'open' });
    root.innerHTML = '<button>1</button><button>2</button>';
    const [first, second] = root.querySelectorAll('button');
    click(first as Element);
    await wait();
    click(second as Element);
    root.append('!');
    await wait();
    expect((await seen()).map(([, data]) => (data as { selector: string }).selector)).toEqual(['button']);
  });

  test('by a key has no place', async () => {
    open('<button>Buy</button>');
    click('button', { detail: 0 });
    await wait();
    expect(await seen()).toEqual([
      ['dead_click', { wait_ms: 1000, kind: 'button', name: 'button', selector: 'html>body>button' }],
    ]);
  });

  test.each<[string, () => void]>([
    ['an element', () => document.body.append(document.createElement('p'))],
    ['an address', () => history.pushState(null, '', '/next')],
    ['a text', () => ((find('button').firstChild as Text).data = 'Sold')],
    ['an attribute', () => find('button').setAttribute('aria-expanded', 'true')],
    ['an element, a moment later', () => setTimeout(() => document.body.append('!'), 900)],
    ['a scroll', () => find('main').dispatchEvent(new Event('scroll'))],
    ['the focus elsewhere', () => find('main').dispatchEvent(new Event('focusin', { bubbles: true }))],
    ['a window in front', () => window.dispatchEvent(new Event('blur'))],
    ['a submitted form', () => find('main').dispatchEvent(new Event('submit', { bubbles: true }))],
    ['a form that is not complete', () => find('main').dispatchEvent(new Event('invalid'))],
    ['a field that is set', () => find('main').dispatchEvent(new Event('input', { bubbles: true }))],
    ['a popover', () => find('main').dispatchEvent(new Event('toggle'))],
    ['music', () => find('main').dispatchEvent(new Event('play'))],
    ['silence', () => find('main').dispatchEvent(new Event('volumechange'))],
    ['the whole screen', () => document.dispatchEvent(new Event('fullscreenchange', { bubbles: true }))],
    ['a dialog for files', () => click('main', { trusted: false })],
    ['a copy', () => document.dispatchEvent(new Event('copy', { bubbles: true }))],
    ['a request', () => timeline.report('resource', { name: 'https://shop.example/api', startTime: eventTime() + 5 })],
    [
      'a slow request',
      () => {
        const startTime = eventTime() + 900;
        setTimeout(() => timeline.report('resource', { name: 'https://shop.example/api', startTime }), 3500);
      },
    ],
    [
      'a selection',
      () => {
        getSelection()?.selectAllChildren(find('main'));
        document.dispatchEvent(new Event('selectionchange'));
      },
    ],
  ])('is none that is answered by %s', async (_, answer) => {
    open('<button>Buy</button><main>Text</main>');
    onClick(answer);
    click('button');
    await wait(10_000);
    expect(await seen()).toEqual([]);
  });

  test('is none that was answered before the pointer was let go', async () => {
    open('<button>Menu</button>');
    say('pointerdown', 'button');
    document.body.append('!');
    await page.advance(80);
    say('click', 'button');
    await wait();
    expect(await seen()).toEqual([]);
  });

  test.each<[string, () => void]>([
    ['what came before it', () => {}],
    ['a change after more than a second', () => setTimeout(() => document.body.append('!'), 1100)],
    [
      'a request after more than a second',
      () => {
        const startTime = eventTime() + 1100;
        setTimeout(() => timeline.report('resource', { name: 'https://shop.example/api', startTime }), 1500);
      },
    ],
    [
      'our own requests',
      () => timeline.report('resource', { name: 'https://shop.example/e', startTime: eventTime() + 5 }),
    ],
    [
      'a beacon',
      () =>
        timeline.report('resource', {
          name: 'https://other.example/collect',
          initiatorType: 'beacon',
          startTime: eventTime() + 5,
        }),
    ],
    [
      'a request that was under way',
      () => timeline.report('resource', { name: 'https://shop.example/api', startTime: eventTime() - 5 }),
    ],
    ['a click of its own that puts the caret elsewhere', () => document.dispatchEvent(new Event('selectionchange'))],
  ])('is not answered by %s', async (_, nothing) => {
    open('<button>Buy</button>');
    document.body.append('!');
    await page.advance(10);
    onClick(nothing);
    click('button');
    await wait();
    expect(await names()).toEqual(['dead_click']);
  });

  test.each([
    '<a href="/a">Shoes</a>',
    '<a href="/report.pdf" download>Report</a>',
    '<a href="/a"><button>Shoes</button></a>',
    '<p>Text</p>',
    '<div data-track="hero">Text</div>',
    '<input>',
    '<select></select>',
    '<video controls></video>',
    '<div contenteditable="true">Text</div>',
    '<details><summary>More</summary></details>',
    '<div role="tab" aria-selected="true">Size</div>',
    '<button aria-current="page">1</button>',
    '<button aria-disabled="true">Buy</button>',
    '<div><button>+</button><input type="number"></div>',
  ])('is none on %s', async (html) => {
    open(html);
    click(document.querySelector('button,summary') ?? 'body > *');
    await wait();
    expect(await seen()).toEqual([]);
  });

  test('is forgotten when the page is left at once, and told when it is left later', async () => {
    open('<button>Buy</button>');
    click('button');
    await page.advance(500);
    page.hide();
    page.show();
    await wait();
    expect(await names()).toEqual([]);
    click('button');
    await page.advance(1500);
    page.hide();
    await page.advance(1);
    expect(await names()).toEqual(['dead_click']);
    await wait();
    expect(await names()).toEqual(['dead_click']);
  });

  test('can be left out, and then nothing of the page is watched', async () => {
    open('<button>Buy</button>', { dead: false });
    click('button');
    await wait();
    expect(await seen()).toEqual([]);
    expect(timeline.listening()).toBe(0);
  });

  test('comes beside rage', async () => {
    open('<button>Buy</button>');
    await clicks('button', 100);
    await wait();
    expect(await names()).toEqual(['rage_click', 'dead_click']);
  });
});

describe('an error click', () => {
  test('is one that an uncaught error follows, told once for a burst', async () => {
    open('<button>Buy</button>');
    click('button');
    document.body.append('!');
    fail();
    fail();
    await wait();
    click('button');
    document.body.append('!');
    window.dispatchEvent(new Event('unhandledrejection'));
    await wait();
    expect(await seen()).toEqual([
      ['error_click', BUTTON],
      ['error_click', BUTTON],
    ]);
  });

  test('is one on anything', async () => {
    open('<canvas></canvas>');
    click('canvas');
    fail();
    expect(await names()).toEqual(['error_click']);
  });

  test('is none when the error came before, late, or from a layout that took two rounds', async () => {
    open('<img alt="">');
    fail();
    click('img');
    fail('ResizeObserver loop completed with undelivered notifications.');
    await page.advance(1100);
    fail();
    await wait();
    expect(await seen()).toEqual([]);
  });

  test('can be left out', async () => {
    open('<img alt="">', { error: false });
    click('img');
    fail();
    expect(await seen()).toEqual([]);
  });
});

test('stopped, it tells what it knows and is gone', async () => {
  open('<button>Buy</button><img alt="">');
  click('button');
  await page.advance(1500);
  await clicks('img', 100, 3, { x: 300 });
  tracker.stop();
  await page.advance(1);
  click('button');
  fail();
  await wait();
  expect(
    page.endpoint
      .events()
      .map(({ name }) => name)
      .slice(1),
  ).toEqual(['rage_click', 'dead_click']);
  expect(timeline.listening()).toBe(0);
});

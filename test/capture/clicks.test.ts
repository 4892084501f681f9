import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type ClicksOptions, clicks, type Tracker } from '../../src/index.ts';
import { click } from '../fakes/click.ts';
import { type FakePage, openPage } from '../fakes/fakePage.ts';

let page: FakePage;
let tracker: Tracker;
beforeEach(() => {
  page = openPage();
  // Nobody is to leave the page by a test.
  document.body.addEventListener('click', stay);
});
afterEach(async () => {
  document.body.removeEventListener('click', stay);
  await page.close();
});
const stay = (event: Event) => event.preventDefault();

function open(html: string, options?: ClicksOptions) {
  document.body.innerHTML = html;
  tracker = page.track({ capture: [clicks(options)] });
}
/** The data of the clicks that arrived. */
async function seen() {
  await tracker.flush();
  return page.endpoint.named('click').map(({ data }) => data);
}

describe('what is clicked', () => {
  test.each<[string, string, object]>([
    [
      'a link',
      '<a href="/shoes" class="x">Shoes</a>',
      { kind: 'link', name: 'link', href: 'https://shop.example/shoes' },
    ],
    ['a button', '<button>Buy</button>', { kind: 'button', name: 'button' }],
    ['an input that is a button', '<input type="submit" value="Send">', { kind: 'button', name: 'button' }],
    ['a summary', '<details><summary>More</summary></details>', { kind: 'button' }],
    ['a role', '<div role="button">Buy</div>', { kind: 'button', name: 'button' }],
    ['a tab', '<div role="tab">Size</div>', { kind: 'element', name: 'tab' }],
    ['a marked element', '<div data-track="hero">Hi</div>', { kind: 'element', name: 'hero' }],
    ['a marked button', '<button data-track="buy">Buy</button>', { kind: 'button', name: 'buy' }],
    ['a label', '<button data-track="buy" data-track-label="Big one">Buy</button>', { name: 'buy', label: 'Big one' }],
  ])('%s', async (_, html, expected) => {
    open(html);
    click(document.body.querySelector('summary') ?? (document.body.firstElementChild as Element));
    expect(await seen()).toMatchObject([expected]);
  });

  test('an element within a link or button counts as it, once', async () => {
    open('<a href="/shoes"><button data-track="buy"><b><i>Buy</i></b></button></a>');
    click('i');
    expect(await seen()).toMatchObject([{ kind: 'link', name: 'buy', href: 'https://shop.example/shoes' }]);
  });

  test.each([
    '<p>Text</p>',
    '<a>No target</a>',
    '<input type="text">',
    '<textarea></textarea>',
    '<div>Box</div>',
    '<label>Name</label>',
  ])('%s is nothing', async (html) => {
    open(html);
    click(document.body.firstElementChild as Element);
    expect(await seen()).toEqual([]);
  });

  test('the owner may choose what counts', async () => {
    open('<p class="mine">Text</p><button>Buy</button>', { selector: '.mine' });
    click('.mine');
    click('button');
    expect(await seen()).toMatchObject([{ kind: 'element', selector: 'html>body>p' }]);
  });

  test.each([':::', 7 as unknown as string])(
    'a choice that is no selector (%s) is told once, and the default holds',
    async (selector) => {
      open('<button>Buy</button>', { selector });
      expect(page.warnings).toEqual(['beaconry: option "clicks.selector" should be a selector']);
      click('button');
      expect(await seen()).toHaveLength(1);
      expect(page.warnings).toHaveLength(1);
    },
  );

  test('within a shadow root the real element counts', async () => {
    open('<my-shop></my-shop>');
    const root = (document.querySelector('my-shop') as Element).attachShadow({ mode: 'open' });
    root.innerHTML = '<a href="/shoes" data-track="inner"><span>Shoes</span></a>';
    click(root.querySelector('span') as Element);
    expect(await seen()).toMatchObject([{ kind: 'link', name: 'inner', href: 'https://shop.example/shoes' }]);
  });

  test('the element is found by its selector', async () => {
    open(
      '<main id="shop"><ul><li><button>1</button></li><li><button>2</button><button class="x">3</button></li></ul></main>',
    );
    click('.x');
    const [data] = await seen();
    expect(document.querySelector(String(data?.selector))).toBe(document.querySelector('.x'));
    expect(data?.selector).toContain('#shop');
  });

  test('ids that were generated or name someone are not told', async () => {
    open('<main id="user-jo@example.org"><p id="r:1a:"><button id="order-4711223344">Buy</button></p></main>');
    click('button');
    expect(String((await seen())[0]?.selector)).not.toMatch(/jo|4711|1a/);
  });

  test('says where, in whole pixels; a key press has no place', async () => {
    open('<button>Buy</button>');
    click('button', { clientX: 10.6, clientY: 20.2 });
    click('button', { detail: 0 });
    const [mouse, key] = await seen();
    expect(Number.isInteger(mouse?.x) && Number.isInteger(mouse?.y)).toBe(true);
    expect(key).not.toHaveProperty('x');
    expect(key).not.toHaveProperty('y');
  });
});

describe('links', () => {
  test.each<[string, object]>([
    ['/shoes', { href: 'https://shop.example/shoes' }],
    ['https://other.example/a?q=1#x', { href: 'https://other.example/a', outbound: true }],
    ['//other.example/a', { href: 'https://other.example/a', outbound: true }],
    ['https://shop.example/a', { href: 'https://shop.example/a' }],
    ['https://www.shop.example/a', { outbound: true }],
    ['/price-list.pdf', { href: 'https://shop.example/price-list.pdf', download: true }],
    ['/price-list.PDF?v=2', { download: true }],
    ['https://cdn.example/app.dmg', { outbound: true, download: true }],
    ['mailto:jo@example.org?subject=Hi', { href: 'mailto:' }],
    ['tel:+49301234567', { href: 'tel:' }],
    ['javascript:void(0)', { href: 'javascript:' }],
    ['/u/jo@example.org', { href: 'https://shop.example/u/:email' }],
  ])('to %s', async (href, expected) => {
    open(`<a href="${href}">x</a>`);
    click('a');
    const [data] = await seen();
    expect(data).toMatchObject({ kind: 'link', ...expected });
    if (!('outbound' in expected)) expect(data).not.toHaveProperty('outbound');
    if (!('download' in expected)) expect(data).not.toHaveProperty('download');
  });

  test('that say they are downloads are', async () => {
    open('<a href="/report" download>x</a>');
    click('a');
    expect(await seen()).toMatchObject([{ download: true }]);
  });

  test('that are broken count, without a target', async () => {
    open('<a href="http://[broken">x</a>');
    click('a');
    const [data] = await seen();
    expect(data).toMatchObject({ kind: 'link' });
    expect(data?.href ?? '').toBe('');
  });

  test('the click is left to the page: never prevented, never stopped', async () => {
    document.body.removeEventListener('click', stay);
    open('<button>Buy</button>');
    let heard = 0;
    const hear = () => heard++;
    document.body.addEventListener('click', hear);
    const event = click('button');
    document.body.removeEventListener('click', hear);
    expect(heard).toBe(1);
    expect(event.defaultPrevented).toBe(false);
  });

  test('a page that stops the click is heard all the same', async () => {
    open('<button>Buy</button>');
    document.querySelector('button')?.addEventListener('click', (event) => event.stopImmediatePropagation());
    click('button');
    expect(await seen()).toHaveLength(1);
  });

  test('by the middle button counts, by the right one not', async () => {
    open('<a href="/shoes">x</a>');
    click('a', { type: 'auxclick', button: 1 });
    click('a', { type: 'auxclick', button: 2 });
    expect(await seen()).toHaveLength(1);
  });
});

describe('one physical click is one event', () => {
  test('a label and the echo on its control', async () => {
    open('<label data-track="choose">Red <input type="checkbox" data-track="red"></label>');
    click('label');
    // The browser clicks the control itself.
    click('input');
    expect(await seen()).toMatchObject([{ name: 'choose' }]);
  });

  test('a label and the echo on a button that it names', async () => {
    open('<label for="b" data-track="text">Send</label><button id="b" data-track="send">OK</button>');
    click('label');
    click('button');
    expect(await seen()).toHaveLength(1);
  });

  test('a label that is not watched, and its control that is', async () => {
    open('<label>Red <input type="checkbox" data-track="red"></label>');
    click('label');
    // The browser clicks the control itself.
    click('input');
    expect(await seen()).toMatchObject([{ name: 'red' }]);
  });

  test('two clicks are two', async () => {
    open('<button>Buy</button>');
    click('button');
    click('button', { detail: 2 });
    expect(await seen()).toHaveLength(2);
  });

  test('clicks that scripts make do not count', async () => {
    open('<button>Buy</button>');
    click('button', { trusted: false });
    document.querySelector('button')?.click();
    expect(await seen()).toEqual([]);
  });
});

describe('what is never told', () => {
  test('what was typed, and what is written on an element', async () => {
    open(
      '<button data-track="buy">Secret <input value="typed"></button><input type="submit" value="written" data-track="send">',
    );
    let reads = 0;
    for (const input of document.querySelectorAll('input')) {
      Object.defineProperty(input, 'value', { get: () => String(++reads) });
    }
    click('button');
    click('input[type=submit]');
    expect(await seen()).toHaveLength(2);
    expect(JSON.stringify(page.endpoint.requests)).not.toMatch(/Secret|typed|written/);
    expect(reads).toBe(0);
  });

  test('the text of links and buttons only where the owner asks for it, scrubbed and short', async () => {
    open(
      `<button>Write to jo@example.org</button><a href="/a">${'long '.repeat(100)}</a><div data-track="box">Text</div>`,
      { text: true },
    );
    click('button');
    click('a');
    click('div');
    const labels = (await seen()).map((data) => data?.label);
    expect(labels[0]).toBe('Write to :email');
    expect(String(labels[1]).length).toBeLessThanOrEqual(100);
    expect(labels[2]).toBeUndefined();
  });

  test('what is marked private, even with text on', async () => {
    open('<button>Pay as <b data-private>Jo</b></button><p data-private><a href="/jo">Jo</a></p>', { text: true });
    click('button');
    click('a');
    expect((await seen()).map((data) => data?.label)).toEqual([undefined, undefined]);
  });

  test('what a visitor typed into a field within a labelled button, even with text on', async () => {
    open('<div role="button"><textarea>draft</textarea><span contenteditable="true">typed</span>Send</div>', {
      text: true,
    });
    click('div');
    expect(JSON.stringify(await seen())).not.toMatch(/draft|typed/);
  });
});

test('stopped, no click counts', async () => {
  open('<button>Buy</button>');
  tracker.stop();
  await page.advance(1);
  click('button');
  await page.advance(10_000);
  expect(page.endpoint.requests).toHaveLength(0);
});

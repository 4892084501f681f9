import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type CtaOptions, clicks, cta, type Tracker } from '../../src/index.ts';
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

function open(html: string, options?: CtaOptions) {
  document.body.innerHTML = html;
  tracker = page.track({ capture: [clicks(), cta(options)] });
}
/** The data of such clicks that arrived. */
async function seen() {
  await tracker.flush();
  return page.endpoint.named('cta_click').map(({ data }) => data);
}

describe('a call to action', () => {
  test.each<[string, string, object]>([
    [
      'a button by its class',
      '<button class="big cta-button" id="try">\n  Try it\n</button>',
      { kind: 'button', name: 'button', label: 'Try it', id: 'try', selector: '#try' },
    ],
    [
      'a link by its attribute',
      '<a href="/signup?mail=jo@example.org" data-cta="true" data-track="signup">Sign <b>up</b></a>',
      { kind: 'link', name: 'signup', label: 'Sign up', href: 'https://shop.example/signup', selector: 'html>body>a' },
    ],
    [
      'what is no control',
      '<div class="cta-button">Call us</div>',
      { kind: 'element', name: 'element', label: 'Call us', selector: 'html>body>div' },
    ],
    [
      'one that leads out to a file',
      '<a class="cta-button" href="https://cdn.example/app.dmg" data-track-label="Mac">Download</a>',
      {
        kind: 'link',
        name: 'link',
        label: 'Mac',
        href: 'https://cdn.example/app.dmg',
        outbound: true,
        download: true,
        selector: 'html>body>a',
      },
    ],
  ])('is %s', async (_, html, expected) => {
    open(html);
    click(document.body.firstElementChild as Element);
    expect(await seen()).toEqual([{ ...expected, x: 0, y: 0 }]);
    expect(page.endpoint.named('click').length).toBeLessThanOrEqual(1);
  });

  test.each(['<button>Buy</button>', '<button data-cta="false">Buy</button>', '<p class="cta-buttons">Buy</p>'])(
    'is not %s',
    async (html) => {
      open(html);
      click(document.body.firstElementChild as Element);
      expect(await seen()).toEqual([]);
    },
  );

  test('is the nearest around what was clicked', async () => {
    open('<div data-cta="true"><a href="/a" class="cta-button" id="inner"><b>A</b></a><i>B</i></div>');
    click('b');
    click('i');
    expect((await seen()).map((data) => data?.label)).toEqual(['A', 'AB']);
  });

  test('is found in a shadow root', async () => {
    open('<my-shop></my-shop>');
    const root = (document.querySelector('my-shop') as Element).attachShadow({ mode: 'open' });
    root.innerHTML = '<button class="cta-button"><span>Try</span></button>';
    click(root.querySelector('span') as Element);
    expect(await seen()).toMatchObject([{ label: 'Try' }]);
  });

  test('is what the owner says', async () => {
    open('<button class="cta-button">A</button><button class="mine">B</button>', { selector: '.mine' });
    click('.cta-button');
    click('.mine');
    expect(await seen()).toMatchObject([{ label: 'B' }]);
  });

  test('with a selector that is none is one by default, and one warning says so', async () => {
    open('<button class="cta-button">A</button>', { selector: ':::' });
    expect(page.warnings).toEqual(['beaconry: option "cta.selector" should be a selector']);
    click('button');
    click('button');
    expect(await seen()).toHaveLength(2);
    expect(page.warnings).toHaveLength(1);
  });
});

describe('one physical click is one event', () => {
  test('on a label and its control', async () => {
    open('<label class="cta-button">Yes <input type="checkbox" data-cta="true"></label>');
    click('label');
    // The browser clicks the control itself.
    click('input');
    expect(await seen()).toHaveLength(1);
  });

  test('by the middle button, and none by the right one or by a script', async () => {
    open('<a class="cta-button" href="/a">A</a>');
    click('a', { type: 'auxclick', button: 1 });
    click('a', { type: 'auxclick', button: 2 });
    click('a', { trusted: false });
    expect(await seen()).toHaveLength(1);
  });
});

describe('its label', () => {
  test('is scrubbed and cut', async () => {
    open(`<i class="cta-button">Write to jo@example.org</i><b class="cta-button">${'long '.repeat(100)}</b>`);
    click('i');
    click('b');
    const [first, second] = await seen();
    expect(first?.label).toBe('Write to :email');
    expect(String(second?.label)).toHaveLength(100);
  });

  test.each([
    '<div class="cta-button">Send <textarea>typed</textarea></div>',
    '<div class="cta-button">Send <span contenteditable="true">typed</span></div>',
    '<div contenteditable><button class="cta-button">typed</button></div>',
    '<button class="cta-button">Pay as <b data-private>typed</b></button>',
    '<p data-private><button class="cta-button">typed</button></p>',
    '<input type="submit" class="cta-button" value="typed">',
    '<button class="cta-button"><img alt="typed"></button>',
  ])('is not what may have been typed, nor what is no text: %s', async (html) => {
    open(html);
    click('.cta-button');
    const [data] = await seen();
    expect(data).toBeDefined();
    expect(data).not.toHaveProperty('label');
    expect(JSON.stringify(page.endpoint.requests)).not.toContain('typed');
  });

  test('an id that was made from data is not told', async () => {
    open('<button class="cta-button" id="invite-4711223344">Invite</button>');
    click('button');
    expect((await seen())[0]).not.toHaveProperty('id');
  });
});

test('stopped, no click counts', async () => {
  open('<button class="cta-button">Buy</button>');
  tracker.stop();
  await page.advance(1);
  click('button');
  await page.advance(10_000);
  expect(page.endpoint.requests).toHaveLength(0);
});

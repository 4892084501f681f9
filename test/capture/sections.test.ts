import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Capture, pageViews, type SectionsOptions, sections, type Tracker } from '../../src/index.ts';
import { type FakePage, openPage } from '../fakes/fakePage.ts';

const WINDOW_HEIGHT = 600;

let page: FakePage;
let tracker: Tracker;
/** How high each section is, and how much of that is on the screen. */
let places: Map<Element, { height: number; visible: number }>;
let observers: Set<FakeObserver>;
let scans: number;

/** As in browsers: tells of a new target at once, and then only as one of its thresholds is crossed. */
class FakeObserver {
  targets = new Map<Element, number>();
  #tell: (entries: IntersectionObserverEntry[]) => void;
  #thresholds: number[];
  constructor(tell: (entries: IntersectionObserverEntry[]) => void, { threshold }: { threshold: number[] }) {
    this.#tell = tell;
    this.#thresholds = threshold;
    observers.add(this);
  }
  observe(target: Element) {
    this.targets.set(target, -1);
    queueMicrotask(() => this.look());
  }
  unobserve(target: Element) {
    this.targets.delete(target);
  }
  disconnect() {
    this.targets.clear();
    observers.delete(this);
  }
  look() {
    const entries = [...this.targets].flatMap(([target, former]) => {
      const { height, visible } = places.get(target) ?? { height: 100, visible: -1 };
      const isIntersecting = visible >= 0;
      const ratio = !isIntersecting ? 0 : height ? visible / height : 1;
      const index = isIntersecting ? 1 + this.#thresholds.filter((threshold) => threshold <= ratio).length : 0;
      if (index === former) return [];
      this.targets.set(target, index);
      return [
        {
          target,
          isIntersecting,
          intersectionRatio: ratio,
          boundingClientRect: { height },
          rootBounds: { height: WINDOW_HEIGHT },
        } as unknown as IntersectionObserverEntry,
      ];
    });
    if (entries.length) this.#tell(entries);
  }
}

beforeEach(() => {
  page = openPage();
  places = new Map();
  observers = new Set();
  scans = 0;
  vi.stubGlobal('IntersectionObserver', FakeObserver);
  const { querySelectorAll } = document;
  vi.spyOn(document, 'querySelectorAll').mockImplementation((selector: string) => {
    scans++;
    return querySelectorAll.call(document, selector);
  });
});
afterEach(async () => {
  await page.close();
  vi.restoreAllMocks();
});

async function open(html: string, options?: SectionsOptions) {
  document.body.innerHTML = html;
  tracker = page.track({ capture: [pageViews(), sections(options)] });
  await page.advance(300);
}
const find = (target: string | Element) =>
  typeof target === 'string' ? (document.querySelector(target) as Element) : target;
/** The visitor scrolls so that so much of a section is on the screen; nothing at all unless said. */
async function show(target: string | Element, visible = -1, height = 400) {
  places.set(find(target), { height, visible });
  for (const observer of observers) observer.look();
  await page.advance(0);
}
async function seen() {
  await tracker.flush();
  return page.endpoint.named('section_view').map(({ data }) => data?.name);
}
const ONE = '<section data-track-section="features"></section>';

describe('a section', () => {
  test('is seen when half of it is, once', async () => {
    await open(ONE);
    await show('section', 100);
    await show('section', 199);
    expect(await seen()).toEqual([]);
    await show('section', 200);
    await show('section');
    await show('section', 400);
    expect(await seen()).toEqual(['features']);
  });

  test('that is on the screen at once is seen at once', async () => {
    document.body.innerHTML = ONE;
    places.set(find('section'), { height: 400, visible: 400 });
    await open(document.body.innerHTML);
    places.set(find('section'), { height: 400, visible: 400 });
    for (const observer of observers) observer.look();
    expect(await seen()).toEqual(['features']);
  });

  test('higher than the window is seen when it covers half of that', async () => {
    await open(ONE);
    await show('section', 0, 60_000);
    await show('section', 290, 60_000);
    expect(await seen()).toEqual([]);
    await show('section', 301, 60_000);
    expect(await seen()).toEqual(['features']);
  });

  test('that grew higher than the window since is measured anew', async () => {
    await open(ONE);
    await show('section', 10);
    await show('section', -1, 60_000);
    await show('section', 310, 60_000);
    expect(await seen()).toEqual(['features']);
  });

  test('without anything in it is not seen before it is filled', async () => {
    await open(ONE);
    await show('section', 0, 0);
    expect(await seen()).toEqual([]);
    places.set(find('section'), { height: 400, visible: 400 });
    find('section').append('text');
    await page.advance(300);
    expect(await seen()).toEqual(['features']);
  });

  test.each([
    ['<section data-track-section="prices"></section>', 'prices'],
    ['<section data-track-section="of jo@example.org"></section>', 'of :email'],
    ['<section data-track-section id="faq"></section>', 'faq'],
    ['<section data-track-section></section>', 'html>body>section'],
  ])('%s is called %s', async (html, name) => {
    await open(html);
    await show('section', 400);
    expect(await seen()).toEqual([name]);
  });

  test('counts once for its name, however many elements bear it', async () => {
    await open(ONE + ONE);
    for (const section of document.querySelectorAll('section')) await show(section, 400);
    expect(await seen()).toEqual(['features']);
  });

  test('is found by the attribute, and seen by the part, that the owner chose', async () => {
    await open(`${ONE}<div data-part="mine"></div>`, { attribute: 'data-part', threshold: 1 });
    await show('section', 400);
    await show('div', 399);
    expect(await seen()).toEqual([]);
    await show('div', 400);
    expect(await seen()).toEqual(['mine']);
  });
});

describe('sections that come later', () => {
  test('are found', async () => {
    await open('<main></main>');
    find('main').innerHTML = ONE;
    await page.advance(300);
    await show('section', 400);
    expect(await seen()).toEqual(['features']);
  });

  test('are looked for at most every 300 ms, however much the page changes', async () => {
    await open('<main></main>');
    scans = 0;
    for (let count = 0; count < 90; count++) {
      find('main').append('.');
      await page.advance(10);
    }
    expect(scans).toBeGreaterThan(0);
    expect(scans).toBeLessThanOrEqual(3);
  });

  test('are not looked for while nothing changes', async () => {
    await open(ONE);
    scans = 0;
    await page.advance(60_000);
    expect(scans).toBe(0);
  });

  test('and have gone are forgotten', async () => {
    await open(ONE);
    const section = find('section');
    section.remove();
    await page.advance(300);
    expect([...observers].some(({ targets }) => targets.has(section))).toBe(false);
  });
});

test('what was seen is watched no more, also when it is looked for new sections', async () => {
  await open(ONE);
  const section = find('section');
  await show(section, 400);
  section.append('text');
  await page.advance(300);
  expect([...observers].some(({ targets }) => targets.has(section))).toBe(false);
});

test('a page that the owner counts by hand begins anew as it changes', async () => {
  await open(ONE);
  await show('section', 400);
  tracker.page();
  find('section').append('text');
  await page.advance(300);
  expect(await seen()).toEqual(['features', 'features']);
});

test('a new page view begins anew, once it has been drawn', async () => {
  await open(`<main>${ONE}</main><footer data-track-section="footer"></footer>`);
  await show('section', 400);
  await show('footer', 50, 100);
  history.pushState({}, '', '/next');
  await page.advance(100);
  find('main').innerHTML = '<section data-track-section="next"></section>';
  await page.advance(300);
  await show('section', 400);
  expect(await seen()).toEqual(['features', 'footer', 'footer', 'next']);
  const views = page.endpoint.named('page_view').sort((one, other) => one.at - other.at);
  const [first, next] = views.map((event) => event.page);
  expect(page.endpoint.named('section_view').map((event) => event.page)).toEqual([first, first, next, next]);
});

test('what the browser has to say of the view before is not told of the next', async () => {
  await open(ONE);
  places.set(find('section'), { height: 400, visible: 400 });
  history.pushState({}, '', '/next');
  for (const observer of [...observers]) observer.look();
  expect(await seen()).toEqual([]);
});

describe('a mistake of the owner', () => {
  test.each<[object, string]>([
    [{ threshold: 0 }, '"sections.threshold" should be a number above 0, up to 1'],
    [{ threshold: 50 }, '"sections.threshold" should be a number above 0, up to 1'],
    [{ attribute: '' }, '"sections.attribute" should be a name of an attribute'],
    [{ attribute: 'no name' }, '"sections.attribute" should be a name of an attribute'],
  ])('is told once, and the default holds: %j', async (options, words) => {
    await open(ONE, options);
    await show('section', 200);
    expect(page.warnings).toEqual([expect.stringContaining(words)]);
    expect(await seen()).toEqual(['features']);
  });
});

test('ended in the middle of a change, it leaves nothing', async () => {
  const { pushState } = history;
  let end = () => {};
  const capture: Capture = (context) => {
    end = sections()(context);
    return () => {};
  };
  document.body.innerHTML = ONE;
  page.track({ capture: [capture] });
  await page.advance(300);
  expect(history.pushState).not.toBe(pushState);
  find('section').append('text');
  await page.advance(0);
  history.pushState({}, '', '/next');
  await page.advance(0);
  end();
  await page.advance(10_000);
  expect([observers.size, vi.getTimerCount(), history.pushState === pushState]).toEqual([0, 0, true]);
});

test('stopped, nothing is watched and no timer runs', async () => {
  await open(ONE);
  await page.advance(6000);
  page.endpoint.requests.length = 0;
  find('section').append('text');
  await page.advance(0);
  tracker.stop();
  await page.advance(0);
  expect(observers.size).toBe(0);
  expect(vi.getTimerCount()).toBe(0);
  scans = 0;
  find('section').append('text');
  await page.advance(10_000);
  expect(scans).toBe(0);
  expect(page.endpoint.requests).toHaveLength(0);
});

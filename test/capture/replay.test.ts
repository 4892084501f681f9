import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import {
  createConsent,
  errors,
  pageViews,
  type Recorder,
  type RecorderOptions,
  type ReplayOptions,
  replay,
  type Tracker,
} from '../../src/index.ts';
import { scrubText } from '../../src/privacy/scrubText.ts';
import { openCookieJar } from '../fakes/cookieJar.ts';
import { type FakePage, openPage } from '../fakes/fakePage.ts';
import { hearing } from '../fakes/hearing.ts';
import { type Case, texts } from '../privacy/corpus.ts';

let page: FakePage;
let tracker: Tracker;
/** What the recorder was asked for, each time. */
let asked: RecorderOptions[];
const stop = vi.fn();
const recorder: Recorder = (options) => {
  asked.push(options);
  return stop;
};
beforeEach(() => {
  page = openPage();
  asked = [];
  stop.mockReset();
});
afterEach(() => page.close());

let hears: ReturnType<typeof hearing>;
function open(options: Partial<ReplayOptions> = {}) {
  hears = hearing();
  const { wire, beforeSend } = hears;
  tracker = page.track({ capture: [pageViews(), errors(), wire(replay({ recorder, ...options }))], beforeSend });
}
const record = (event: unknown) => asked[0]?.emit(event);
async function seen() {
  await page.advance(10_000);
  await tracker.flush();
  return page.endpoint
    .named('replay')
    .sort((one, other) => one.seq - other.seq)
    .map(({ data }) => data as { recording: number; index: number; trigger: string; text: string });
}
/** What was recorded, put together again. */
async function recorded() {
  const text = (await seen()).map((piece) => piece.text).join('');
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}

describe('a recording begins', () => {
  test('with an event that triggers it', async () => {
    open();
    tracker.track('signup');
    expect(asked).toHaveLength(0);
    tracker.track('rage_click');
    expect(asked).toHaveLength(1);
    tracker.track('rage_click');
    expect(asked).toHaveLength(1);
    record({ type: 4 });
    expect(await seen()).toMatchObject([{ index: 0, trigger: 'rage_click' }]);
  });

  test.each(['error', 'error_click', 'rage_click'])('by default with %s', (name) => {
    open();
    tracker.track(name);
    expect(asked).toHaveLength(1);
  });

  test('with an event of the owner’s choice, and no other', () => {
    open({ triggers: ['signup_failed'] });
    tracker.track('error');
    expect(asked).toHaveLength(0);
    tracker.track('signup_failed');
    expect(asked).toHaveLength(1);
  });

  test('with the first event of a session that is in the share', async () => {
    open({ sample: 1, triggers: [] });
    expect(asked).toHaveLength(1);
    record({ type: 4 });
    expect(await seen()).toMatchObject([{ trigger: 'sample' }]);
  });

  test('never of itself', async () => {
    open({ sample: 0 });
    await page.advance(60_000);
    tracker.track('signup');
    expect(asked).toHaveLength(0);
  });
});

describe('consent', () => {
  test('without it nothing is recorded, whatever triggers it', async () => {
    tracker = page.track({ consent: 'cookieless', capture: [replay({ recorder, sample: 1 })] });
    tracker.track('error');
    expect(asked).toHaveLength(0);
  });

  test.each(['none', 'cookieless'] as const)(
    'withdrawn, it ends the recording and drops what has not left (onDeny %s)',
    async (onDeny) => {
      const jar = openCookieJar();
      const consent = createConsent({ banner: false, beforeConsent: 'cookieless', onDeny });
      tracker = page.track({ consent, capture: [replay({ recorder, sample: 1 })] });
      tracker.track('a');
      expect(asked).toHaveLength(0);
      consent.give(true);
      tracker.track('b');
      expect(asked).toHaveLength(1);
      record({ type: 4 });
      expect(stop).not.toHaveBeenCalled();
      consent.revoke();
      expect(stop).toHaveBeenCalledOnce();
      record({ type: 5 });
      tracker.track('c');
      await page.advance(20_000);
      await tracker.flush();
      expect(page.endpoint.named('replay')).toEqual([]);
      expect(asked).toHaveLength(1);
      jar.close();
    },
  );
});

describe('what is recorded', () => {
  test('masks what is typed and leaves out what is private', () => {
    open({ sample: 1 });
    expect(asked[0]).toMatchObject({
      maskInputOptions: { input: true, select: true, textarea: true },
      maskTextSelector: 'textarea,[contenteditable]:not([contenteditable=false]),[data-private]',
      blockSelector: '[contenteditable]:not([contenteditable=false]),[data-private]',
    });
  });

  test('arrives as it was, in order', async () => {
    open({ sample: 1 });
    const events = [
      { type: 4, data: { width: 1, height: 2 }, timestamp: 1 },
      { type: 3, data: { source: 1, positions: [{ x: 1, y: 2 }] }, timestamp: 2 },
    ];
    for (const event of events) record(event);
    await page.advance(6000);
    record({ type: 5, timestamp: 3 });
    expect(await recorded()).toEqual([...events, { type: 5, timestamp: 3 }]);
    const [first, second] = await seen();
    expect([first?.index, second?.index]).toEqual([0, 1]);
    expect(second?.recording).toBe(first?.recording);
  });

  test('is cut into pieces that events can hold, whatever is in it', async () => {
    open({ sample: 1 });
    const snapshot = { type: 2, data: { node: { textContent: '"\\\n 😀 <p class="x">'.repeat(4000) } } };
    record(snapshot);
    expect(await recorded()).toEqual([snapshot]);
    expect((await seen()).length).toBeGreaterThan(10);
    expect(tracker.stats().dropped).toEqual({});
  });

  test('loses what would name someone or open something', async () => {
    open({ sample: 1 });
    const token = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc';
    record({ type: 4, data: { href: 'https://shop.example/reset?token=s3cret&next=jo@example.org' } });
    record({
      type: 2,
      data: {
        node: {
          tagName: 'div',
          attributes: { title: 'jo@example.org', src: `/photo.png?sig=s3cret`, href: '/u/jo@example.org', alt: token },
          childNodes: [
            { type: 3, textContent: 'Line one\njo@example.org\nPay with 4111 1111 1111 1111' },
            { type: 3, textContent: '.a1b2c3d4e5f6g7h8i9j0 { color: red }', isStyle: true },
            { tagName: 'img', attributes: { src: 'data:image/png;base64,iVBORw0KGgo' } },
          ],
        },
      },
    });
    record({ type: 3, data: { source: 0, texts: [{ id: 1, value: 'jo@example.org' }] } });
    const told = await recorded();
    expect(JSON.stringify(told)).not.toMatch(/jo@|s3cret|eyJ|4111/);
    expect(JSON.stringify(told)).toContain('.a1b2c3d4e5f6g7h8i9j0 { color: red }');
    expect(JSON.stringify(told)).toContain('data:image/png;base64,iVBORw0KGgo');
  });

  test.each<[string, object, object]>([
    [
      'addresses in all their attributes',
      {
        action: '/a?token=s3cret',
        formaction: '/b?token=s3cret',
        poster: '/c?sig=s3cret',
        'xlink:href': '/d?sig=s3cret',
      },
      {
        action: 'https://shop.example/a',
        formaction: 'https://shop.example/b',
        poster: 'https://shop.example/c',
        'xlink:href': 'https://shop.example/d',
      },
    ],
    [
      'addresses of pictures in several sizes',
      {
        srcset: '/a.png?sig=s3cret 1x, /b.png?sig=s3cret 2.5x',
        imagesrcset: '/c.png?sig=s3cret 300w,/d.png?sig=s3cret',
      },
      {
        srcset: 'https://shop.example/a.png 1x, https://shop.example/b.png 2.5x',
        imagesrcset: expect.not.stringContaining('s3cret'),
      },
    ],
    [
      'texts in every other attribute',
      {
        'aria-label': 'jo@example.org',
        'data-x': '{"token":"s3cret"}',
        'data-src': '/x?sig=s3cret',
        onclick: 'go("jo@example.org")',
      },
      {
        'aria-label': ':email',
        'data-x': '{"token":":token"}',
        'data-src': 'https://shop.example/x',
        onclick: 'go(":email")',
      },
    ],
    [
      'of names of styles what names someone, and no more',
      { class: 'a_1b2C3d4E5f6G7h8I9j0K md:w-1/2', id: 'jo@example.org' },
      { class: 'a_1b2C3d4E5f6G7h8I9j0K md:w-1/2', id: ':email' },
    ],
    [
      'of styles the addresses and texts',
      {
        style:
          'color: red; background: url(/a.png?sig=s3cret), url("/b(1).png?sig=s3cret"); content: \'jo@example.org\'',
      },
      {
        style:
          'color: red; background: url(https://shop.example/a.png), url("https://shop.example/b(1).png"); content: \':email\'',
      },
    ],
    [
      'nothing of pictures in themselves, symbols and lines',
      { src: 'data:image/png;base64,iVBORw0KGgo', href: '#tick', d: 'M10-20L30-40l50-60v70H80c1-2-3-4-5-6z' },
      { src: 'data:image/png;base64,iVBORw0KGgo', href: '#tick', d: 'M10-20L30-40l50-60v70H80c1-2-3-4-5-6z' },
    ],
    [
      'documents in themselves',
      { href: 'data:text/html,jo@example.org', srcdoc: '<p>jo@example.org' },
      { href: 'data:' },
    ],
    ['which boxes are ticked', { type: 'checkbox', checked: true, selected: '' }, { type: 'checkbox' }],
  ])('loses %s', async (_, attributes, expected) => {
    open({ sample: 1 });
    // In a snapshot, and as a change.
    record({ type: 2, data: { node: { type: 2, tagName: 'div', attributes } } });
    record({ type: 3, data: { source: 0, attributes: [{ id: 1, attributes }] } });
    const [snapshot, change] = await recorded();
    expect(snapshot.data.node.attributes).toEqual(expected);
    expect(change.data.attributes[0].attributes).toEqual(expected);
  });

  test('loses what fields hold, also where the recorder does not mask it', async () => {
    open({ sample: 1 });
    for (const type of ['text', 'hidden', 'checkbox', undefined])
      record({ data: { node: { tagName: 'input', attributes: { type, value: 'typed' } } } });
    record({ data: { node: { tagName: 'input', attributes: { type: 'submit', value: 'Send' } } } });
    record({ data: { node: { tagName: 'option', attributes: { value: 'a' } } } });
    record({ data: { source: 5, text: 'typed', isChecked: true, id: 1 } });
    const told = (await recorded()).map(({ data }) => data.node?.attributes.value ?? data);
    expect(told).toEqual(['*****', '*****', '*****', '*****', 'Send', 'a', { source: 5, text: '*****', id: 1 }]);
  });

  test('loses addresses in style rules, in whichever way they come', async () => {
    open({ sample: 1 });
    const css = '.a{background:url("/a.png?sig=s3cret")}';
    record({ data: { node: { tagName: 'style', childNodes: [{ type: 3, textContent: css }] } } });
    record({ data: { node: { tagName: 'link', attributes: { _cssText: css } } } });
    record({ data: { source: 8, adds: [{ rule: css, index: 0 }], replace: css } });
    record({
      data: { source: 13, set: { property: 'background', value: 'url(/a.png?sig=s3cret)', priority: 'important' } },
    });
    record({
      data: {
        source: 0,
        attributes: [{ attributes: { style: { background: ['url(/a.png?sig=s3cret)', 'important'], color: false } } }],
      },
    });
    const told = JSON.stringify(await recorded());
    expect(told).not.toContain('s3cret');
    expect(told.match(/shop\.example\/a\.png/g)).toHaveLength(6);
    expect(told.match(/\.a\{background:url\(/g)).toHaveLength(4);
  });

  test('every text that is known to hold something is scrubbed as elsewhere', async () => {
    open({ sample: 1 });
    const raw = Object.values<readonly Case[]>(texts).flatMap((cases) => cases.map(([text]) => text));
    const random = fc.sample(fc.stringMatching(/^([a-zA-Z ._'"()-]|eyJ|@|%40){0,60}$/), { numRuns: 2000, seed: 1 });
    record({ data: { texts: [...raw, ...random].map((value) => ({ value })) } });
    const [told] = await recorded();
    expect(told.data.texts.map(({ value }: { value: string }) => value)).toEqual(
      [...raw, ...random].map((text) => scrubText(text)),
    );
    expect(raw.length).toBeGreaterThan(100);
  });

  test('what a recorder’s plugin tells is a text like any other', async () => {
    open({ sample: 1 });
    record({ type: 6, data: { plugin: 'console', payload: { level: 'log', payload: ['jo@example.org logged in'] } } });
    expect(JSON.stringify(await recorded())).toContain(':email logged in');
  });

  test('ends before it is too much', async () => {
    open({ sample: 1 });
    const { length } = 'x'.repeat(8000);
    for (let number = 0; number < 600; number++) record({ data: 'x'.repeat(length) });
    expect(await seen()).toHaveLength(500);
    expect(stop).toHaveBeenCalledOnce();
  });

  test('is sent by a page that hides', async () => {
    open({ sample: 1 });
    record({ type: 4 });
    page.hide();
    await page.advance(1);
    expect(page.endpoint.named('replay')).toHaveLength(1);
  });
});

describe('nothing harms the page', () => {
  test('neither a recorder that throws', async () => {
    const onError = vi.fn();
    const { wire, beforeSend } = hearing();
    tracker = page.track({
      capture: [
        wire(
          replay({
            recorder() {
              throw Error('of the recorder');
            },
          }),
        ),
      ],
      beforeSend,
      onError,
    });
    tracker.track('error');
    tracker.track('after');
    expect(onError).toHaveBeenCalled();
  });

  test('nor one that answers with nothing', async () => {
    open({ recorder: () => undefined });
    tracker.track('error');
    tracker.stop();
    await page.advance(1);
  });

  test('nor what cannot be written down', async () => {
    open({ sample: 1 });
    const ring: { self?: unknown } = {};
    ring.self = ring;
    record(ring);
    await page.advance(6000);
    record({ type: 5 });
    expect(await recorded()).toEqual([{ type: 5 }]);
  });
});

test.each<[Partial<ReplayOptions>, string]>([
  [{ recorder: undefined }, 'option "replay.recorder" should be the `record` of rrweb'],
  [{ recorder: {} as Recorder }, 'option "replay.recorder" should be the `record` of rrweb'],
  [{ triggers: 'error' as unknown as string[] }, 'option "replay.triggers" should be names of events'],
  [{ sample: 50 }, 'option "replay.sample" should be a share from 0 to 1'],
])('a mistake in the options is told the owner: %o', (options, warning) => {
  open(options);
  expect(page.warnings).toEqual([`beaconry: ${warning}`]);
  tracker.track('error');
});

test('stopped, the recorder is too, and what it has recorded is sent', async () => {
  open({ sample: 1 });
  record({ type: 4 });
  tracker.stop();
  await page.advance(1);
  expect(stop).toHaveBeenCalledOnce();
  expect(page.endpoint.named('replay')).toHaveLength(1);
  expect([hears.count(), vi.getTimerCount()]).toEqual([0, 0]);
});

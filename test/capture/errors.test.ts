import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type ErrorsOptions, errors, pageViews, type Tracker, type TrackerOptions } from '../../src/index.ts';
import { type FakePage, openPage } from '../fakes/fakePage.ts';

let page: FakePage;
let tracker: Tracker;
beforeEach(() => {
  page = openPage();
});
afterEach(async () => {
  history.replaceState(null, '', '/');
  await page.close();
});

function open(options?: ErrorsOptions, more?: Partial<TrackerOptions>) {
  tracker = page.track({ capture: [pageViews(), errors(options)], ...more });
}
/** An error with a stack as Chromium writes it, or as said. */
function errorOf(message: string, stack = `Error: ${message}\n    at buy (https://shop.example/app.js?v=1:10:20)`) {
  return Object.assign(Error(message), { stack });
}
/** The browser says that nobody caught it. */
function raise(error: unknown, more: object = {}) {
  const message = `Uncaught ${error}`;
  window.dispatchEvent(Object.assign(new Event('error', { cancelable: true }), { error, message, ...more }));
}
function reject(reason: unknown) {
  window.dispatchEvent(Object.assign(new Event('unhandledrejection', { cancelable: true }), { reason }));
}
async function seen() {
  await tracker.flush();
  return page.endpoint.named('error').map(({ data }) => data);
}
const messages = async () => (await seen()).map((data) => data?.message);

describe('an uncaught error', () => {
  test('is told at once: its message, and where it happened', async () => {
    open();
    raise(errorOf('no price'));
    expect(await seen()).toEqual([
      {
        type: 'error',
        message: 'Error: no price',
        stack: [{ url: 'https://shop.example/app.js', function: 'buy', line: 10, column: 20 }],
        count: 1,
      },
    ]);
  });

  test('is told of a rejection that nobody handled', async () => {
    open();
    reject(errorOf('no stock'));
    reject('no reason');
    reject(undefined);
    reject({ message: 'a plain object' });
    expect((await seen()).map((data) => [data?.type, data?.message])).toEqual([
      ['rejection', 'Error: no stock'],
      ['rejection', 'no reason'],
      ['rejection', 'undefined'],
      ['rejection', 'Error: a plain object'],
    ]);
  });

  test('is told where there is no stack by what the browser says of it', async () => {
    open();
    raise('text', { filename: 'https://shop.example/app.js', lineno: 3, colno: 4 });
    expect(await seen()).toEqual([
      {
        type: 'error',
        message: 'Uncaught text',
        stack: [{ url: 'https://shop.example/app.js', line: 3, column: 4 }],
        count: 1,
      },
    ]);
  });

  test('of a script of another origin is told, though nothing is known of it', async () => {
    open();
    raise(null, { message: 'Script error.', filename: '', lineno: 0, colno: 0 });
    expect(await seen()).toEqual([{ type: 'error', message: 'Script error.', stack: [], count: 1 }]);
  });

  test('is left to the page: nothing is prevented', () => {
    open();
    const event = Object.assign(new Event('error', { cancelable: true }), { message: 'Error: x' });
    window.dispatchEvent(event);
    expect(event.defaultPrevented).toBe(false);
  });

  test('of ours is none', async () => {
    const onError = vi.fn();
    open(
      {},
      {
        onError,
        beforeSend(event) {
          if (event.name === 'signup') throw Error('of the owner');
          return event;
        },
      },
    );
    tracker.track('signup');
    expect(onError).toHaveBeenCalled();
    expect(await seen()).toEqual([]);
  });

  test('of a browser extension is none, nor a layout that took two rounds', async () => {
    open();
    raise(errorOf('x', 'Error: x\n    at f (chrome-extension://abcdef/content.js:1:2)'));
    raise(errorOf('x', 'f@moz-extension://abcdef/content.js:1:2'));
    raise('x', { filename: 'safari-web-extension://abcdef/content.js' });
    raise(undefined, { message: 'ResizeObserver loop completed with undelivered notifications.' });
    expect(await seen()).toEqual([]);
  });

  test('that is a trap harms nothing', async () => {
    open();
    reject({
      get message() {
        throw Error('trap');
      },
    });
    reject(Object.create(null));
    reject({ message: { toString: () => 'object' }, stack: 42, name: 7 });
    raise(errorOf('x', `${'at '.repeat(50_000)}\n${'a (b:'.repeat(50_000)}\n${'@b:1'.repeat(50_000)}`));
    tracker.track('after');
    await tracker.flush();
    expect(page.endpoint.named('after')).toHaveLength(1);
    expect(await messages()).toEqual(['7: object', 'Error: x']);
  });
});

describe('a stack', () => {
  test.each<[string, string, object[]]>([
    [
      'Chromium',
      `TypeError: Cannot read https://shop.example/x:1:2
    at new Cart (https://shop.example/app.js:1:2)
    at async Promise.all (index 0)
    at async load (https://cdn.example/lib.js?token=abc:30:4)
    at https://shop.example/:5:6
    at async https://shop.example/a.js:7:8
    at Array.map (<anonymous>)
    at eval (eval at run (https://shop.example/a.js:1:2), <anonymous>:1:1)`,
      [
        { url: 'https://shop.example/app.js', function: 'new Cart', line: 1, column: 2 },
        { url: 'https://cdn.example/lib.js', function: 'load', line: 30, column: 4 },
        { url: 'https://shop.example/', line: 5, column: 6 },
        { url: 'https://shop.example/a.js', line: 7, column: 8 },
      ],
    ],
    [
      'Firefox and Safari',
      `buy@https://shop.example/app.js:1:2
load/<@https://cdn.example/lib.js?token=abc:30:4
global code@https://shop.example/:5:6
@https://shop.example/a.js:7:8
[native code]
async*buy@blob:https://shop.example/1234:9:10
`,
      [
        { url: 'https://shop.example/app.js', function: 'buy', line: 1, column: 2 },
        { url: 'https://cdn.example/lib.js', function: 'load/<', line: 30, column: 4 },
        { url: 'https://shop.example/', function: 'global code', line: 5, column: 6 },
        { url: 'https://shop.example/a.js', line: 7, column: 8 },
        { url: 'blob:', function: 'async*buy', line: 9, column: 10 },
      ],
    ],
  ])('of %s is read', async (_, stack, expected) => {
    open();
    raise(errorOf('x', stack));
    expect((await seen())[0]?.stack).toEqual(expected);
  });

  test('is cut', async () => {
    open();
    raise(errorOf('x', Array.from({ length: 100 }, (_, line) => `f@https://shop.example/a.js:${line}:1`).join('\n')));
    expect((await seen())[0]?.stack).toHaveLength(12);
  });
});

test('secrets in messages, addresses and names of functions do not leave', async () => {
  open({ resources: true, csp: true });
  raise(
    errorOf(
      'jo@example.org could not load https://api.example/u?session=s3cret&next=1 with eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc',
      'load_jo@example.org@https://shop.example/reset/a1b2c3d4e5f6a7b8c9d0e1f2/app.js?key=s3cret:1:2',
    ),
  );
  document.body.innerHTML = '<img src="/u/jo@example.org/photo.png?sig=s3cret">';
  document.querySelector('img')?.dispatchEvent(new Event('error'));
  document.dispatchEvent(
    Object.assign(new Event('securitypolicyviolation'), {
      effectiveDirective: 'img-src',
      blockedURI: 'https://other.example/jo@example.org?sig=s3cret',
      sourceFile: 'https://shop.example/jo@example.org.js?sig=s3cret',
      lineNumber: 1,
      columnNumber: 2,
    }),
  );
  const told = await seen();
  expect(told).toHaveLength(3);
  expect(JSON.stringify(told)).not.toMatch(/jo@|s3cret|eyJ|a1b2c3/);
});

describe('what happens again', () => {
  test('is told together when the page is hidden: every event stands for as many as its count', async () => {
    open();
    for (let times = 0; times < 100; times++) raise(errorOf('again'));
    raise(errorOf('once'));
    expect((await seen()).map((data) => [data?.message, data?.count])).toEqual([
      ['Error: again', 1],
      ['Error: again', 99],
      ['Error: once', 1],
    ]);
    raise(errorOf('once'));
    raise(errorOf('once'));
    page.hide();
    page.hide();
    await page.advance(1);
    expect((await seen()).map((data) => [data?.message, data?.count]).slice(3)).toEqual([['Error: once', 2]]);
  });

  test('somewhere else is another error', async () => {
    open();
    for (const line of [1, 2]) raise(errorOf('x', `f@https://shop.example/a.js:${line}:1`));
    reject(errorOf('x', 'f@https://shop.example/a.js:1:1'));
    expect(
      (await seen()).map((data) => [data?.type, (data?.stack as { line: number }[] | undefined)?.[0]?.line]),
    ).toEqual([
      ['error', 1],
      ['error', 2],
      ['rejection', 1],
    ]);
  });

  test('on the next page is told anew, and what happened before belongs to the page before', async () => {
    open();
    raise(errorOf('x'));
    raise(errorOf('x'));
    history.pushState(null, '', '/next');
    raise(errorOf('x'));
    await page.advance(200);
    await tracker.flush();
    const views = page.endpoint.named('page_view').map((event) => event.page);
    expect(page.endpoint.named('error').map(({ data, page }) => [data?.count, views.indexOf(page)])).toEqual([
      [1, 0],
      [1, 0],
      [1, 1],
    ]);
  });

  test('is told by a tracker that stops', async () => {
    open();
    raise(errorOf('x'));
    raise(errorOf('x'));
    tracker.stop();
    await page.advance(1);
    raise(errorOf('x'));
    await page.advance(10_000);
    expect(page.endpoint.named('error').map(({ data }) => data?.count)).toEqual([1, 1]);
  });
});

describe('no page tells of more than a few different errors', () => {
  const storm = () => {
    for (let number = 0; number < 50; number++) raise(errorOf(`number ${number}`));
  };

  test.each([
    [undefined, 10],
    [3, 3],
  ])('limit %s', async (limit, expected) => {
    open({ limit });
    storm();
    expect(await seen()).toHaveLength(expected);
    history.pushState(null, '', '/next');
    storm();
    expect(await seen()).toHaveLength(2 * expected);
  });

  test.each([0, -1, 'many', Number.NaN])('the limit %s is none, and the owner is told', async (limit) => {
    open({ limit: limit as number });
    expect(page.warnings).toEqual(['beaconry: option "errors.limit" should be a number above 0']);
    storm();
    expect(await seen()).toHaveLength(10);
  });
});

describe('by option', () => {
  test('resources that do not load', async () => {
    document.body.innerHTML = '<img src="/gone.png"><link href="/gone.css"><img>';
    open({ resources: true });
    for (const element of document.body.children) element.dispatchEvent(new Event('error'));
    expect(await seen()).toEqual([
      { type: 'resource', message: 'img https://shop.example/gone.png', stack: [], count: 1 },
      { type: 'resource', message: 'link https://shop.example/gone.css', stack: [], count: 1 },
    ]);
  });

  test('what the content security policy stopped, but for our own requests', async () => {
    open({ csp: true });
    const stop = (blockedURI: string, sourceFile = '') =>
      document.dispatchEvent(
        Object.assign(new Event('securitypolicyviolation'), {
          effectiveDirective: 'script-src',
          blockedURI,
          sourceFile,
          lineNumber: 1,
          columnNumber: 2,
        }),
      );
    stop('inline');
    stop('https://other.example/a.js', 'https://shop.example/app.js');
    stop('https://shop.example/e');
    expect(await seen()).toEqual([
      { type: 'csp', message: 'script-src inline', stack: [], count: 1 },
      {
        type: 'csp',
        message: 'script-src https://other.example/a.js',
        stack: [{ url: 'https://shop.example/app.js', line: 1, column: 2 }],
        count: 1,
      },
    ]);
  });

  test('and not otherwise', async () => {
    document.body.innerHTML = '<img src="/gone.png">';
    open();
    document.querySelector('img')?.dispatchEvent(new Event('error'));
    document.dispatchEvent(Object.assign(new Event('securitypolicyviolation'), { blockedURI: 'inline' }));
    expect(await seen()).toEqual([]);
  });
});

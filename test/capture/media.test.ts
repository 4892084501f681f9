import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type MediaOptions, media, type Tracker } from '../../src/index.ts';
import { type FakePage, openPage } from '../fakes/fakePage.ts';

let page: FakePage;
let tracker: Tracker;
beforeEach(() => {
  page = openPage();
});
afterEach(() => page.close());

interface State {
  at?: number;
  ended?: boolean;
}
interface Player {
  element: HTMLMediaElement;
  /** The browser says that something has happened, at a place in seconds. */
  say(type: string, state?: State): void;
}

function open(html = '<video></video>', options?: MediaOptions) {
  document.body.innerHTML = html;
  tracker = page.track({ capture: [media(options)] });
}
function player(
  selector = 'video',
  { duration = 200, src = 'https://cdn.example/v/intro.mp4?sig=s3cret' } = {},
): Player {
  const element = document.querySelector(selector) as HTMLMediaElement;
  const set = (name: string, value: unknown) => Object.defineProperty(element, name, { value, configurable: true });
  set('duration', duration);
  set('currentSrc', src);
  return {
    element,
    say(type, { at = 0, ended = false } = {}) {
      set('currentTime', at);
      set('ended', ended);
      // These events do not bubble.
      element.dispatchEvent(new Event(type));
    },
  };
}
/** What was told, as `action percent`. */
async function lines() {
  return (await seen()).map((data) => `${data?.action} ${data?.percent}`);
}
async function seen() {
  await tracker.flush();
  return page.endpoint.named('media').map(({ data }) => data);
}

test('a video that is watched to its end', async () => {
  open();
  const { say } = player();
  say('play');
  for (let at = 0.25; at < 200; at += 0.25) say('timeupdate', { at });
  say('timeupdate', { at: 200, ended: true });
  say('pause', { at: 200, ended: true });
  say('ended', { at: 200, ended: true });
  const video = { kind: 'video', name: 'intro.mp4' };
  expect(await seen()).toEqual([
    { action: 'play', percent: 0, seconds: 0, ...video },
    { action: 'progress', percent: 25, seconds: 49, ...video },
    { action: 'progress', percent: 50, seconds: 99, ...video },
    { action: 'progress', percent: 75, seconds: 149, ...video },
    { action: 'complete', percent: 100, seconds: 200, ...video },
  ]);
});

test('a break is told with its place', async () => {
  open('<audio></audio>');
  const { say } = player('audio', { src: 'https://cdn.example/podcast/1.mp3' });
  say('play');
  say('pause', { at: 20 });
  say('play', { at: 20 });
  expect(await seen()).toEqual([
    { action: 'play', percent: 0, seconds: 0, kind: 'audio', name: '1.mp3' },
    { action: 'pause', percent: 10, seconds: 20, kind: 'audio', name: '1.mp3' },
    { action: 'play', percent: 10, seconds: 20, kind: 'audio', name: '1.mp3' },
  ]);
});

test('who goes back is not told of again, who begins anew is', async () => {
  open();
  const { say } = player();
  say('timeupdate', { at: 60 });
  say('timeupdate', { at: 10 });
  say('timeupdate', { at: 60 });
  expect(await lines()).toEqual(['progress 25']);
  say('play', { at: 0 });
  say('timeupdate', { at: 60 });
  expect(await lines()).toEqual(['progress 25', 'play 0', 'progress 25']);
});

test('who goes ahead has passed what lies between', async () => {
  open('<video></video>', { progress: [10, 90, 50] });
  const { say } = player();
  say('timeupdate', { at: 195 });
  expect((await lines()).sort()).toEqual(['progress 10', 'progress 50', 'progress 90']);
});

test('two players are told apart', async () => {
  open('<video id="a"></video><video id="b"></video>');
  for (const id of ['#a', '#b']) player(id).say('timeupdate', { at: 60 });
  expect(await lines()).toEqual(['progress 25', 'progress 25']);
});

test('a broadcast has no percentages', async () => {
  open();
  const { say } = player('video', { duration: Number.POSITIVE_INFINITY });
  say('play');
  say('timeupdate', { at: 500 });
  say('pause', { at: 500 });
  expect(await seen()).toEqual([
    { action: 'play', seconds: 0, kind: 'video', name: 'intro.mp4' },
    { action: 'pause', seconds: 500, kind: 'video', name: 'intro.mp4' },
  ]);
});

describe('is named', () => {
  test.each([
    ['by the owner', '<video data-track="tour" title="Tour">', {}, 'tour'],
    ['by its title', '<video title="Tour for jo@example.org">', {}, 'Tour for :email'],
    ['by its file', '<video>', {}, 'intro.mp4'],
    ['not by what is no file', '<video>', { src: 'blob:https://shop.example/018f3c2e-7b1a' }, ''],
    [
      'not by what is secret',
      '<video>',
      { src: 'https://cdn.example/eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc' },
      ':token',
    ],
  ])('%s', async (_, html, options, name) => {
    open(html);
    player('video', options).say('play');
    const told = await seen();
    expect(told).toMatchObject([{ name }]);
    expect(JSON.stringify(told)).not.toMatch(/s3cret|cdn/);
  });
});

test('decoration does not count', async () => {
  open('<video id="a"></video><video id="b"></video><video id="c"></video>');
  for (const id of ['#a', '#b', '#c']) {
    const { element, say } = player(id);
    Object.assign(element, { loop: id !== '#c', muted: true, controls: id === '#b' });
    say('play');
    say('timeupdate', { at: 60 });
  }
  expect(await lines()).toEqual(['play 0', 'progress 25', 'play 0', 'progress 25']);
});

test.each<[string, unknown]>([
  ['a number', 50],
  ['texts', ['half']],
  ['more than all', [50, 150]],
])('%s for percentages is a mistake of which the owner is told', async (_, progress) => {
  open('<video></video>', { progress: progress as number[] });
  expect(page.warnings).toEqual(['beaconry: option "media.progress" should be numbers above 0, below 100']);
  player().say('timeupdate', { at: 60 });
  expect(await lines()).toEqual(['progress 25']);
});

test('stopped, nothing is told', async () => {
  open();
  tracker.stop();
  await page.advance(1);
  player().say('play');
  await page.advance(10_000);
  expect(page.endpoint.requests).toHaveLength(0);
});

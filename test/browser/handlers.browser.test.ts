import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readDispatches, readLayouts, trace } from '../../bench/trace.mjs';
import { EVERYTHING } from './clickAround.ts';
import { type Browser, openBrowser } from './openBrowser.ts';
import { openTrackedSite, type TrackedSite } from './trackedSite.ts';

/** What visitors do again and again, and captures listen to. */
const TYPES = ['click', 'pointerdown', 'mousemove', 'pointermove', 'scroll', 'keydown', 'input', 'submit', 'wheel'];

let site: TrackedSite;
let browser: Browser;
beforeAll(async () => {
  site = await openTrackedSite();
  browser = await openBrowser('chromium');
});
afterAll(async () => {
  await browser?.close();
  await site?.close();
});

// Runs in the page, before our script: whoever asks for a size or a place has the browser lay out all of it.
const changeAlways = () => {
  let count = 0;
  for (const type of 'click pointerdown mousemove pointermove scroll keydown input submit wheel'.split(' '))
    addEventListener(
      type,
      () => {
        document.body.style.paddingLeft = `${++count % 7}px`;
      },
      { capture: true },
    );
};

/** What is told of each event that a page of many forms hears, as somebody fills them in. */
async function dispatchesOf(captures: [string, object?][]) {
  const visit = site.visit({ isIdle: true, captures, before: changeAlways });
  const tab = await browser.newTab();
  const page = tab.page as Page;
  await tab.goto(visit.url('busy'));
  await tab.evaluate(() => (window as unknown as { begin(): void }).begin());
  await page.click('header a[href=form]');
  await page.waitForTimeout(1000);
  const events = await trace(
    page,
    async () => {
      for (const number of [1, 3, 5]) {
        await page.mouse.move(100 * number, 300, { steps: 10 });
        await page.mouse.wheel(0, 100);
        await page.click(`[name=form-${number}] [name=name]`);
        await page.keyboard.type('somebody');
        await page.click(`[name=form-${number}] [name=needed]`);
        await page.keyboard.type('something');
        await page.click(`[name=form-${number}] button:text-is("send")`);
        // Moves are looked at five times a second, and what is heard of is told later.
        await page.waitForTimeout(300);
      }
    },
    true,
  );
  await tab.close();
  return readDispatches(events, '/tracker.js').filter(({ type }) => TYPES.includes(type));
}

describe('on a page that changes with each event', () => {
  test('no handler has it laid out, and none takes a millisecond', async () => {
    const dispatches = await dispatchesOf(EVERYTHING);
    expect(new Set(dispatches.filter(({ calls }) => calls.length).map(({ type }) => type))).toEqual(new Set(TYPES));
    expect(dispatches.flatMap(({ type, layouts }) => layouts.map((what) => `${type}: ${what}`))).toEqual([]);
    for (const type of TYPES) {
      const longest = dispatches.filter((one) => one.type === type).map(({ calls }) => Math.max(0, ...calls));
      // The middle one: in any of them the engine may compile, or collect its garbage. The bench tells of them all.
      longest.sort((one, other) => one - other);
      expect(longest[longest.length >> 1], type).toBeLessThan(1000);
    }
  });

  test('a handler that does is found out', async () => {
    const dispatches = await dispatchesOf([['measures']]);
    expect(dispatches.filter(({ layouts }) => layouts.length).map(({ type }) => type)).toContain('click');
  });

  test('nor does the start', async () => {
    const visit = site.visit({ isIdle: true, captures: EVERYTHING });
    const tab = await browser.newTab();
    const events = await trace(
      tab.page as Page,
      async () => {
        // As the page is still being read, and nothing of it has been laid out.
        await tab.goto(`${visit.url('busy')}?begin`);
        await tab.evaluate(() => {
          // A control: this is told.
          document.body.style.paddingLeft = '6px';
          (window as unknown as { makers: { measureNow(): number } }).makers.measureNow();
        });
      },
      true,
    );
    await tab.close();
    expect(new Set(readLayouts(events, '/tracker.js').map(({ what }) => what.split(' ').at(-1)))).toEqual(
      new Set(['measureNow']),
    );
  });
});

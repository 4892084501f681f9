import type { Page } from 'playwright-core';

export type EngineName = 'chromium' | 'firefox' | 'webkit';

export const engines: EngineName[] = ['chromium', 'firefox', 'webkit'];

/** Engines whose storage outlives the browser: WebKitGTK forgets everything under automation. */
export const restartableEngines: EngineName[] = ['chromium', 'firefox'];

export interface BrowserOptions {
  /** Folder of a profile that another launch can use again. Default: a temporary one, removed by `close` and `kill`. */
  profile?: string;
  /** Lets Chromium keep pages in its back/forward cache, as it does for visitors; Playwright switches that off. */
  bfcache?: boolean;
  /** Further command line arguments, Chromium and Firefox. */
  args?: string[];
}

export interface Browser {
  engine: EngineName;
  newTab(): Promise<Tab>;
  /** Ends the browser in good order. Tabs that should see their page hide are closed first, with `tab.close()`. */
  close(): Promise<void>;
  /** Kills the browser's processes at once and waits until they are gone. Not for WebKit, whose storage would go too. */
  kill(): Promise<void>;
}

/** One tab. Selectors are CSS and look into open shadow roots; actions wait for their element. */
export interface Tab {
  /** Playwright's page; `undefined` in WebKit. */
  page: Page | undefined;
  goto(url: string): Promise<void>;
  reload(): Promise<void>;
  back(): Promise<void>;
  forward(): Promise<void>;
  /** The middle button in Chromium and Firefox only. */
  click(selector: string, options?: { button?: 'left' | 'middle' }): Promise<void>;
  /** A key by its name, with modifiers as in `Shift+Tab`. */
  press(key: string): Promise<void>;
  fill(selector: string, text: string): Promise<void>;
  /** Visible text. */
  text(selector: string): Promise<string>;
  /** Runs `run` in the page: it travels as text and sees nothing of this file. Argument and result travel as JSON. */
  evaluate<Argument, Result>(
    run: (argument: Argument) => Result | Promise<Result>,
    argument: Argument,
  ): Promise<Result>;
  evaluate<Result>(run: () => Result | Promise<Result>): Promise<Result>;
  /** Asks the page until the answer is truthy; survives navigations meanwhile. */
  waitFor<Argument, Result>(
    run: (argument: Argument) => Result | Promise<Result>,
    argument: Argument,
    options?: { timeoutMs?: number },
  ): Promise<NonNullable<Result>>;
  waitFor<Result>(run: () => Result | Promise<Result>): Promise<NonNullable<Result>>;
  title(): Promise<string>;
  url(): Promise<string>;
  /** Size of the page's area in CSS pixels; at least 450 wide in WebKit. */
  setViewport(width: number, height: number): Promise<void>;
  /** Brings the tab to the front, as a visitor who switches tabs. */
  show(): Promise<void>;
  /** A PNG; also written to `path` when given. */
  screenshot(path?: string): Promise<Buffer>;
  /** Closes the tab as a visitor does: the page's handlers run. */
  close(): Promise<void>;
}

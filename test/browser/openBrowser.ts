import type { Browser, BrowserOptions, EngineName } from './browser.ts';
import { openPlaywrightBrowser } from './playwrightBrowser.ts';
import { openWebKit } from './webkitBrowser.ts';

export type { Browser, BrowserOptions, EngineName, Tab } from './browser.ts';
export { engines, restartableEngines } from './browser.ts';

/** Opens a real browser behind one small interface. */
export async function openBrowser(engine: EngineName, options: BrowserOptions = {}): Promise<Browser> {
  const open = () => (engine === 'webkit' ? openWebKit() : openPlaywrightBrowser(engine, options));
  try {
    return await open();
  } catch {
    // On a busy machine a launch right after a close sometimes fails: the old process still holds the profile.
    return open();
  }
}

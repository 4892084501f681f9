import type { Enricher } from './enricher.ts';

/** A Cubot is a phone. */
const CRAWLER = /[^u]bot\b|crawl|spider|headless|lighthouse|phantomjs|prerender|pingdom|gtmetrix|uptime/i;

/**
 * Marks what no human did: `bot` is `webdriver` (an automated browser) or `crawler` (it says so itself). `page_leave` gets
 * `interacted`: whether there was one key, click, touch or wheel that a script cannot fake. Nothing is left out; reports
 * decide.
 */
export function bots(): Enricher {
  return ({ listen }) => {
    const bot = navigator.webdriver ? 'webdriver' : CRAWLER.test(navigator.userAgent) ? 'crawler' : undefined;
    let interacted = false;
    const undo = ['pointerdown', 'keydown', 'wheel', 'touchstart'].map((type) =>
      listen(
        window,
        type,
        ({ isTrusted }) => {
          if (!isTrusted) return;
          interacted = true;
          for (const one of undo) one();
        },
        { capture: true },
      ),
    );
    return (event) => ({
      ...event,
      data: { ...event.data, bot, interacted: event.name === 'page_leave' ? interacted : event.data.interacted },
    });
  };
}

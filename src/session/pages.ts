import type { Page } from '../protocol/event.ts';

const MAX_TITLE_LENGTH = 300;

export interface EnterOptions {
  /** Whether `#/…` is part of the address. @default false */
  keepRoute?: boolean;
  /** @default the page before this one, or the document's referrer */
  referrer?: string;
}

/** Which page events happen on. In memory only. */
export interface Pages {
  current(): Page;
  /** Makes a new page of the present address. */
  enter(options?: EnterOptions): Page;
  /** Looks at the document's title again, for the current page. */
  readTitle(): void;
}

export function createPages(
  createId: () => string,
  scrubUrl: (url: string, keepRoute?: boolean) => string,
  scrubText: (text: string) => string,
): Pages {
  let page: Page | undefined;
  const pages: Pages = {
    current: () => page ?? pages.enter(),
    enter({ keepRoute, referrer = page?.url ?? scrubUrl(document.referrer) } = {}) {
      page = { id: createId(), url: scrubUrl(location.href, keepRoute), title: '', referrer };
      pages.readTitle();
      return page;
    },
    readTitle() {
      if (page) page.title = scrubText(document.title.slice(0, 2 * MAX_TITLE_LENGTH)).slice(0, MAX_TITLE_LENGTH);
    },
  };
  return pages;
}

import type { Page } from '../protocol/event.ts';
import type { Capture } from './capture.ts';
import { checkOption, isSelector } from './checkOption.ts';
import { selectorOf } from './selectorOf.ts';
import { watchPage } from './watchPage.ts';

export interface SectionsOptions {
  /** The attribute that marks and names a section. @default 'data-track-section' */
  attribute?: string;
  /** How much of a section, or of the window where the section is taller, has to be seen: 0.5 is half. @default 0.5 */
  threshold?: number;
}

const PART = 0.5;
const ATTRIBUTE = 'data-track-section';
/** How often it is looked for new sections while the page changes, and how long a page may take to be drawn. */
const SCAN_EVERY_MS = 300;

/** Emits `section_view` when half of a marked section has come into view, once for each name on each page. */
export function sections({ attribute: name = ATTRIBUTE, threshold: part = PART }: SectionsOptions = {}): Capture {
  return (context) => {
    const { emit, clock, guard, pages, scrubText, warn } = context;
    const isPart = (given: number) => given > 0 && given <= 1;
    const threshold = checkOption(warn, 'sections.threshold', part, PART, 'a number above 0, up to 1', isPart);
    const isAttribute = (given: string) => isSelector(`[${given}]`);
    const attribute = checkOption(warn, 'sections.attribute', name, ATTRIBUTE, 'a name of an attribute', isAttribute);

    let page: Page | undefined;
    const told = new Set<string>();
    /** By how much of a section is to be seen. */
    const observers = new Map<number, IntersectionObserver>();
    /** Found, and what watches them. */
    const found = new Map<Element, IntersectionObserver>();
    let cancel = () => {};

    const watch = (section: Element, part = threshold) => {
      const observer =
        observers.get(part) ??
        new IntersectionObserver(
          guard((entries) => see(entries, part)),
          { threshold: [0, part] },
        );
      observers.set(part, observer);
      found.get(section)?.unobserve(section);
      found.set(section, observer);
      observer.observe(section);
    };
    const see = (entries: IntersectionObserverEntry[], part: number) => {
      look();
      for (const {
        target,
        isIntersecting,
        intersectionRatio,
        boundingClientRect: { height },
        rootBounds,
      } of entries) {
        const observer = found.get(target);
        // The page has changed, and this came late.
        if (!observer) continue;
        // A frame of another origin is not told the size of the window.
        const needed = threshold * Math.min(1, (rootBounds?.height ?? innerHeight) / height);
        if (isIntersecting && !height) {
          // An empty place that the page has yet to fill: nothing tells when it has.
          observer.unobserve(target);
          found.delete(target);
        } else if (isIntersecting && intersectionRatio >= needed * 0.999) {
          observer.unobserve(target);
          const name = scrubText(target.getAttribute(attribute) || target.id || selectorOf(target));
          if (!told.has(name)) emit('section_view', { name });
          told.add(name);
        } else if (needed !== part) watch(target, needed);
      }
    };
    const forget = () => {
      for (const observer of observers.values()) observer.disconnect();
      observers.clear();
      found.clear();
    };
    const scan = guard(() => {
      for (const [section, observer] of found) {
        if (section.isConnected) continue;
        observer.unobserve(section);
        found.delete(section);
      }
      for (const section of document.querySelectorAll(`[${attribute}]`)) if (!found.has(section)) watch(section);
      changes.observe(document, { childList: true, subtree: true });
    });
    const scanSoon = () => {
      cancel();
      cancel = clock.after(SCAN_EVERY_MS, scan);
    };
    // Heard once between two scans: a page that changes all the time is not slowed down by being watched.
    const changes = new MutationObserver(
      guard(() => {
        changes.disconnect();
        look();
        scanSoon();
      }),
    );
    const look = () => {
      if (page === pages.current()) return;
      page = pages.current();
      told.clear();
      forget();
      scanSoon();
    };
    const undo = watchPage(context, look);
    return () => {
      undo();
      cancel();
      changes.disconnect();
      forget();
    };
  };
}

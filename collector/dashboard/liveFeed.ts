import { describeEvent } from './describeEvent.ts';
import { element } from './element.ts';
import { formatTime } from './format.ts';
import type { LiveEvent } from './liveEvent.ts';

export interface LiveFeed {
  /** Adds events, oldest first; those already shown are left out. */
  add(events: LiveEvent[]): void;
  remove(ids: string[]): void;
  clear(): void;
}

/** More than anyone reads, few enough to scroll lightly. */
const SHOWN_LIMIT = 100;
/** What the collector tells at first; there may be more behind that. */
const HELLO_LIMIT = 50;

/** The list of what is happening, newest on top. */
export function createLiveFeed(list: HTMLElement, nothing: HTMLElement, rate: HTMLElement): LiveFeed {
  const shown = new Set<string>();
  const recent: number[] = [];
  /** Events up to this time may be known in part only. */
  let partlyUntil = 0;

  const countRecent = () => {
    const minuteAgo = Date.now() - 60_000;
    while (recent.length > 0 && (recent[0] ?? 0) < minuteAgo) recent.shift();
    const more = partlyUntil > minuteAgo ? '+' : '';
    rate.textContent = recent.length > 0 ? `${recent.length}${more} in the last minute` : '';
  };
  setInterval(countRecent, 5_000);

  return {
    add(events) {
      const fresh = events.filter((event) => !shown.has(event.id));
      if (shown.size === 0 && fresh.length >= HELLO_LIMIT) partlyUntil = fresh[0]?.at ?? 0;
      for (const event of fresh) {
        shown.add(event.id);
        recent.push(event.at);
      }
      recent.sort((a, b) => a - b);
      list.prepend(...fresh.slice(-SHOWN_LIMIT).map(createItem).reverse());
      while (list.children.length > SHOWN_LIMIT) {
        const last = list.lastElementChild;
        if (last instanceof HTMLElement && last.dataset.id) shown.delete(last.dataset.id);
        last?.remove();
      }
      nothing.hidden = list.children.length > 0;
      countRecent();
    },
    remove(ids) {
      const gone = new Set(ids);
      for (const item of [...list.children]) {
        if (item instanceof HTMLElement && gone.has(item.dataset.id ?? '')) item.remove();
      }
      for (const id of ids) shown.delete(id);
      nothing.hidden = list.children.length > 0;
    },
    clear() {
      shown.clear();
      recent.length = 0;
      partlyUntil = 0;
      list.replaceChildren();
      nothing.hidden = false;
      countRecent();
    },
  };
}

function createItem(event: LiveEvent): HTMLLIElement {
  const { what, detail } = describeEvent(event);
  const time = element('time', 'feed-time', formatTime(event.at));
  time.dateTime = new Date(event.at).toISOString();
  const path = element('span', 'feed-path', event.path);
  path.title = event.title || event.path;
  const name = element('span', 'feed-name', what);
  const item = element('li', 'feed-item', sessionMark(event.session), name, time, path);
  if (detail) {
    const text = element('span', 'feed-detail', detail);
    text.title = detail;
    item.append(text);
  }
  item.dataset.id = event.id;
  item.dataset.name = event.name;
  return item;
}

/** A session's own colour and last four characters: enough to follow one visit down the list. */
function sessionMark(session: string): HTMLElement {
  // The end of a UUIDv7 is random, its beginning is a time.
  const code = session.slice(-4);
  const mark = element('span', 'feed-session', code);
  mark.title = `Session ${session}`;
  let hue = 0;
  for (const character of session.slice(-8)) hue = (hue * 31 + character.charCodeAt(0)) % 360;
  mark.style.setProperty('--hue', String(hue));
  return mark;
}

import { type Stored, stored } from '../../src/platform/storage.ts';

const KEY = 'beaconry.shop';

/**
 * One record in localStorage that several tabs keep together. As in browsers, a tab hears of the others' writes later,
 * one event for each, when the store may hold something newer already.
 */
export function sharedRecord<Value>() {
  localStorage.clear();
  const tabs: { hear?: (event: Event) => void; inbox: (string | null)[] }[] = [];
  const text = () => localStorage.getItem(KEY);
  let writes = 0;
  return {
    /** The record as one tab sees it. */
    openTab(): Stored<Value> {
      const tab: (typeof tabs)[number] = { inbox: [] };
      tabs.push(tab);
      const mine = stored<Value>(KEY, (_target, _type, listener) => {
        tab.hear = listener as (event: Event) => void;
        return () => {
          tab.hear = undefined;
        };
      });
      return {
        ...mine,
        write(value) {
          const before = text();
          mine.write(value);
          writes++;
          if (text() !== before) for (const other of tabs) if (other !== tab) other.inbox.push(text());
        },
      };
    },
    /** Tells every tab what the others wrote. */
    deliver() {
      for (const tab of tabs) {
        for (const newValue of tab.inbox.splice(0))
          tab.hear?.(Object.assign(new Event('storage'), { key: KEY, newValue }));
      }
    },
    read: () => JSON.parse(text() ?? 'null') as Value | null,
    writes: () => writes,
  };
}

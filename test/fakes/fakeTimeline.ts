import { vi } from 'vitest';

/** An entry of the performance timeline, as far as it matters. */
export type Entry = Partial<PerformanceResourceTiming> & { name: string; [more: string]: unknown };

/** A performance timeline that tells what a test tells it, in place of the browser's own. Undone with `vi.unstubAllGlobals`. */
export function fakeTimeline(supportedEntryTypes: string[] = ['resource']) {
  const observers = new Set<{ types: Set<string>; tell(entries: Entry[]): void }>();
  class FakeObserver {
    static supportedEntryTypes = supportedEntryTypes;
    private readonly observer: { types: Set<string>; tell(entries: Entry[]): void };
    constructor(callback: (list: { getEntries(): Entry[] }, observer: FakeObserver) => void) {
      this.observer = {
        types: new Set(),
        tell: (entries) => callback({ getEntries: () => entries }, this),
      };
    }
    observe({ type = '' }: { type?: string }) {
      this.observer.types.add(type);
      observers.add(this.observer);
    }
    disconnect() {
      observers.delete(this.observer);
    }
    takeRecords() {
      return [];
    }
  }
  vi.stubGlobal('PerformanceObserver', FakeObserver);
  return {
    /** Has the browser report entries of a type. */
    report(type: string, ...entries: Entry[]) {
      for (const { types, tell } of observers) {
        if (types.has(type)) tell(entries.map((entry) => ({ entryType: type, startTime: 0, duration: 0, ...entry })));
      }
    },
    /** Observers that listen. */
    listening: () => observers.size,
  };
}

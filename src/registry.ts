const KEY = Symbol.for('beaconry');

interface Entry<Held> {
  held: Held;
  holders: number;
  fingerprint: string;
}

/**
 * Keeps one live tracker per key and page, however often it is asked for: by React's StrictMode, by several components,
 * by two copies of the script. The last holder to let go ends it a task later, unless someone has asked again by then.
 */
export function holdOne<Held extends { end(): void }>(
  key: string,
  fingerprint: string,
  create: () => Held,
  onConflict: () => void,
): [Held, release: () => void] {
  const page = globalThis as { [KEY]?: Map<string, Entry<Held>> };
  const live = page[KEY] ?? new Map<string, Entry<Held>>();
  const endUnheld = (entry: Entry<Held>) => {
    if (entry.holders || live.get(key) !== entry) return;
    live.delete(key);
    if (!live.size) delete page[KEY];
    entry.held.end();
  };
  const former = live.get(key);
  // Stopped, and wanted otherwise in the same task: withdrawn consent, say, does not wait.
  if (former && former.fingerprint !== fingerprint) endUnheld(former);
  const entry = live.get(key) ?? { held: create(), holders: 0, fingerprint };
  page[KEY] = live.set(key, entry);
  entry.holders++;
  if (entry.fingerprint !== fingerprint) onConflict();
  let holds = 1;
  return [
    entry.held,
    () => {
      entry.holders -= holds;
      holds = 0;
      setTimeout(() => endUnheld(entry));
    },
  ];
}

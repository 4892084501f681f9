import type { Tracker } from '../api.ts';
import type { ConsentApi } from '../consent/consent.ts';
import { systemClock } from '../platform/clock.ts';
import { listDatabases } from '../platform/databases.ts';
import { deleteDatabase } from '../platform/deleteDatabase.ts';
import { createListen } from '../platform/listen.ts';
import { clearStored, stored } from '../platform/storage.ts';
import { databaseOf, type MyData, type MyDataItem, placeOf } from './look.ts';
import { running } from './running.ts';

/** How long this page's trackers have to remove their databases themselves, and other tabs to let go of theirs. */
const PATIENCE_MS = 1000;
const LOOK_EVERY_MS = 50;

/**
 * Withdraws consent, or objects where there is none to withdraw, and removes from the device what was found there; the
 * choice and objections stay. Trackers drop what they hold, here at once and in other tabs before their next request.
 */
export async function erase(
  data: MyData,
  consent: ConsentApi | undefined,
  trackers: Pick<Tracker, 'optOut'>[],
): Promise<void> {
  const live = running();
  const listen = createListen((callback) => callback);
  if (consent && Object.values(consent.receipt().state).some((status) => status !== 'denied')) consent.revoke();
  for (const { optOut } of trackers) optOut();

  const names = (wanted: MyDataItem['kind']) =>
    data.stored.filter(({ kind }) => kind === wanted).map(({ name }) => name);
  const found = names('database');
  const places = new Set([
    ...names('storage').map((name) => name.split(':')[0] as string),
    ...found.map((name) => placeOf(name.slice(databaseOf('').length))),
  ]);
  for (const place of places) {
    const objection = `${place}:out`;
    clearStored(place, objection);
    // The site's other pages have trackers that nobody here can tell.
    if (!consent) stored<true>(objection, listen).write(true);
  }

  const own = new Set(live.map(({ key }) => databaseOf(key)));
  const others = found.filter((name) => !own.has(name));
  /** Waits until these are gone, or for so long. */
  const gone = async (names: Iterable<string>) => {
    const wanted = new Set(names);
    let waited = 0;
    do {
      await new Promise<void>((resolve) => systemClock.after(LOOK_EVERY_MS, resolve));
      waited += LOOK_EVERY_MS;
    } while (waited < PATIENCE_MS && (await listDatabases([]))?.some((name) => wanted.has(name)));
  };
  others.forEach(deleteDatabase);
  // A tracker that finds its database gone before it has emptied it makes another.
  await gone(own);
  own.forEach(deleteDatabase);
  await gone([...own, ...others]);
}

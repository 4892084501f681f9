import type { Tracker } from '../api.ts';
import type { ConsentApi } from '../consent/consent.ts';
import { systemClock } from '../platform/clock.ts';
import { listDatabases, readDatabase } from '../platform/databases.ts';
import { deleteDatabase } from '../platform/deleteDatabase.ts';
import { createListen } from '../platform/listen.ts';
import { clearStored, stored } from '../platform/storage.ts';
import { databaseOf, type MyData, type MyDataItem, placeOf } from './look.ts';
import { running } from './running.ts';

/** How long this page's trackers have to remove their databases themselves. */
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
  for (const name of found) if (!own.has(name)) deleteDatabase(name);
  // A tracker that finds its database gone before it has emptied it makes another.
  const isLeft = async () => (await listDatabases([]))?.some((name) => own.has(name));
  let waited = 0;
  do {
    await new Promise<void>((resolve) => systemClock.after(LOOK_EVERY_MS, resolve));
    waited += LOOK_EVERY_MS;
  } while (waited < PATIENCE_MS && (await isLeft()));
  for (const name of own) deleteDatabase(name);
  // Answered when they are gone.
  await Promise.all([...found, ...own].map(readDatabase));
}

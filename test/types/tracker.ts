// Checked by the compiler, never run: calls that must compile, and calls that must not.
import { record } from 'rrweb';
import {
  clicks,
  createTracker,
  memoryOutbox,
  pageViews,
  replay,
  type Tracker,
  type TrackerOptions,
} from '../../src/index.ts';

interface ShopEvents {
  signup: { plan: 'free' | 'team'; seats?: number };
  search: { query?: string };
  logout: undefined;
}
type ShopEventsByType = {
  signup: { plan: 'free' | 'team'; seats?: number };
  search: { query?: string };
  logout: undefined;
};

const options: TrackerOptions = { endpoint: '/e' };

for (const shop of [createTracker<ShopEvents>(options), createTracker<ShopEventsByType>(options)]) {
  shop.track('signup', { plan: 'team' });
  shop.track('signup', { plan: 'free', seats: 3 }, { at: 1 });
  shop.track('search');
  shop.track('search', {});
  shop.track('search', { query: 'shoes' });
  shop.track('logout');
  shop.track('logout', undefined, { at: 1 });

  // @ts-expect-error: there is no such event
  shop.track('sign_up', { plan: 'team' });
  // @ts-expect-error: data is needed
  shop.track('signup');
  // @ts-expect-error: a property is missing
  shop.track('signup', {});
  // @ts-expect-error: a value that is none
  shop.track('signup', { plan: 'gold' });
  // @ts-expect-error: a property too many
  shop.track('signup', { plan: 'team', colour: 'red' });
  // @ts-expect-error: the wrong type
  shop.track('signup', { plan: 'team', seats: 'three' });
  // @ts-expect-error: the wrong type of an optional property
  shop.track('search', { query: 7 });
  // @ts-expect-error: this event has no data
  shop.track('logout', { at: 1 });
  // @ts-expect-error: a moment has a time, and nothing else
  shop.track('logout', undefined, { when: 1 });
  // @ts-expect-error: times are numbers
  shop.track('search', {}, { at: new Date() });
  // @ts-expect-error: no name
  shop.track();
}

// Without a map everything goes.
const free: Tracker = createTracker(options);
free.track('anything');
free.track('anything', { at: 'all', list: [1, { deep: true }], when: new Date() });
free.track('anything', undefined, { at: 1 });
// @ts-expect-error: names are text
free.track(7);
// @ts-expect-error: data is an object
free.track('anything', 'text');
// @ts-expect-error: BigInt is nothing that JSON knows, and data is an object
free.track('anything', 1n);

// @ts-expect-error: data is an object or nothing
createTracker<{ signup: string }>(options);
// @ts-expect-error: data is an object or nothing
createTracker<{ signup: number | undefined }>(options);

createTracker({
  endpoint: 'https://stats.example.org/e',
  site: 'shop',
  consent: 'granted',
  privacy: 'balanced',
  capture: [pageViews({ hash: true }), clicks({ selector: 'a', text: true })],
  outbox: memoryOutbox({ maxEvents: 10 }),
  batch: { size: 5, intervalMs: 100 },
  session: { idleMs: 1, maxMs: 1 },
  beforeSend: (event) => (event.name === 'x' ? null : { ...event, data: { ...event.data, more: 1 } }),
  headers: () => ({ 'X-Key': '1' }),
  onError: (error) => console.error(error),
  debug: true,
});
// @ts-expect-error: an endpoint is needed
createTracker({});
// @ts-expect-error: options are needed
createTracker();
// @ts-expect-error: no such consent
createTracker({ endpoint: '/e', consent: 'yes' });
// @ts-expect-error: no such mode
createTracker({ endpoint: '/e', privacy: 'none' });
// @ts-expect-error: no such option
createTracker({ endpoint: '/e', colour: 'red' });
// @ts-expect-error: captures are made by calling them
createTracker({ endpoint: '/e', capture: [pageViews] });
// @ts-expect-error: sizes are numbers
createTracker({ endpoint: '/e', batch: { size: '5' } });
// @ts-expect-error: an event or null
createTracker({ endpoint: '/e', beforeSend: () => undefined });

free.page();
free.page({ section: 'a' }, { at: 1 });
free.identify('user-1');
free.identify(7, { plan: 'pro' }, { at: 1 });
free.group('acme', { size: 3 });
free.set({ theme: 'dark', former: undefined });
free.reset();
free.stop();
// @ts-expect-error: somebody has to be named
free.identify();
// @ts-expect-error: nobody is no one
free.identify(undefined);
// @ts-expect-error: properties are an object
free.set('dark');

const undo: () => void = free.on('session', ({ id }) => id.toUpperCase());
undo();
free.on('event', ({ seq, name, page }) => `${seq.toFixed()}${name}${page.url}`);
free.on('drop', ({ reason, count }) => `${reason}${count.toFixed()}`);
free.on('delivery', ({ id, count, kind }) => `${id}${count.toFixed()}${kind}`);
free.on('error', (error) => String(error));
// @ts-expect-error: no such topic
free.on('click', () => {});
// @ts-expect-error: what went wrong may be anything
free.on('error', (error) => error.message);

export async function results(): Promise<[number, number, string | undefined, boolean, number | undefined]> {
  const { sent, pending } = await free.flush();
  const { durable, dropped } = free.stats();
  // @ts-expect-error: a session is not chosen
  free.session.id = 'x';
  return [sent, pending, free.session.id, durable, dropped.filtered];
}

// rrweb's own function is what a recording asks for.
createTracker({ endpoint: '/e', capture: [replay({ recorder: record })] });

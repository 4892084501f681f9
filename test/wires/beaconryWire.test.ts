import { expect, test } from 'vitest';
import { seal } from '../../src/outbox/seal.ts';
import type { Page } from '../../src/protocol/event.ts';
import { beaconryWire } from '../../src/wires/beaconryWire.ts';

const sealed = (id: string, page?: Page) =>
  seal(
    { id, at: 1, name: 'a', tab: 't', session: 's', seq: 1, data: {}, page: page as Page },
    '"consent":"granted"',
    page,
  );
const encoded = (events: ReturnType<typeof sealed>[]) =>
  beaconryWire.encode({ id: 'b', site: 'shop', endpoint: '/e', sentAt: 2, counts: {}, events, bytes: 0 });
const PAGE = '01a1f9ae-4cec-7000-8031-2e24e988c11f';
const LATER = '01a1f9ae-4cf9-7000-87a2-4bfd2a87255d';
const pageWith = (title: string): Page => ({ id: PAGE, url: '/one', title, referrer: '' });

test('a page is named once, as its view names it, which waited for the title', () => {
  const view = sealed(PAGE, pageWith('One'));
  const early = sealed(LATER, pageWith('Zero'));
  for (const events of [
    [view, early],
    [early, view],
  ]) {
    const text = encoded(events);
    expect(JSON.parse(text).pages).toEqual({ [PAGE]: { url: '/one', title: 'One', referrer: '' } });
    expect(text.split('"title"')).toHaveLength(2);
  }
});

test('an event that carries its page itself adds none', () => {
  expect(JSON.parse(encoded([sealed(LATER)])).pages).toEqual({});
});

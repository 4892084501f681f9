// @vitest-environment node
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { durableOutbox, type Meeting } from '../../src/outbox/durableOutbox.ts';
import type { Outbox, OutboxBatch, OutboxContext } from '../../src/outbox/outbox.ts';
import { carelessOutbox } from '../fakes/carelessOutbox.ts';
import { type FakeTab, fakeOrigin } from '../fakes/fakeOrigin.ts';

type Create = (context: OutboxContext, meeting: Meeting) => Outbox;

/** What a server does with a request, and what the page hears of it. */
type Answer = 'accepted' | 'reply lost' | 'refused' | 'split';

type Step =
  | { kind: 'append'; tab: number; count: number; head: string }
  | { kind: 'send'; tab: number; answer: Answer }
  /** All tabs ask in the same moment. */
  | { kind: 'race' }
  | { kind: 'hear'; tab: number }
  | { kind: 'crash'; tab: number; isMidWrite: boolean }
  | { kind: 'leave'; tab: number; isBack: boolean; answer: Answer }
  | { kind: 'lose connection'; tab: number }
  | { kind: 'wait'; ms: number };

interface Faults {
  /** Ids that are nowhere: not with the server, not counted as dropped. */
  lost: string[];
  /** Ids that went out again after their acknowledgement, or twice at once. */
  doubled: string[];
  isBalanced: boolean;
  /** Events of which the server knows more, or less, than the counts say that it added up once per batch id. */
  miscounted: number;
}

const LIMITS = { maxEvents: 7, maxBytes: 262_144 };
const tab = fc.nat({ max: 2 });
const answer = fc.constantFrom<Answer>('accepted', 'accepted', 'reply lost', 'refused', 'split');
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('append' as const),
      tab,
      count: fc.integer({ min: 1, max: 9 }),
      head: fc.constantFrom('a', 'a', 'b'),
    }),
  },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('send' as const), tab, answer }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('hear' as const), tab }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('race' as const) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('crash' as const), tab, isMidWrite: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('leave' as const), tab, isBack: fc.boolean(), answer }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('lose connection' as const), tab }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.constantFrom(100, 6000, 12_000, 40_000) }),
  },
);
const schedule = fc.array(step, { minLength: 4, maxLength: 30 });

async function play(create: Create, steps: Step[], hasLocks: boolean): Promise<Faults> {
  const origin = fakeOrigin({ hasLocks });
  const stored = new Set<string>();
  const acknowledged = new Set<string>();
  const inStore = new Set<string>();
  const doubled: string[] = [];
  const counts = new Map<string, number>();
  interface Flight {
    batch: OutboxBatch;
    answer: Answer;
    isExposed: boolean;
    endsAt: number;
  }
  interface Page {
    tab: FakeTab;
    flight?: Flight;
  }
  const open = (): Page => ({ tab: origin.open(create) });
  const pages = [open(), open(), open()];
  const at = (index: number) => pages[index] as Page;
  let isBalanced = true;

  const arrive = ({ id, events, counts: { accepted = 0, dropped = {} } }: OutboxBatch, answer: Answer) => {
    for (const event of events) if (acknowledged.has(event.id)) doubled.push(event.id);
    if (answer === 'accepted' || answer === 'reply lost') {
      counts.set(id, accepted - Object.values(dropped).reduce((sum, count) => sum + count, 0));
      for (const event of events) stored.add(event.id);
    }
  };
  const hear = async (page: Page) => {
    const { flight } = page;
    page.flight = undefined;
    if (!flight) return;
    const { batch, answer } = flight;
    // A server that took a batch does not refuse it later.
    if (answer === 'split' && !counts.has(batch.id))
      await page.tab.outbox.settle(batch, { kind: 'split', reason: 'rejected' });
    else if (answer === 'accepted') {
      await page.tab.outbox.settle(batch, { kind: 'accepted' });
      await origin.idle();
      for (const { id } of batch.events) acknowledged.add(id);
    } else await page.tab.outbox.settle(batch, { kind: 'retry' });
    if (answer === 'split' && batch.events.length < 2) for (const { id } of batch.events) inStore.delete(id);
  };
  const send = async (page: Page, answer: Answer) => {
    if (page.flight) return;
    const batch = await page.tab.outbox.claim(LIMITS);
    if (!batch) return;
    for (const other of pages)
      if (other.flight && !other.flight.isExposed && origin.clock.now() < other.flight.endsAt)
        for (const { id } of other.flight.batch.events)
          if (batch.events.some((event) => event.id === id)) doubled.push(id);
    // A lease ends while its holder waits for an answer.
    page.flight = { batch, answer, isExposed: false, endsAt: origin.clock.now() + 12_000 };
    arrive(batch, answer);
  };
  const crash = (page: Page) => {
    page.tab.crash();
    page.flight = undefined;
  };

  for (const one of steps) {
    switch (one.kind) {
      case 'append':
        for (let i = 0; i < one.count; i++) inStore.add(at(one.tab).tab.append({ head: one.head }));
        break;
      case 'send':
        await send(at(one.tab), one.answer);
        break;
      case 'race':
        await origin.idle();
        await Promise.all(pages.map((page) => send(page, 'accepted')));
        break;
      case 'hear':
        await hear(at(one.tab));
        break;
      case 'crash': {
        const page = at(one.tab);
        if (one.isMidWrite) {
          // What is killed with its page in the moment it is tracked is the one thing that may be lost.
          page.tab.append();
          await Promise.resolve();
        } else await origin.idle();
        crash(page);
        pages[one.tab] = open();
        break;
      }
      case 'leave': {
        const page = at(one.tab);
        await origin.idle();
        for (const batch of page.tab.outbox.tail(61_440)) {
          arrive(batch, one.answer);
          if (page.flight) page.flight.isExposed = true;
          if (one.isBack && one.answer === 'accepted') {
            await page.tab.outbox.settle(batch, { kind: 'accepted' });
            await origin.idle();
            for (const { id } of batch.events) acknowledged.add(id);
          }
        }
        if (page.flight) page.flight.isExposed = true;
        page.tab.rest();
        await origin.idle();
        if (one.isBack) page.tab.comeBack();
        else {
          crash(page);
          pages[one.tab] = open();
        }
        break;
      }
      case 'lose connection':
        at(one.tab).tab.loseConnection();
        break;
      case 'wait':
        await origin.advance(one.ms);
    }
    await origin.idle();
    isBalanced &&= pages.every((page) => page.tab.isBalanced());
  }

  for (const page of pages) {
    await hear(page);
    crash(page);
  }
  await origin.advance(31_000);
  const last: Page = { tab: origin.open(create) };
  last.tab.append();
  await origin.idle();
  for (let idle = 0; idle < 3; ) {
    await send(last, 'accepted');
    idle = last.flight ? 0 : idle + 1;
    await hear(last);
    if (idle) await origin.advance(11_000);
  }
  isBalanced &&= last.tab.isBalanced();
  return {
    lost: [...inStore].filter((id) => !stored.has(id)),
    doubled,
    isBalanced,
    miscounted: [...counts.values()].reduce((sum, count) => sum + count, -stored.size),
  };
}

const durable: Create = (context, meeting) => durableOutbox({}, meeting)(context);
const runs = Number(process.env.BEACONRY_RUNS ?? 150);

describe.each([
  ['Web Locks', true],
  ['leases', false],
] as const)('over tabs that share by %s', (_name, hasLocks) => {
  test('no schedule of faults loses an event, sends one again after its answer, or upsets the totals', async () => {
    await fc.assert(
      fc.asyncProperty(schedule, async (steps) => {
        const faults = await play(durable, steps, hasLocks);
        expect(faults).toEqual({ lost: [], doubled: [], isBalanced: true, miscounted: 0 });
      }),
      { numRuns: runs },
    );
  }, 100_000);
});

test('a careless outbox is found to lose and to double', async () => {
  const found = { lost: 0, doubled: 0 };
  for (const steps of fc.sample(schedule, { numRuns: 40, seed: 1 })) {
    const { lost, doubled } = await play(carelessOutbox, steps, true);
    found.lost += lost.length;
    found.doubled += doubled.length;
  }
  expect(found.lost).toBeGreaterThan(0);
  expect(found.doubled).toBeGreaterThan(0);
}, 60_000);

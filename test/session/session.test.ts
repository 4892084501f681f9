import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { createSession, type SessionRecord } from '../../src/session/session.ts';
import { fakeClock } from '../fakes/fakeClock.ts';
import { sharedRecord } from '../fakes/sharedRecord.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

let clock: ReturnType<typeof fakeClock>;
let shared: ReturnType<typeof sharedRecord<SessionRecord>>;
let made: number;
beforeEach(() => {
  clock = fakeClock();
  shared = sharedRecord();
  made = 0;
});

const openTab = (options: { idleMs?: number; maxMs?: number; hasVisitor?: boolean } = {}) =>
  createSession(
    options,
    clock,
    // As the real ones, ids sort by their time.
    () => `${clock.now()}-${String(made++).padStart(5, '0')}`,
    shared.openTab(),
    !!options.hasVisitor,
  );

describe('a session', () => {
  test('lives while the visitor is active within 30 minutes', () => {
    const tab = openTab();
    const { id } = tab.touch();
    for (let round = 0; round < 20; round++) {
      clock.advance(29 * MINUTE);
      expect(tab.touch().id).toBe(id);
    }
  });

  test('ends after 30 idle minutes', () => {
    const tab = openTab();
    const { id } = tab.touch();
    clock.advance(30 * MINUTE);
    expect(tab.touch().id).not.toBe(id);
  });

  test('ends after 24 hours, however active', () => {
    const tab = openTab();
    const { id } = tab.touch();
    for (let minutes = 10; minutes < 24 * 60; minutes += 10) {
      clock.advance(10 * MINUTE);
      expect(tab.touch().id).toBe(id);
    }
    clock.advance(10 * MINUTE);
    expect(tab.touch().id).not.toBe(id);
  });

  test('is not cut at midnight', () => {
    clock.advance(12 * HOUR - 5 * MINUTE);
    const tab = openTab();
    const { id } = tab.touch();
    clock.advance(10 * MINUTE);
    expect(tab.touch().id).toBe(id);
  });

  test('lasts as long as the owner says', () => {
    const tab = openTab({ idleMs: 5 * MINUTE, maxMs: 12 * MINUTE });
    const { id } = tab.touch();
    clock.advance(4 * MINUTE);
    tab.touch();
    clock.advance(4 * MINUTE);
    expect(tab.touch().id).toBe(id);
    clock.advance(4 * MINUTE);
    const second = tab.touch().id;
    expect(second).not.toBe(id);
    clock.advance(5 * MINUTE);
    expect(tab.touch().id).not.toBe(second);
  });

  test('outlives a page load', () => {
    const { id } = openTab().touch();
    clock.advance(10 * MINUTE);
    expect(openTab().touch().id).toBe(id);
  });

  test('that is over is not taken up by the next page load', () => {
    const { id } = openTab().touch();
    clock.advance(31 * MINUTE);
    expect(openTab().touch().id).not.toBe(id);
  });

  test('goes on when the clock is set back', () => {
    const tab = openTab();
    const { id } = tab.touch();
    clock.advance(-3 * HOUR);
    expect(tab.touch().id).toBe(id);
    clock.advance(10 * MINUTE);
    expect(tab.touch().id).toBe(id);
  });

  test('that seems to lie far in the future, for a clock that was wrong, does not last for ever', () => {
    clock.advance(10 * 365 * 24 * HOUR);
    const { id } = openTab().touch();
    clock.advance(-10 * 365 * 24 * HOUR);
    const tab = openTab();
    let current = tab.touch().id;
    for (let hour = 0; hour < 60; hour++) {
      clock.advance(20 * MINUTE);
      current = tab.touch().id;
    }
    clock.advance(40 * HOUR);
    current = tab.touch().id;
    expect(current).not.toBe(id);
  });

  test('is unknown before the first event', () => {
    expect(openTab().current()).toBeUndefined();
    expect(shared.writes()).toBe(0);
  });

  test('is not written at every event', () => {
    const tab = openTab();
    for (let index = 0; index < 1000; index++) {
      clock.advance(10);
      tab.touch();
    }
    // 10 seconds: the first and one or two more.
    expect(shared.writes()).toBeLessThanOrEqual(3);
  });

  test('without storage is the page’s own', () => {
    const tabs = [0, 1].map(() => createSession({}, clock, () => `${made++}`, null, false));
    expect(tabs[0]?.touch().id).not.toBe(tabs[1]?.touch().id);
  });
});

describe('two tabs', () => {
  test('share one session', () => {
    const [one, two] = [openTab(), openTab()];
    const { id } = one.touch();
    shared.deliver();
    expect(two.touch().id).toBe(id);
  });

  test('the active tab keeps the session alive for the idle one', () => {
    const [idle, active] = [openTab(), openTab()];
    const { id } = idle.touch();
    shared.deliver();
    for (let minute = 0; minute < 120; minute += 5) {
      clock.advance(5 * MINUTE);
      expect(active.touch().id).toBe(id);
      shared.deliver();
    }
    expect(idle.touch().id).toBe(id);
  });

  test('the idle tab reads what the active one wrote, also where no change was told', () => {
    const [idle, active] = [openTab(), openTab()];
    const { id } = idle.touch();
    for (let minute = 0; minute < 120; minute += 5) {
      clock.advance(5 * MINUTE);
      active.touch();
    }
    expect(idle.touch().id).toBe(id);
  });

  test('a tab that wakes does not end the session for the one that went on', () => {
    const [sleeping, active] = [openTab(), openTab()];
    sleeping.touch();
    shared.deliver();
    clock.advance(31 * MINUTE);
    const { id } = active.touch();
    expect(sleeping.touch().id).toBe(id);
  });

  test('that begin one at once settle on one', () => {
    const [one, two] = [openTab(), openTab()];
    // Both find nothing: neither has written yet when the other looks.
    const before = shared.openTab();
    one.touch();
    before.write(undefined);
    two.touch();
    shared.deliver();
    const settle = () => {
      clock.advance(6000);
      one.touch();
      shared.deliver();
      clock.advance(6000);
      two.touch();
      shared.deliver();
    };
    settle();
    settle();
    expect(one.touch().id).toBe(two.touch().id);
  });

  test('a name given in one is known in the other', () => {
    const [one, two] = [openTab(), openTab()];
    one.touch();
    shared.deliver();
    two.touch();
    one.touch('user-1');
    shared.deliver();
    expect(two.touch().user).toBe('user-1');
  });

  test('a name given in one is not lost when the other writes', () => {
    const [one, two] = [openTab(), openTab()];
    one.touch();
    two.touch();
    shared.deliver();
    clock.advance(MINUTE);
    one.touch('user-1');
    shared.deliver();
    clock.advance(MINUTE);
    two.touch();
    shared.deliver();
    clock.advance(MINUTE);
    expect(one.touch().user).toBe('user-1');
    expect(shared.read()?.user).toBe('user-1');
  });

  test('a reset in one ends it in the other', () => {
    const [one, two] = [openTab({ hasVisitor: true }), openTab({ hasVisitor: true })];
    const { id, visitor } = one.touch('user-1');
    shared.deliver();
    expect(two.touch().id).toBe(id);
    one.forget();
    shared.deliver();
    expect(shared.read()).toBeNull();
    const next = two.touch();
    expect(next.id).not.toBe(id);
    expect(next.visitor).not.toBe(visitor);
    expect(next.user).toBeUndefined();
    shared.deliver();
    expect(one.touch().id).toBe(next.id);
  });

  test('a reset in one is not undone by the other, even before it was told', () => {
    const [one, two] = [openTab(), openTab()];
    const { id } = one.touch('user-1');
    shared.deliver();
    two.touch();
    one.forget();
    const next = one.touch();
    shared.deliver();
    clock.advance(MINUTE);
    two.touch();
    shared.deliver();
    expect(one.touch().id).not.toBe(id);
    expect(one.touch().user).toBeUndefined();
    expect(two.touch().id).toBe(next.id);
  });

  test('whatever tabs do, those that are active together agree, and no session outlives its limits', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.tuple(fc.integer({ min: 0, max: 2 }), fc.constantFrom(10, 3000, MINUTE, 20 * MINUTE, 31 * MINUTE)),
          {
            minLength: 2,
            maxLength: 60,
          },
        ),
        (steps) => {
          clock = fakeClock();
          shared = sharedRecord();
          const tabs = [openTab(), openTab(), openTab()];
          const seen = new Map<string, { first: number; last: number }>();
          let last: { id: string; at: number } | undefined;
          for (const [index, ms] of steps) {
            clock.advance(ms);
            const { id } = (tabs[index] as ReturnType<typeof openTab>).touch();
            shared.deliver();
            const now = clock.now();
            // The one before was active within half an hour and heard of: the same visit, unless a day is over.
            // A record may be stale by the 5 seconds between two writes.
            if (last && now - last.at < 30 * MINUTE - 5000 && now - (seen.get(last.id)?.first ?? now) < 24 * HOUR) {
              expect(id).toBe(last.id);
            }
            const times = seen.get(id) ?? { first: now, last: now };
            expect(now - times.first).toBeLessThan(24 * HOUR);
            expect(now - times.last).toBeLessThan(30 * MINUTE);
            seen.set(id, { ...times, last: now });
            last = { id, at: now };
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});

import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createRefusalLog } from '../src/refusalLog.ts';
import { makeBatch, makeCollector, makeEvent, NOW, post } from './fakes.ts';

const MINUTE_MS = 60_000;

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function makeLog() {
  const lines: string[] = [];
  const log = createRefusalLog({ write: (line) => lines.push(line) });
  return { lines, log };
}

const refused = { site: 'shop', reason: '400 v must be 1', unit: 'request' } as const;

test('the first refusal is told at once, the others of the minute in one line', () => {
  const { lines, log } = makeLog();
  for (let count = 0; count < 500; count += 1) log.add(refused);
  expect(lines).toEqual(["Refused 1 request of site 'shop': 400 v must be 1"]);
  vi.advanceTimersByTime(MINUTE_MS);
  expect(lines.slice(1)).toEqual(["Refused 499 requests of site 'shop': 400 v must be 1"]);
  vi.advanceTimersByTime(10 * MINUTE_MS);
  expect(lines).toHaveLength(2);
  log.add(refused);
  expect(lines).toHaveLength(3);
  log.close();
});

test('reasons and sites have lines of their own', () => {
  const { lines, log } = makeLog();
  log.add(refused);
  log.add({ ...refused, site: 'blog' });
  log.add({ ...refused, site: '', reason: '400 body is not JSON' });
  expect(lines).toEqual([
    "Refused 1 request of site 'shop': 400 v must be 1",
    "Refused 1 request of site 'blog': 400 v must be 1",
    'Refused 1 request: 400 body is not JSON',
  ]);
  log.close();
});

test('sites without end share a line', () => {
  const { lines, log } = makeLog();
  for (let site = 0; site < 1000; site += 1) log.add({ ...refused, site: `s${site}` });
  expect(lines.length).toBeLessThanOrEqual(101);
  vi.advanceTimersByTime(MINUTE_MS);
  expect(lines.length).toBeLessThanOrEqual(102);
  expect(lines.at(-1)).toMatch(/^Refused 8\d\d requests: many different reasons$/);
  log.close();
});

test('a line stays a line, whatever a sender writes into it', () => {
  const { lines, log } = makeLog();
  log.add({ site: 'a\nRefused 1 request: all is well\u001b[2J\u2028', reason: 'x'.repeat(5000), unit: 'event' });
  for (const character of ['\n', '\u001b', '\u2028']) expect(lines[0]).not.toContain(character);
  expect(String(lines[0]).length).toBeLessThan(400);
  log.close();
});

test('what was counted is told when the collector stops', () => {
  const { lines, log } = makeLog();
  for (let count = 0; count < 3; count += 1) log.add(refused);
  log.close();
  expect(lines.at(-1)).toContain('Refused 2 requests');
});

test('a collector tells what it refuses: requests and single events, with site and reason', async () => {
  vi.useRealTimers();
  const { collector, refusals } = await makeCollector({ sites: ['shop'] });
  const old = makeEvent('old', { at: NOW - 40 * 24 * 60 * MINUTE_MS });
  await post(collector, makeBatch('b1', [makeEvent('e1'), old, { ...old, id: 'older' }]));
  await post(collector, makeBatch('b2', [], { site: 'other' }));
  await post(collector, { ...makeBatch('b3', []), sentAt: 'now' });
  await post(collector, 'nonsense');
  await post(collector, { session: 's1', site: 'other' }, { path: '/v1/erase' });
  expect(refusals).toEqual([
    "Refused 1 event of site 'shop': at: is more than 30 days ago",
    "Refused 1 request of site 'other': 403 site 'other' is not a site of this collector",
    expect.stringMatching(/^Refused 1 request of site 'shop': 400 sentAt .*number/),
    'Refused 1 request: 400 body is not JSON',
  ]);
  await collector.close();
  expect(refusals.slice(4).sort()).toEqual([
    "Refused 1 event of site 'shop': at: is more than 30 days ago",
    "Refused 1 request of site 'other': 403 site 'other' is not a site of this collector",
  ]);
});

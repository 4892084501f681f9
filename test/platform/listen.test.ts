import { expect, test } from 'vitest';
import { createListen } from '../../src/platform/listen.ts';

test('a listener that was removed is not remembered, and one that was not is', () => {
  const undo = new Set<() => void>();
  const heard: string[] = [];
  const listen = createListen((callback) => callback, undo);
  const target = new EventTarget();
  const hear = ({ type }: Event) => heard.push(type);
  for (let round = 0; round < 10; round++) listen(target, 'one', hear)();
  listen(target, 'other', hear);
  expect(undo.size).toBe(1);
  for (const one of undo) one();
  for (const type of ['one', 'other']) target.dispatchEvent(new Event(type));
  expect([heard, undo.size]).toEqual([[], 0]);
});

import { expect, test } from 'vitest';
import { describeContext } from '../../src/privacy/describeContext.ts';

const { happyDOM } = globalThis as unknown as { happyDOM: { setViewport(size: { width: number }): void } };

test.each([
  [639, 'small'],
  [640, 'medium'],
  [1023, 'medium'],
  [1024, 'large'],
])('a window %i pixels wide is told as %s, and nothing finer', (width, viewport) => {
  happyDOM.setViewport({ width });
  expect(describeContext(false)).toEqual({ language: navigator.language, viewport });
});

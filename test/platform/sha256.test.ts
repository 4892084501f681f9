import { createHash } from 'node:crypto';
import { afterEach, expect, test, vi } from 'vitest';
import { sha256 } from '../../src/platform/sha256.ts';

afterEach(() => vi.unstubAllGlobals());

test('a text has the hash that others give it', async () => {
  for (const text of ['', 'Reject all', 'Alle ablehnen ✓']) {
    expect(await sha256(text)).toBe(createHash('sha256').update(text).digest('hex'));
  }
});

test('there is none outside of secure contexts', async () => {
  vi.stubGlobal('crypto', {});
  expect(await sha256('Reject all')).toBeUndefined();
});

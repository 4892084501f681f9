import { afterEach, expect, test, vi } from 'vitest';
import type { Consent, ConsentMode } from '../../src/consent/consent.ts';
import { loadScript } from '../../src/consent/loadScript.ts';

afterEach(() => vi.restoreAllMocks());

let mode: ConsentMode = 'granted';
let change = () => {};
const consent: Consent = {
  mode: (purpose) => (purpose === 'marketing' ? mode : 'none'),
  on: (_type, listener) => {
    change = listener;
    return () => {};
  },
};

/** The scripts that were put into the page, which are not fetched here. */
function watchHead() {
  const scripts: HTMLScriptElement[] = [];
  vi.spyOn(document.head, 'append').mockImplementation((node) => void scripts.push(node as HTMLScriptElement));
  return scripts;
}

test('resolves once the script has run', async () => {
  const scripts = watchHead();
  const loaded = loadScript(consent, 'https://tags.example/a.js');
  expect(scripts[0]?.src).toBe('https://tags.example/a.js');
  scripts[0]?.dispatchEvent(new Event('load'));
  await loaded;
});

test('waits for the purpose, marketing unless said otherwise', async () => {
  const scripts = watchHead();
  mode = 'none';
  void loadScript(consent, 'https://tags.example/a.js');
  mode = 'memory';
  change();
  await Promise.resolve();
  expect(scripts).toEqual([]);
  mode = 'granted';
  change();
  await Promise.resolve();
  expect(scripts).toHaveLength(1);
});

test('rejects with the address of what does not load', async () => {
  const scripts = watchHead();
  const loaded = loadScript(consent, 'https://tags.example/gone.js');
  scripts[0]?.dispatchEvent(new Event('error'));
  await expect(loaded).rejects.toThrow('https://tags.example/gone.js could not be loaded');
});

test('where Trusted Types forbid it, the error names what works', async () => {
  const scripts = watchHead();
  vi.spyOn(HTMLScriptElement.prototype, 'src', 'set').mockImplementation(() => {
    throw TypeError('This document requires TrustedScriptURL assignment');
  });
  await expect(loadScript(consent, 'https://tags.example/a.js')).rejects.toThrow(
    /<script type="text\/plain" data-consent="marketing" src="https:\/\/tags.example\/a.js">/,
  );
  expect(scripts).toEqual([]);
});

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { get, makeCollector, temporaryFolder } from './fakes.ts';

async function makeSite(files: Record<string, string>) {
  const folder = await temporaryFolder();
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  return makeCollector({ publicFolder: pathToFileURL(`${folder}/`) });
}

test('the dashboard comes with a policy that runs its own code and nothing else', async () => {
  const { collector } = await makeSite({ 'index.html': '<p>hello', 'dashboard.js': '1', 'dashboard.css': 'p{}' });
  const page = await get(collector, '/');
  expect(await page.text()).toBe('<p>hello');
  expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
  const policy = page.headers.get('content-security-policy') ?? '';
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("frame-ancestors 'none'");
  expect(policy).not.toContain('unsafe');
  expect(page.headers.get('x-content-type-options')).toBe('nosniff');
  expect(page.headers.get('referrer-policy')).toBe('no-referrer');
  expect((await get(collector, '/dashboard.js')).headers.get('content-type')).toContain('text/javascript');
  expect((await get(collector, '/dashboard.css')).headers.get('content-type')).toContain('text/css');
});

test('any site may load the SDK file, and asks cheaply whether it has changed', async () => {
  const { collector } = await makeSite({ 'beaconry.js': 'sdk()' });
  const first = await get(collector, '/beaconry.js');
  expect(await first.text()).toBe('sdk()');
  expect(first.headers.get('access-control-allow-origin')).toBe('*');
  expect(first.headers.get('cross-origin-resource-policy')).toBe('cross-origin');
  expect(first.headers.get('cache-control')).toContain('max-age');
  const etag = String(first.headers.get('etag'));
  const again = await get(collector, '/beaconry.js', { 'If-None-Match': `W/${etag}` });
  expect(again.status).toBe(304);
  expect(await again.text()).toBe('');
});

test('a file that was not built, or is none of ours, is not found', async () => {
  const { collector } = await makeSite({ 'secret.txt': 'x' });
  for (const path of ['/', '/beaconry.js', '/secret.txt', '/..%2fpackage.json', '/index.html']) {
    const response = await get(collector, path);
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ error: { field: 'path' } });
  }
});

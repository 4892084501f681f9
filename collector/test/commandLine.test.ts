import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { HELP, parseCommandLine } from '../src/commandLine.ts';
import { version } from '../src/version.ts';

test('without options the collector listens on this machine alone', () => {
  const options = { port: 4318, host: '127.0.0.1', data: 'beaconry.duckdb', sites: [], path: '/e', consentCookie: {} };
  expect(parseCommandLine([])).toEqual({ kind: 'start', options });
});

test('every option is taken, and --site as often as it is given', () => {
  const line =
    '--port 0 --host 0.0.0.0 --data x/y.duckdb --site shop --site=blog --path /in --consent-cookie c --consent-domain a.example --consent-days 90';
  const consentCookie = { name: 'c', domain: 'a.example', days: 90 };
  const options = { port: 0, host: '0.0.0.0', data: 'x/y.duckdb', sites: ['shop', 'blog'], path: '/in', consentCookie };
  expect(parseCommandLine(line.split(' '))).toEqual({ kind: 'start', options });
});

test('the consent cookie can be left out', () => {
  const command = parseCommandLine(['--consent-cookie', 'off']);
  expect(command).toMatchObject({ kind: 'start', options: { consentCookie: false } });
});

test.each([
  [['--port', 'abc'], '--port must be a number'],
  [['--port', '70000'], '--port must be a number'],
  [['--port', '-1'], '--port'],
  [['--port'], '--port'],
  [['--host', ''], '--host must be an address'],
  [['--data', ' '], '--data must be the name of a file'],
  [['--site', ''], '--site must be a name'],
  [['--path', 'e'], '--path must begin with /'],
  [['--path', '/'], '--path must begin with /'],
  [['--path', '/a?b'], '--path must begin with /'],
  [['--path', '/v1/query/summary'], '--path /v1/query/summary is taken'],
  [['--path', '/beaconry.js'], '--path /beaconry.js is taken'],
  [['--path', '/v1/consent'], '--path /v1/consent is taken'],
  [['--consent-cookie', 'a b'], '--consent-cookie must be the name of a cookie'],
  [['--consent-domain', 'https://a.example'], '--consent-domain must be a host name'],
  [['--consent-days', '400'], '--consent-days must be a whole number from 1 to 395'],
  [['--consent-days', ''], '--consent-days must be a whole number'],
  [['--prot', '1'], '--prot'],
  [['stray'], 'stray'],
])('%j is refused by name', (line, problem) => {
  expect(parseCommandLine(line)).toEqual({ kind: 'problem', problem: expect.stringContaining(problem) });
});

test('help names every option', () => {
  expect(parseCommandLine(['--help', '--port', 'x'])).toEqual({ kind: 'help' });
  expect(parseCommandLine(['--version'])).toEqual({ kind: 'version' });
  for (const option of [
    'port',
    'host',
    'data',
    'site',
    'path',
    'consent-cookie',
    'consent-domain',
    'consent-days',
    'help',
    'version',
  ])
    expect(HELP).toContain(`--${option}`);
});

test('the version is the one of the package', () => {
  const file = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  expect(version).toBe(file.version);
});

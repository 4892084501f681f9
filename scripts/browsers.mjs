// Finds the browsers that the tests drive, and installs what is missing where apt can.
import { spawnSync } from 'node:child_process';
import { accessSync, constants, readdirSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** What each tool is called, how to point at another one, and the Debian package that brings it. */
const TOOLS = {
  chromium: { variable: 'CHROMIUM', commands: ['chromium', 'chromium-browser', 'google-chrome'], debian: 'chromium' },
  firefox: { variable: 'FIREFOX', commands: ['firefox-esr', 'firefox'], debian: 'firefox-esr' },
  webkitDriver: { variable: 'WEBKIT_DRIVER', commands: ['WebKitWebDriver'], debian: 'webkit2gtk-driver' },
  miniBrowser: { variable: 'MINI_BROWSER', commands: ['MiniBrowser'], debian: 'webkit2gtk-driver' },
  xvfb: { variable: 'XVFB', commands: ['Xvfb'], debian: 'xvfb' },
};

/** Paths of the tools, `undefined` where there is none. An environment variable wins over the search. */
export function findBrowsers() {
  return Object.fromEntries(Object.keys(TOOLS).map((name) => [name, findTool(name)]));
}

/** Path of one tool; throws with what to do when it is missing. */
export function browserPath(name) {
  const path = findTool(name);
  if (path) return path;
  const { variable, debian } = TOOLS[name];
  throw new Error(`${name} not found: install the Debian package ${debian}, or set ${variable} to its path`);
}

/** Installs missing browsers through apt when that needs no question. Returns what is still missing, as text; '' when nothing. */
export function installBrowsers(log = console.log) {
  const packages = missing();
  if (packages.length === 0) return '';
  const apt = aptCommand();
  if (apt) {
    log(`installing ${packages.join(' ')} …`);
    const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    for (const step of [
      ['update', '-qq'],
      ['install', '-y', '-qq', ...packages],
    ]) {
      const [command, ...words] = [...apt, ...step];
      const { status, stderr } = spawnSync(command, words, {
        env: environment,
        stdio: ['ignore', 'ignore', 'pipe'],
        encoding: 'utf8',
      });
      if (status !== 0) log(stderr);
    }
  }
  return missing().length === 0 ? '' : advice();
}

function missing() {
  const absent = Object.keys(TOOLS).filter((name) => !findTool(name));
  return [...new Set(absent.map((name) => TOOLS[name].debian))];
}

function advice() {
  const lines = Object.entries(TOOLS)
    .filter(([name]) => !findTool(name))
    .map(([name, { variable, debian }]) => `  ${name}: Debian package ${debian}, or set ${variable} to its path`);
  return `Browsers are missing. Install them (as root: apt-get install ${missing().join(' ')}) or point at them:\n${lines.join('\n')}`;
}

function aptCommand() {
  if (!onPath('apt-get')) return null;
  if (process.getuid?.() === 0) return ['apt-get'];
  const sudo = onPath('sudo');
  if (sudo && spawnSync(sudo, ['-n', 'true'], { stdio: 'ignore' }).status === 0) {
    return ['sudo', '-n', 'env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get'];
  }
  return null;
}

function findTool(name) {
  const { variable, commands } = TOOLS[name];
  const chosen = process.env[variable];
  if (chosen) return isExecutable(chosen) ? chosen : onPath(chosen);
  if (name === 'miniBrowser') return findMiniBrowser();
  for (const command of commands) {
    const path = onPath(command);
    if (path) return path;
  }
  return undefined;
}

// Not on the PATH: it lies in a folder named after the machine, /usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/.
function findMiniBrowser() {
  const libraries = '/usr/lib';
  let folders;
  try {
    folders = readdirSync(libraries);
  } catch {
    return undefined; // no such folder on this system
  }
  return folders.map((folder) => join(libraries, folder, 'webkit2gtk-4.1', 'MiniBrowser')).find(isExecutable);
}

function onPath(command) {
  return (process.env.PATH ?? '')
    .split(delimiter)
    .map((folder) => join(folder, command))
    .find(isExecutable);
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

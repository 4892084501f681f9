import { type ChildProcess, spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { Readable } from 'node:stream';
import { browserPath } from '../../scripts/browsers.mjs';
import type { Browser, Tab } from './browser.ts';
import { waitUntil } from './waitUntil.ts';

const COMMAND_TIMEOUT_MS = 20_000;

// https://www.w3.org/TR/webdriver2/#keyboard-actions
const KEYS: Record<string, string> = {
  Backspace: '\uE003',
  Tab: '\uE004',
  Enter: '\uE007',
  Shift: '\uE008',
  Control: '\uE009',
  Alt: '\uE00A',
  Escape: '\uE00C',
  Space: ' ',
  PageUp: '\uE00E',
  PageDown: '\uE00F',
  End: '\uE010',
  Home: '\uE011',
  ArrowLeft: '\uE012',
  ArrowUp: '\uE013',
  ArrowRight: '\uE014',
  ArrowDown: '\uE015',
  Delete: '\uE017',
};

/** WebKitGTK's MiniBrowser on a virtual screen, by plain W3C WebDriver calls. */
export async function openWebKit(): Promise<Browser> {
  const children: ChildProcess[] = [];
  const start = (child: ChildProcess) => {
    children.push(child);
    return child;
  };
  const endAtExit = () => {
    for (const child of children) child.kill('SIGKILL');
  };
  process.once('exit', endAtExit);
  const endChildren = async () => {
    // The driver before the screen it draws on.
    for (const child of children.reverse()) await endProcess(child);
    process.off('exit', endAtExit);
  };

  let session: Session;
  try {
    const display = await startScreen(start);
    session = await startSession(display, start);
  } catch (error) {
    await endChildren();
    throw error;
  }

  return {
    engine: 'webkit',
    async newTab() {
      // A window of its own: a tab behind another one would be hidden.
      const open = () => session.command('POST', '/window/new', { type: 'window' });
      const { handle } = (await session.inTab(session.home, open)) as { handle: string };
      return webkitTab(session, handle);
    },
    async close() {
      await session.command('DELETE', '').catch(() => {}); // the processes end below in any case
      await endChildren();
    },
    async kill() {
      throw new Error('WebKitGTK under automation keeps nothing to come back to: close() it');
    },
  };
}

interface Session {
  /** The window that the browser opened with. It stays: commands need a window, and the last one ends the session. */
  home: string;
  command(method: string, path: string, body?: unknown): Promise<unknown>;
  /** Runs `task` with the tab selected and no other tab's commands in between. */
  inTab<Result>(handle: string, task: () => Promise<Result>): Promise<Result>;
}

async function startScreen(start: (child: ChildProcess) => ChildProcess): Promise<string> {
  const xvfb = start(
    spawn(browserPath('xvfb'), ['-displayfd', '3', '-screen', '0', '1680x1250x24', '-nolisten', 'tcp'], {
      stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
    }),
  );
  return new Promise((resolve, reject) => {
    xvfb.once('error', reject);
    xvfb.once('exit', () => reject(new Error('Xvfb ended before it named its display')));
    (xvfb.stdio[3] as Readable).once('data', (number) => resolve(`:${String(number).trim()}`));
  });
}

async function startSession(display: string, start: (child: ChildProcess) => ChildProcess): Promise<Session> {
  const port = await freePort();
  const driver = start(
    spawn(browserPath('webkitDriver'), ['-p', String(port)], {
      env: {
        ...process.env,
        DISPLAY: display,
        GDK_BACKEND: 'x11',
        NO_AT_BRIDGE: '1',
        LANGUAGE: 'en_US',
        LANG: 'en_US.UTF-8',
      },
      stdio: 'ignore',
    }),
  );
  driver.once('error', () => {}); // shows itself as a status that never comes
  const base = `http://127.0.0.1:${port}`;

  const call = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const response = await fetch(base + path, {
      method,
      body: method === 'POST' ? JSON.stringify(body ?? {}) : null,
      signal: AbortSignal.timeout(COMMAND_TIMEOUT_MS),
    });
    const { value } = (await response.json()) as { value: { error?: string; message?: string } | null };
    if (!response.ok) throw new Error(`WebKit ${method} ${path}: ${value?.error}: ${value?.message}`);
    return value;
  };

  await waitUntil(() => call('GET', '/status'), 'the WebKit driver');
  const { sessionId } = (await call('POST', '/session', {
    capabilities: {
      alwaysMatch: {
        browserName: 'MiniBrowser',
        'webkitgtk:browserOptions': { binary: browserPath('miniBrowser'), args: ['--automation'] },
      },
    },
  })) as { sessionId: string };

  let selected = '';
  const home = String(await call('GET', `/session/${sessionId}/window`));
  let last: Promise<unknown> = Promise.resolve();
  const command: Session['command'] = (method, path, body) => call(method, `/session/${sessionId}${path}`, body);

  return {
    home,
    command,
    inTab(handle, task) {
      const turn = last.then(async () => {
        if (selected !== handle) {
          await command('POST', '/window', { handle });
          selected = handle;
        }
        return task();
      });
      last = turn.catch(() => {});
      return turn;
    },
  };
}

function webkitTab(session: Session, handle: string): Tab {
  const { command } = session;
  const inTab = <Result>(task: () => Promise<Result>) => session.inTab(handle, task);
  const run = async (method: string, path: string, body?: unknown): Promise<void> => {
    await inTab(() => command(method, path, body));
  };

  // biome-ignore lint/suspicious/noExplicitAny: the two overloads of `Tab.evaluate` meet here
  const evaluate = async (task: (argument: any) => unknown, argument?: unknown): Promise<any> => {
    const script = `const done = arguments[1]; Promise.resolve(arguments[0] === null ? undefined : JSON.parse(arguments[0]))
      .then((argument) => (${task})(argument))
      .then((v) => done([true, v === undefined ? null : JSON.stringify(v)]), (e) => done([false, String(e) + '\\n' + (e && e.stack)]));`;
    const args = [argument === undefined ? null : JSON.stringify(argument)];
    const [fine, text] = (await inTab(() => command('POST', '/execute/async', { script, args }))) as [
      boolean,
      string | null,
    ];
    if (!fine) throw new Error(`in the page: ${text}`);
    return text === null ? undefined : JSON.parse(text);
  };

  return {
    page: undefined,
    goto: (url) => run('POST', '/url', { url }),
    reload: () => run('POST', '/refresh'),
    back: () => run('POST', '/back'),
    forward: () => run('POST', '/forward'),
    click: (selector, { button = 'left' } = {}) =>
      onElement(selector, async (element) => {
        // The driver presses the middle button and lets go of the left one.
        if (button !== 'left') throw new Error('WebKitWebDriver cannot click with the middle button');
        const end = Date.now() + 5000;
        // What is about to show is waited for, as Playwright does; the driver clicks nothing until then.
        for (;;) {
          try {
            return void (await command('POST', `/element/${idOf(element)}/click`));
          } catch (error) {
            if (!String(error).includes('not interactable') || Date.now() > end) throw error;
            await new Promise((resolve) => setTimeout(resolve, 50));
          }
        }
      }),
    press: (key) => run('POST', '/actions', { actions: [{ type: 'key', id: 'keyboard', actions: strokes(key) }] }),
    fill: (selector, text) =>
      onElement(selector, async (element) => {
        // The driver's own typing loses capitals. This is an edit like a visitor's: with input and change events.
        await command('POST', '/execute/sync', { script: REPLACE_TEXT, args: [element, text] });
      }),
    text: (selector) =>
      onElement(selector, async (element) => String(await command('GET', `/element/${idOf(element)}/text`))),
    evaluate,
    // biome-ignore lint/suspicious/noExplicitAny: the two overloads of `Tab.waitFor` meet here
    waitFor: (task: (argument: any) => any, argument?: unknown, options?: { timeoutMs?: number }) =>
      waitUntil(() => evaluate(task, argument), String(task), options),
    title: () => inTab(async () => String(await command('GET', '/title'))),
    url: () => inTab(async () => String(await command('GET', '/url'))),
    async setViewport(width, height) {
      // The window has a tool bar, so the difference is known afterwards only. It never gets narrower than some 450 px.
      const inner = () => evaluate(() => [innerWidth, innerHeight]);
      await waitUntil(
        async () => {
          const [innerWidth, innerHeight] = await inner();
          if (innerWidth === width && innerHeight === height) return true;
          const rect = (await inTab(() => command('GET', '/window/rect'))) as { width: number; height: number };
          await run('POST', '/window/rect', {
            width: rect.width + width - innerWidth,
            height: rect.height + height - innerHeight,
          });
          return false;
        },
        `a page area of ${width} × ${height}`,
        { timeoutMs: 5000 },
      );
    },
    show: () => inTab(async () => {}),
    async screenshot(path) {
      const image = Buffer.from(String(await inTab(() => command('GET', '/screenshot'))), 'base64');
      if (path) await writeFile(path, image);
      return image;
    },
    close: () => run('DELETE', '/window'),
  };

  async function onElement<Result>(selector: string, act: (element: Element) => Promise<Result>): Promise<Result> {
    return inTab(async () => {
      const element = await waitUntil(
        () => command('POST', '/execute/sync', { script: FIND_DEEP, args: [selector] }) as Promise<Element | null>,
        selector,
      );
      return act(element);
    });
  }
}

type Element = Record<string, string>;

function idOf(element: Element): string {
  return Object.values(element)[0] ?? '';
}

const REPLACE_TEXT = `
  arguments[0].focus();
  arguments[0].select ? arguments[0].select() : getSelection().selectAllChildren(arguments[0]);
  document.execCommand(arguments[1] ? 'insertText' : 'delete', false, arguments[1]);`;

const FIND_DEEP = `
  const find = (root) => {
    const found = root.querySelector(arguments[0]);
    if (found) return found;
    for (const { shadowRoot } of root.querySelectorAll('*')) {
      const inside = shadowRoot && find(shadowRoot);
      if (inside) return inside;
    }
    return null;
  };
  return find(document);`;

function strokes(key: string) {
  const values = key.split('+').map((name) => KEYS[name] ?? name);
  return [
    ...values.map((value) => ({ type: 'keyDown', value })),
    ...values.reverse().map((value) => ({ type: 'keyUp', value })),
  ];
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return address.port;
}

async function endProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill();
  const insist = setTimeout(() => child.kill('SIGKILL'), 3000);
  await ended;
  clearTimeout(insist);
}

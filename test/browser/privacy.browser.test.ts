import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Browser, type EngineName, engines, openBrowser } from './openBrowser.ts';
import { openTrackedSite, type TrackedPage, type TrackedSite } from './trackedSite.ts';

/** Another one is another visit: `SEED=2 npx vitest …`. */
const SEED = Number(process.env.SEED ?? 1);
const TIMEOUT_MS = 240_000;

/** What tells of texts, addresses and failures wherever a capture can be asked to; others take no notice. */
const EVERYTHING = { text: true, hash: true, csp: true, resources: true, patch: true, sample: 1, limit: 1000 };

/** The exports of src/index.ts that come from src/capture, as they are at present. */
const captures = [
  ...readFileSync(new URL('../../src/index.ts', import.meta.url), 'utf8').matchAll(
    /^export \{([^}]*)\} from '\.\/capture\//gm,
  ),
]
  .flatMap(([, names = '']) => names.split(','))
  .map((name) => name.trim())
  .filter((name) => name && !name.startsWith('type '));

let site: TrackedSite;
beforeAll(async () => {
  site = await openTrackedSite();
});
afterAll(() => site?.close());

/** A secret as it stands on the page, and what would give it away wherever that turns up. */
interface Canary {
  text: string;
  traces: string[];
}

/** Chance that can be had again. */
function chance(seed: number) {
  let state = seed;
  const next = (below: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const pick = <Item>(items: readonly Item[]) => items[next(items.length)] as Item;
  const string = (characters: string, length: number) => Array.from({ length }, () => pick([...characters])).join('');
  return { next, pick, string };
}

const LETTERS = 'bcdfghjklmnpqrstvwxz';
const DIGITS = '0123456789';

function canaries({ pick, string }: ReturnType<typeof chance>) {
  const word = () => string(LETTERS, 10);
  const bytes = (length: number) => Buffer.from(string(`${LETTERS}${DIGITS}${LETTERS.toUpperCase()}`, length));
  const digitOf = (sum: number) => String((10 - (sum % 10)) % 10);
  const kinds = {
    email: (): Canary => {
      const [name, host] = [word(), word()];
      return { text: `${name}@${host}.${pick(['org', 'co.uk', 'museum'])}`, traces: [name, host] };
    },
    card: (): Canary => {
      const start = pick(['4', '51', '55', '6011']) + string(DIGITS, 14);
      const number = start.slice(0, 15);
      const sum = [...number].reduce(
        (total, digit, index) => total + (index % 2 ? Number(digit) : (Number(digit) * 2) % 9 || Number(digit)),
        0,
      );
      const whole = number + digitOf(sum);
      return {
        text: (whole.match(/.{4}/g) as string[]).join(pick(['', ' ', '-'])),
        traces: [whole, whole.slice(4, 14)],
      };
    },
    iban: (): Canary => {
      const account = string(DIGITS, 18);
      const check = String(98n - (BigInt(`${account}131400`) % 97n)).padStart(2, '0');
      const whole = `DE${check}${account}`;
      return { text: (whole.match(/.{1,4}/g) as string[]).join(pick(['', ' '])), traces: [whole, account] };
    },
    phone: (): Canary => {
      const number = string(DIGITS, 9);
      return {
        text: `+49${pick(['', ' ', '-'])}1${number.slice(0, 3)}${pick(['', ' '])}${number.slice(3)}`,
        traces: [`1${number}`],
      };
    },
    jwt: (): Canary => {
      const payload = bytes(30).toString('base64url');
      return {
        text: `eyJhbGciOiJIUzI1NiJ9.${payload}.${bytes(32).toString('base64url')}`,
        traces: [payload.slice(8, 20)],
      };
    },
    hex: (): Canary => {
      const text = bytes(20).toString('hex');
      return { text, traces: [text.slice(10, 22)] };
    },
  };
  /** What only its name gives away. */
  const named = (): Canary => {
    const value = `S3-${word()}`;
    return { text: value, traces: [value] };
  };
  const typed = (): Canary => {
    const value = `${word()} ${word()}`;
    return { text: value, traces: value.split(' ') };
  };
  const encode = () =>
    pick<(text: string) => string>([
      (text) => encodeURIComponent(text).replace(/%20/g, '+'),
      encodeURIComponent,
      (text) => encodeURIComponent(encodeURIComponent(text)),
    ]);
  return {
    any: () => pick(Object.values(kinds))(),
    secret: () => pick([kinds.card, kinds.jwt])(),
    named,
    typed,
    encode,
  };
}

interface Findings {
  /** Where secrets turned up. */
  found: string[];
  /** Names of what was told. */
  told: string[];
  /** All request bodies. */
  bodies: string;
  planted: number;
}

/** Acts as a visitor to a page full of secrets does, at random, and looks into all that leaves it and all that it leaves behind. */
async function visitSecrets(
  browser: Browser,
  privacy: 'strict' | 'off',
  steps: number,
  further: string[] = [],
): Promise<Findings> {
  const random = chance(SEED * 10 + privacy.length);
  const make = canaries(random);
  const planted: string[] = [];
  const plant = ({ text, traces }: Canary) => {
    planted.push(...traces);
    return text;
  };

  let isDown = false;
  const visit = site.visit({
    isIdle: true,
    tracker: { privacy },
    captures: [...captures, ...further].map((name) => [
      name,
      // It hands what it is asked for to others.
      name === 'autocapture' ? { clicks: EVERYTHING, pageViews: EVERYTHING } : EVERYTHING,
    ]),
    answer: (_, accept) => (isDown ? { status: 503 } : accept()),
  });
  const tab = await browser.newTab();
  const { page } = tab;

  /** Everything that lies in the browser's stores of this origin. */
  const stored = async () => {
    const kept = await tab.evaluate(async () => {
      const asked = <Result>(request: IDBRequest<Result>) =>
        new Promise<Result>((resolve, reject) => {
          request.onsuccess = () => resolve(request.result);
          request.onerror = () => reject(request.error);
        });
      const records: unknown[] = [];
      for (const { name = '' } of await indexedDB.databases()) {
        const database = await asked(indexedDB.open(name));
        for (const store of database.objectStoreNames) {
          const objects = database.transaction(store).objectStore(store);
          records.push([await asked(objects.getAll()), await asked(objects.getAllKeys())]);
        }
        database.close();
      }
      return JSON.stringify([records, { ...localStorage }, { ...sessionStorage }, document.cookie]);
    });
    return kept + JSON.stringify(await page?.context().cookies());
  };
  const found: string[] = [];
  let seenRequests = 0;
  const look = async () => {
    // What is planted later cannot be in what was sent before.
    const sent = visit.requests
      .slice(seenRequests)
      .map(({ method, path, query, headers, body }) => JSON.stringify([method, path, `${query}`, headers, body]));
    seenRequests += sent.length;
    for (const text of [...sent, await stored()]) {
      const plain = text.toLowerCase();
      // As it is, decoded as often as a curious reader would, and with digits moved together.
      const decoded = unescape(unescape(plain));
      const readings = [plain, decoded, decoded.replace(/[\s+-]/g, '')];
      for (const trace of planted) {
        const at = readings.map((reading) => reading.indexOf(trace.toLowerCase()));
        const index = at.findIndex((place) => place >= 0);
        if (index >= 0)
          found.push(
            `${trace} in …${readings[index]?.slice(Math.max(0, (at[index] ?? 0) - 120), (at[index] ?? 0) + 60)}…`,
          );
      }
    }
  };

  const text = () => {
    const secret = plant(make.any());
    return random.pick([`${secret}`, `Hello ${secret}, welcome`, `(${secret})`, `Order for ${secret}`, `"${secret}"`]);
  };
  const address = () => {
    const encode = make.encode();
    const secret = () => encode(plant(make.any()));
    return random.pick([
      () => `/a/${secret()}/b?q=${secret()}&utm_content=news`,
      () => `/reset/${plant(make.named())}?token=${plant(make.named())}`,
      () => `/a?password=${plant(make.named())}&q=${secret()}#access_token=${plant(make.named())}`,
      () => `/a#/invite/${plant(make.named())}/x?email=${plant(make.named())}`,
      () => `/a#/u/${secret()}`,
      () => `/search?q=${secret()}&utm_source=mail`,
      () => `/a?redirect=${encodeURIComponent(`/verify/${plant(make.named())}?api_key=${plant(make.named())}`)}`,
    ])();
  };

  /** A click in the middle of an element, without the driver's care for whether it can be clicked: that takes its time. */
  const click = async (selector: string) => {
    if (!page) return tab.click(selector);
    const [x, y] = (await tab.evaluate((selector) => {
      const element = document.querySelector(selector);
      element?.scrollIntoView({ block: 'center', behavior: 'instant' });
      const { left, top, width, height } = element?.getBoundingClientRect() ?? new DOMRect();
      return [left + Math.min(width, innerWidth) / 2, top + height / 2];
    }, selector)) as [number, number];
    await page.mouse.click(x, y);
  };
  /** Types as a visitor does: with trusted events. */
  const type = (selector: string, text: string) =>
    tab.evaluate(
      ({ selector, text }) => {
        const field = document.querySelector<HTMLElement>(selector);
        field?.focus();
        document.execCommand('insertText', false, text);
      },
      { selector, text },
    );
  let depth = 0;
  const fields = ['name', 'email', 'password', 'phone', 'q', 'note'];
  const actions: Record<string, () => Promise<unknown>> = {
    type: () => type(`[name=${random.pick(fields)}]`, plant(random.pick([make.typed, make.any])())),
    edit: async () => {
      await type('#editor', plant(make.typed()));
      await click('#editor');
    },
    choose: () => click('[name=box]'),
    hide: () =>
      tab.evaluate((value) => {
        const field = (name: string) => document.querySelector(`[name=${name}]`) as HTMLInputElement;
        field('hidden').value = value;
        field('choice').innerHTML = '<option></option>';
        field('choice').value = value;
      }, plant(make.typed())),
    check: () => click('[name=send]'),
    submit: () => click('[name=anyway]'),
    write: async () => {
      await tab.evaluate(
        ({ link, label, secret, typed, href, src }) => {
          const add = (tag: string, properties: object, attributes: Record<string, string> = {}) => {
            const element = Object.assign(document.createElement(tag), properties);
            for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
            document.querySelector('#written')?.append(element);
          };
          document.querySelector('#written')?.replaceChildren();
          add(
            'a',
            { textContent: link, href, title: label, id: `user-${typed}` },
            { 'aria-label': label, name: typed },
          );
          add(
            'button',
            { textContent: label, value: typed, type: 'button' },
            { 'data-user': typed, class: typed, 'data-cta': 'true' },
          );
          add('button', { textContent: 'Buy', type: 'button' }, { 'data-track': 'buy', 'data-track-label': secret });
          add('p', { textContent: label }, { 'data-track-section': label });
          add('img', { src, alt: label });
        },
        {
          link: text(),
          label: text(),
          secret: plant(make.secret()),
          typed: plant(make.named()),
          href: random.pick([address(), `mailto:${plant(make.typed())}@x.org`, `tel:${plant(make.any())}`]),
          src: address(),
        },
      );
      for (const selector of ['a', 'button', 'button + button']) await click(`#written > ${selector}`);
    },
    go: async () => {
      depth++;
      await tab.evaluate(
        ({ to, title }) => {
          history.pushState(null, '', to);
          document.title = title;
        },
        { to: address(), title: text() },
      );
    },
    replace: () => tab.evaluate((to) => history.replaceState(null, '', to), address()),
    back: async () => {
      if (depth) await tab.evaluate(() => history.back());
      depth = Math.max(0, depth - 1);
    },
    retitle: () =>
      tab.evaluate((title) => {
        document.title = title;
      }, text()),
    fail: () =>
      tab.evaluate(
        ({ message, kind }) => {
          setTimeout(() => {
            if (kind === 0) throw Error(message);
            if (kind === 1) void Promise.reject(message);
            if (kind === 2) void Promise.reject(Object.assign(Error(message), { name: message }));
          });
        },
        {
          kind: random.next(3),
          message: random.pick([
            text,
            () => `GET ${address()} failed`,
            () => `Failed to load https://shop.example${address()}`,
            () => `{"password":"${plant(make.named())}","note":"${text()}"}`,
            () => `user=jo&token=${plant(make.named())}`,
          ])(),
        },
      ),
    request: () => tab.evaluate((to) => fetch(to).then(() => {}), address()),
    scroll: () =>
      page
        ? page.mouse.wheel(0, random.next(2000) - 1000)
        : tab.evaluate((by) => scrollBy(0, by), random.next(2000) - 1000),
    copy: async () => {
      await tab.press('Control+A');
      await tab.press('Control+C');
    },
    own: () =>
      tab.evaluate(
        ({ secret, password }) =>
          (window as unknown as TrackedPage).tracker?.track('own', {
            note: secret,
            deep: [{ note: `paid by ${secret}` }],
            password,
            form: new Map([['user_password', password]]),
          }),
        { secret: plant(make.secret()), password: plant(make.typed()) },
      ),
  };

  await tab.goto(`${visit.url('secrets')}?email=${plant(make.named())}&q=${encodeURIComponent(plant(make.any()))}`);
  for (let step = 1; step <= steps; step++) {
    // Once all in turn, then by chance.
    const names = Object.keys(actions);
    const name = names[step - 1] ?? random.pick(names);
    isDown = step % 90 > 60;
    await (actions[name] as () => Promise<unknown>)();
    if (step % 50 === 0) await look();
  }
  isDown = false;
  // The page after has all of this for a referrer.
  await tab.evaluate(
    (to) => history.pushState(null, '', to),
    `${new URL(visit.url('secrets')).pathname}${address().replace(/^[^?#]*/, '')}`,
  );
  await tab.evaluate((to) => location.assign(to), visit.url('secrets'));
  await tab.waitFor(() => !location.search && (window as unknown as TrackedPage).tracker);
  const told = (await visit.arrivedFrom(tab)).map(({ name }) => name);
  await look();
  await tab.close();
  return { found, told, bodies: visit.requests.map(({ body }) => body).join(''), planted: planted.length };
}

/** How many steps each mode is given: as many as an engine does in half a minute. */
const STEPS: Record<EngineName, number> = { chromium: 400, firefox: 250, webkit: 400 };

describe.each(engines)('in %s', (engine) => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await openBrowser(engine);
  });
  afterAll(() => browser?.close());

  test.each(['strict', 'off'] as const)(
    'no secret on a page is in anything that leaves it, or is left behind on the device, in mode %s',
    async (privacy) => {
      const { found, told, bodies, planted } = await visitSecrets(browser, privacy, STEPS[engine]);
      expect(found).toEqual([]);
      // It was about something: all of this was told of, with marks where the secrets were.
      expect(told).toEqual(
        expect.arrayContaining('page_view click cta_click error search form_submit form_abandon own'.split(' ')),
      );
      for (const mark of [':email', ':card', ':iban', ':phone', ':token']) expect(bodies).toContain(mark);
      expect(bodies).toMatch(/"label":"Hello :/);
      expect(planted).toBeGreaterThan(STEPS[engine]);
    },
    TIMEOUT_MS,
  );

  test.each(['reads', 'keeps'])(
    'a capture that %s what it should not is found out',
    async (leak) => {
      const { found } = await visitSecrets(browser, 'strict', 50, [leak]);
      expect(found.length).toBeGreaterThan(0);
    },
    TIMEOUT_MS,
  );
});

test('an endpoint on the page’s own origin is not told the page’s address by a header', async () => {
  const visit = site.visit({ isIdle: true, captures: [['pageViews']], endpoint: `${site.url}/said/events` });
  const browser = await openBrowser('chromium');
  const tab = await browser.newTab();
  await tab.goto(`${visit.url('secrets')}?token=canary`);
  await tab.evaluate(() => (window as unknown as TrackedPage).tracker?.flush());
  await browser.close();
  const told = site.pageRequests.filter(({ path }) => path === '/said/events');
  expect(told.length).toBeGreaterThan(0);
  for (const { headers, body } of told) expect(JSON.stringify([headers, body])).not.toContain('canary');
});

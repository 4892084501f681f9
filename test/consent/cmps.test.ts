import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { cookiebot, oneTrust, tcf, usercentrics } from '../../src/consent/cmps.ts';
import { type Cmp, consentFrom } from '../../src/consent/consentFrom.ts';
import { type FakePage, openPage } from '../fakes/fakePage.ts';

const NAMES = ['OneTrust', 'OnetrustActiveGroups', 'OptanonWrapper', 'Cookiebot', 'UC_UI', '__ucCmp', '__tcfapi'];
// biome-ignore lint/suspicious/noExplicitAny: what other people's scripts put there
const site = window as any;

let page: FakePage;
beforeEach(() => {
  page = openPage();
});
afterEach(async () => {
  for (const name of NAMES) Reflect.deleteProperty(window, name);
  await page.close();
});

const tell = (type: string, detail?: unknown) => window.dispatchEvent(new CustomEvent(type, { detail }));

/** Asks as a tracker does: by its modes, and again whenever it is told to. */
function ask(cmp: Cmp, purposes = ['analytics', 'marketing', 'functional']) {
  const consent = consentFrom(cmp);
  const modes = () => purposes.map((purpose) => consent.mode(purpose)).join(' ');
  const told: string[] = [];
  const undo = consent.on('change', () => told.push(modes()));
  return { modes, told, undo };
}
const UNKNOWN = 'memory memory memory';

describe('oneTrust', () => {
  /** OneTrust's script arrives. */
  const load = (groups: string, isClosed = false, model?: string) => {
    const listeners: (() => void)[] = [];
    const banner = { isClosed, listeners };
    site.OnetrustActiveGroups = groups;
    site.OneTrust = {
      IsAlertBoxClosed: () => banner.isClosed,
      GetDomainData: () => ({ ConsentModel: { Name: model } }),
      OnConsentChanged: (listener: () => void) => listeners.push(listener),
    };
    tell('OneTrustGroupsUpdated', groups.split(','));
    return Object.assign(banner, {
      choose(next: string) {
        banner.isClosed = true;
        site.OnetrustActiveGroups = next;
        tell('OneTrustGroupsUpdated', next.split(','));
        for (const listener of listeners) listener();
      },
    });
  };

  test('that comes later: nothing is chosen until the visitor chooses', () => {
    const { modes, told } = ask(oneTrust());
    expect(modes()).toBe(UNKNOWN);
    const banner = load(',C0001,C0002,C0003,C0004,');
    expect(modes()).toBe(UNKNOWN);
    banner.choose(',C0001,C0002,');
    expect(modes()).toBe('granted none none');
    expect(told.at(-1)).toBe('granted none none');
  });

  test('that is there, with a choice of an earlier page', () => {
    load(',C0001,C0003,C0004,', true);
    expect(ask(oneTrust()).modes()).toBe('none granted granted');
  });

  test('withdrawal is told in its task', () => {
    const banner = load(',C0001,C0002,C0003,C0004,', true);
    const { told } = ask(oneTrust());
    banner.choose(',C0001,');
    expect(told.at(-1)).toBe('none none none');
  });

  test('a choice that the banner tells before it counts as closed is heard as well', () => {
    const { told } = ask(oneTrust());
    const banner = load(',C0001,');
    site.OnetrustActiveGroups = ',C0001,C0002,';
    tell('OneTrustGroupsUpdated', ['C0001', 'C0002']);
    expect(told.at(-1)).toBe(UNKNOWN);
    banner.isClosed = true;
    for (const listener of banner.listeners) listener();
    expect(told.at(-1)).toBe('granted none none');
    expect(banner.listeners).toHaveLength(1);
  });

  test('groups of one’s own', () => {
    load(',C0001,mine,', true);
    expect(ask(oneTrust({ groups: { analytics: 'mine', marketing: 'C0001x' } })).modes()).toBe('granted none memory');
  });

  test('under a rule of opt-out the groups hold without a choice', () => {
    load(',C0001,C0002,', false, 'opt-out');
    expect(ask(oneTrust()).modes()).toBe('granted none none');
  });

  test('the page’s OptanonWrapper stays its own', () => {
    const wrapper = () => {};
    site.OptanonWrapper = wrapper;
    ask(oneTrust());
    load(',C0001,').choose(',C0001,C0002,');
    expect(site.OptanonWrapper).toBe(wrapper);
  });

  test('told no more, it tells no more', () => {
    const { told, undo } = ask(oneTrust());
    const banner = load(',C0001,');
    undo();
    told.length = 0;
    banner.choose(',C0001,C0002,');
    expect(told).toEqual([]);
  });

  test.each<[string, unknown, unknown]>([
    ['no groups', { IsAlertBoxClosed: () => true }, undefined],
    ['groups that are none', { IsAlertBoxClosed: () => true }, {}],
    ['no method', {}, ',C0002,'],
    [
      'a method that throws',
      {
        IsAlertBoxClosed() {
          throw Error('theirs');
        },
      },
      ',C0002,',
    ],
    ['a method of rubbish', { IsAlertBoxClosed: () => true, OnConsentChanged: 7 }, 7],
  ])('%s: not chosen, and nothing is thrown', (_, banner, groups) => {
    site.OneTrust = banner;
    site.OnetrustActiveGroups = groups;
    const { modes } = ask(oneTrust());
    expect(() => tell('OneTrustGroupsUpdated')).not.toThrow();
    expect(modes()).toBe(UNKNOWN);
  });
});

describe('cookiebot', () => {
  const answer = (preferences: unknown, statistics: unknown, marketing: unknown) => ({
    hasResponse: true,
    consent: { necessary: true, preferences, statistics, marketing },
  });

  test.each(['CookiebotOnConsentReady', 'CookiebotOnAccept', 'CookiebotOnDecline'])(
    'that comes later tells by %s',
    (type) => {
      const { modes, told } = ask(cookiebot());
      site.Cookiebot = { ...answer(false, false, false), hasResponse: false };
      expect(modes()).toBe(UNKNOWN);
      site.Cookiebot = answer(true, true, false);
      tell(type);
      expect(told).toEqual(['granted none granted']);
    },
  );

  test('that is there, with a choice of an earlier page', () => {
    site.Cookiebot = answer(false, false, true);
    expect(ask(cookiebot()).modes()).toBe('none granted none');
  });

  test('told no more, it tells no more', () => {
    const { told, undo } = ask(cookiebot());
    undo();
    tell('CookiebotOnAccept');
    expect(told).toEqual([]);
  });

  test.each<[unknown, string]>([
    [{}, UNKNOWN],
    [7, UNKNOWN],
    [null, UNKNOWN],
    [{ hasResponse: true }, UNKNOWN],
    [answer('yes', 1, null), 'none none none'],
  ])('%j: nothing is granted', (rubbish, modes) => {
    site.Cookiebot = rubbish;
    expect(ask(cookiebot()).modes()).toBe(modes);
  });
});

describe('usercentrics', () => {
  const details = (functional: string, marketing: string, consent: object = { type: 'EXPLICIT', required: false }) => ({
    consent,
    services: {},
    categories: {
      essential: { state: 'ALL_ACCEPTED' },
      functional: { state: functional },
      marketing: { state: marketing },
    },
  });
  const service = (categorySlug: string, status: unknown) => ({ categorySlug, consent: { status } });

  describe('version 3', () => {
    test('that comes later: nothing is chosen until the visitor chooses', async () => {
      const { modes, told } = ask(usercentrics());
      let current: unknown = details('ALL_ACCEPTED', 'ALL_ACCEPTED', { type: 'IMPLICIT', required: true });
      site.__ucCmp = { getConsentDetails: () => Promise.resolve(current) };
      tell('UC_UI_INITIALIZED');
      await page.advance(1);
      expect(modes()).toBe(UNKNOWN);
      current = details('ALL_ACCEPTED', 'ALL_DENIED');
      tell('UC_CONSENT', current);
      expect(told.at(-1)).toBe('none none granted');
    });

    test('that is there, with a choice of an earlier page', async () => {
      site.__ucCmp = { getConsentDetails: () => Promise.resolve(details('SOME_ACCEPTED', 'ALL_ACCEPTED')) };
      const { modes, told } = ask(usercentrics());
      await page.advance(1);
      expect(modes()).toBe('granted granted none');
      expect(told.at(-1)).toBe('granted granted none');
    });

    test('where nobody has to be asked, what it says holds', async () => {
      const given = details('ALL_ACCEPTED', 'ALL_ACCEPTED', { type: 'IMPLICIT', required: false });
      site.__ucCmp = { getConsentDetails: () => Promise.resolve(given) };
      const { modes } = ask(usercentrics());
      await page.advance(1);
      expect(modes()).toBe('granted granted granted');
    });

    test('a withdrawal is not undone by an older answer that comes after it', async () => {
      let answer: (given: unknown) => void = () => {};
      site.__ucCmp = {
        getConsentDetails: () =>
          new Promise((resolve) => {
            answer = resolve;
          }),
      };
      const { modes, told } = ask(usercentrics());
      tell('UC_UI_CMP_EVENT', { type: 'DENY_ALL' });
      tell('UC_CONSENT', details('ALL_DENIED', 'ALL_DENIED'));
      answer(details('ALL_ACCEPTED', 'ALL_ACCEPTED'));
      await page.advance(1);
      expect(modes()).toBe('none none none');
      expect(told).not.toContain('granted granted granted');
    });

    test('its imitation of version 2 is not asked', () => {
      site.__ucCmp = { getConsentDetails: () => new Promise(() => {}) };
      site.UC_UI = {
        isInitialized: () => true,
        isConsentRequired: () => false,
        getServicesBaseInfo: () => [service('marketing', true)],
      };
      expect(ask(usercentrics()).modes()).toBe(UNKNOWN);
    });

    test.each<[string, unknown]>([
      ['a promise that is broken', { getConsentDetails: () => Promise.reject(Error('theirs')) }],
      [
        'a method that throws',
        {
          getConsentDetails: () => {
            throw Error('theirs');
          },
        },
      ],
      ['no promise', { getConsentDetails: () => details('ALL_ACCEPTED', 'ALL_ACCEPTED') }],
      ['rubbish', { getConsentDetails: () => Promise.resolve('yes') }],
      ['nothing', { getConsentDetails: () => Promise.resolve() }],
      ['no method', {}],
    ])('%s: not chosen, and nothing is thrown', async (_, cmp) => {
      site.__ucCmp = cmp;
      const { modes } = ask(usercentrics());
      expect(() => tell('UC_UI_INITIALIZED')).not.toThrow();
      expect(() => tell('UC_CONSENT', 'yes')).not.toThrow();
      await page.advance(1);
      expect(modes()).toBe(UNKNOWN);
    });
  });

  describe('version 2', () => {
    const load = (isRequired: boolean, ...services: object[]) => {
      site.UC_UI = {
        isInitialized: () => true,
        isConsentRequired: () => isRequired,
        getServicesBaseInfo: () => services,
      };
    };

    test('that comes later: nothing is chosen until the visitor chooses', () => {
      const { modes, told } = ask(usercentrics());
      load(true, service('marketing', true), service('functional', true));
      tell('UC_UI_INITIALIZED');
      expect(modes()).toBe(UNKNOWN);
      load(false, service('marketing', false), service('functional', true));
      tell('UC_UI_VIEW_CHANGED');
      expect(told.at(-1)).toBe('none none granted');
    });

    test('a category with one refused service is refused, and so is an empty one', () => {
      load(false, service('marketing', true), service('marketing', false));
      expect(ask(usercentrics()).modes()).toBe('none none none');
    });

    test('categories of one’s own', () => {
      load(false, service('statistics', true), service('marketing', false));
      expect(ask(usercentrics({ categories: { analytics: 'statistics' } })).modes()).toBe('granted memory memory');
    });

    test.each<[string, unknown]>([
      ['nothing yet', { isInitialized: () => false }],
      ['no methods', {}],
      ['rubbish', { isInitialized: () => true, isConsentRequired: () => false, getServicesBaseInfo: () => 7 }],
    ])('%s: not chosen, and nothing is thrown', (_, banner) => {
      site.UC_UI = banner;
      const { modes } = ask(usercentrics());
      expect(() => tell('UC_UI_INITIALIZED')).not.toThrow();
      expect(modes()).toBe(UNKNOWN);
    });
  });

  test('told no more, it tells no more', () => {
    const { told, undo } = ask(usercentrics());
    undo();
    told.length = 0;
    tell('UC_CONSENT', details('ALL_ACCEPTED', 'ALL_ACCEPTED'));
    expect(told).toEqual([]);
  });
});

describe('tcf', () => {
  type Callback = (data: unknown, isSuccess: boolean) => void;
  /** The framework's API arrives. It answers each listener at once, as the standard has it. */
  const load = (initial: object = { gdprApplies: true, eventStatus: 'cmpuishown' }) => {
    const listeners = new Map<number, Callback>();
    const api = {
      listeners,
      current: initial as unknown,
      say(data: unknown, isSuccess = true) {
        api.current = data;
        for (const [listenerId, listener] of listeners) {
          listener(typeof data === 'object' && data ? { listenerId, ...data } : data, isSuccess);
        }
      },
    };
    site.__tcfapi = (command: string, version: number, callback: Callback, id?: number) => {
      expect(version).toBe(2);
      if (command === 'removeEventListener') return callback(listeners.delete(id as number), true);
      expect(command).toBe('addEventListener');
      const listenerId = listeners.size + 1;
      listeners.set(listenerId, callback);
      callback({ listenerId, ...(api.current as object) }, true);
    };
    return api;
  };
  const consented = (ids: number[], more: object = {}) => ({
    gdprApplies: true,
    eventStatus: 'useractioncomplete',
    purpose: { consents: Object.fromEntries(ids.map((id) => [id, true])), legitimateInterests: { 8: true } },
    vendor: { consents: {}, legitimateInterests: {} },
    ...more,
  });
  const BOTH = ['analytics', 'marketing'];

  test('that is there: nothing is chosen until the visitor chooses', () => {
    const api = load();
    const { modes, told } = ask(tcf(), BOTH);
    expect(modes()).toBe('memory memory');
    api.say(consented([1, 8]));
    expect(told.at(-1)).toBe('granted none');
    api.say(consented([]));
    expect(told.at(-1)).toBe('none none');
  });

  test('a choice of an earlier page holds at once', () => {
    load(consented([1, 3, 4, 7], { eventStatus: 'tcloaded' }));
    expect(ask(tcf(), BOTH).modes()).toBe('none granted');
  });

  test('that comes later is found, within a minute', async () => {
    const { modes, told } = ask(tcf(), BOTH);
    await page.advance(3000);
    load(consented([1, 8], { eventStatus: 'tcloaded' }));
    await page.advance(4000);
    expect(modes()).toBe('granted none');
    expect(told).toEqual(['granted none']);
  });

  test('that never comes is not waited for without end', async () => {
    const { modes } = ask(tcf(), BOTH);
    await page.advance(120_000);
    const api = load(consented([1, 8]));
    await page.advance(600_000);
    expect(api.listeners.size).toBe(0);
    expect(modes()).toBe('memory memory');
  });

  test('while the banner is shown again, the former choice holds', () => {
    const api = load(consented([1, 8], { eventStatus: 'tcloaded' }));
    const { modes } = ask(tcf(), BOTH);
    api.say({ ...consented([]), eventStatus: 'cmpuishown' });
    expect(modes()).toBe('granted none');
  });

  test('where the GDPR does not apply, all is granted', () => {
    load({ gdprApplies: false });
    expect(ask(tcf(), BOTH).modes()).toBe('granted granted');
  });

  test('a vendor has to be consented to as well', () => {
    const api = load(consented([1, 8]));
    const { modes } = ask(tcf({ vendor: 755 }), BOTH);
    expect(modes()).toBe('none none');
    api.say(consented([1, 8], { vendor: { consents: { 755: true } } }));
    expect(modes()).toBe('granted none');
  });

  test('purposes of one’s own', () => {
    load(consented([1, 9]));
    expect(
      ask(tcf({ purposes: { analytics: [1, 9], extra: [10] } }), ['analytics', 'extra', 'marketing']).modes(),
    ).toBe('granted none memory');
  });

  test('told no more, it stops waiting', async () => {
    ask(tcf(), BOTH).undo();
    const api = load();
    await page.advance(60_000);
    expect(api.listeners.size).toBe(0);
  });

  test('told no more, it leaves no listener, and does not hear what cannot be left', () => {
    const api = load();
    const { told, undo } = ask(tcf(), BOTH);
    expect(api.listeners.size).toBe(1);
    const kept = api.listeners.get(1);
    undo();
    expect(api.listeners.size).toBe(0);
    kept?.(consented([1, 8]), true);
    expect(told).toEqual(['memory memory']);
  });

  test('rubbish grants nothing, and nothing is thrown', () => {
    const api = load();
    const { modes } = ask(tcf({ vendor: 1 }), BOTH);
    const rubbish = [
      null,
      7,
      'x',
      {},
      { eventStatus: 'tcloaded' },
      { gdprApplies: 0 },
      consented([1, 8], { vendor: null }),
    ];
    for (const data of rubbish) expect(() => api.say(data)).not.toThrow();
    expect(() => api.say(consented([1, 8], { vendor: { consents: { 1: true } } }), false)).not.toThrow();
    expect(modes()).toBe('memory memory');
    const consents = { 1: true, 3: 'yes', 4: 1, 7: {}, 8: 'true' };
    api.say({ ...consented([]), purpose: { consents }, vendor: { consents: { 1: true } } });
    expect(modes()).toBe('none none');
  });

  test.each<[string, unknown]>([
    [
      'an API that throws',
      () => {
        throw Error('theirs');
      },
    ],
    ['an API that is none', 'loading'],
  ])('%s: not chosen', async (_, api) => {
    site.__tcfapi = api;
    const { modes } = ask(tcf(), BOTH);
    await page.advance(60_000);
    expect(modes()).toBe('memory memory');
  });
});

test.each<[string, () => Cmp]>([
  ['oneTrust', oneTrust],
  ['cookiebot', cookiebot],
  ['usercentrics', usercentrics],
  ['tcf', tcf],
])('%s leaves no listener behind', (_, create) => {
  const added: string[] = [];
  const add = window.addEventListener;
  const remove = window.removeEventListener;
  window.addEventListener = ((type: string, ...rest: [EventListener]) => {
    added.push(type);
    add.call(window, type, ...rest);
  }) as typeof add;
  window.removeEventListener = ((type: string, ...rest: [EventListener]) => {
    added.splice(added.indexOf(type), 1);
    remove.call(window, type, ...rest);
  }) as typeof remove;
  ask(create()).undo();
  window.addEventListener = add;
  window.removeEventListener = remove;
  expect(added).toEqual([]);
});

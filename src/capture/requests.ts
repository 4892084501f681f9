import type { Page } from '../protocol/event.ts';
import type { Capture, Teardown } from './capture.ts';
import { checkOption } from './checkOption.ts';

export interface RequestsOptions {
  /** Which addresses are told of: by how they begin, or by a pattern. @default those of the page's origin */
  own?: (string | RegExp)[];
  /** Whether `fetch` and `XMLHttpRequest` are wrapped, to know methods and each failure. @default false */
  patch?: boolean;
}

const ORIGIN = ['/'];

/** Most requests told per page view: who asks every second is not to fill the queue. */
const LIMIT = 100;
/** What stands for one of many in a path: numbers, and what is long and has a digit in it. */
const ID = /\/(?:\d+|(?=[^/]*\d)[\w-]{16,})(?=[/.]|$)/g;

/** As newer than the compiler's own types. */
type Timing = PerformanceResourceTiming & { responseStatus?: number };

/**
 * Emits `request` for what the page asks of its own servers by `fetch` and `XMLHttpRequest`: the address as a pattern
 * without query, status, duration and whether it failed.
 *
 * Resource Timing tells of them, without the method, and in older browsers without the status. Bodies and headers are
 * never read.
 */
export function requests({ own = ORIGIN, patch: isPatching = false }: RequestsOptions = {}): Capture {
  return ({ emit, clock, guard, pages, scrubUrl, warn, endpoint }) => {
    const isRight = (given: unknown[]) => given.every((one) => one instanceof RegExp || toHref((one as string).trim()));
    const wanted = checkOption(warn, 'requests.own', own, ORIGIN, 'a list of addresses and patterns', isRight);
    let page: Page | undefined;
    let room: number;

    const tell = guard((address: string, ms: number, status?: number, hasFailed = status === 0, method?: string) => {
      const { href, origin, pathname } = new URL(address, document.baseURI);
      const isWanted = wanted.some((one) =>
        one instanceof RegExp ? href.search(one) >= 0 : href.startsWith(toHref(one)),
      );
      if (!isWanted || href.startsWith(endpoint)) return;
      if (page !== pages.current()) room = LIMIT;
      page = pages.current();
      if (--room < 0) return;
      emit('request', {
        method: method?.toUpperCase(),
        url: scrubUrl(origin + pathname.replace(ID, '/:id')),
        status: status || undefined,
        ms: Math.round(ms),
        failed: status === undefined ? undefined : hasFailed || status >= 400,
      });
    });

    if (isPatching) {
      const undo = [
        patch<Parameters<typeof fetch>, Promise<Response>>(
          window,
          'fetch',
          guard(([input, init]) => {
            const from = clock.elapsed();
            const { url = `${input}`, method = 'GET' } = input as Partial<Request>;
            const say = (status: number, hasFailed: boolean) =>
              tell(url, clock.elapsed() - from, status, hasFailed, init?.method ?? method);
            return (answer) =>
              answer.then(
                (response) => {
                  say(response.status, false);
                  return response;
                },
                (error) => {
                  // Otherwise the page itself has lost interest.
                  if (error?.name !== 'AbortError') say(0, true);
                  throw error;
                },
              );
          }),
        ),
        patch<[method: string, url: string | URL], void>(
          XMLHttpRequest.prototype,
          'open',
          guard(([method, url], self) => {
            const request = self as XMLHttpRequest;
            const from = clock.elapsed();
            for (const type of ['load', 'error', 'timeout'])
              request.addEventListener(
                type,
                () => tell(`${url}`, clock.elapsed() - from, request.status, undefined, method),
                { once: true },
              );
            return undefined;
          }),
        ),
      ];
      return () => {
        for (const one of undo) one();
      };
    }

    const observer = new PerformanceObserver(
      guard((list) => {
        for (const { initiatorType, name, duration, responseStatus } of list.getEntries() as Timing[]) {
          if (/^(fetch|xmlh)/.test(initiatorType)) tell(name, duration, responseStatus);
        }
      }),
    );
    observer.observe({ type: 'resource', buffered: true });
    return () => observer.disconnect();
  };
}

const toHref = (address: string) => new URL(address, location.href).href;

/**
 * Has `before` told of every call of a method, until undone; it may answer with what is to become of the result. What
 * others have wrapped around the method meanwhile stays.
 */
function patch<Args extends unknown[], Result>(
  target: object,
  name: string,
  before: (args: Args, self: unknown) => ((result: Result) => Result) | undefined,
): Teardown {
  const methods = target as Record<string, (...args: Args) => Result>;
  const original = methods[name] as (...args: Args) => Result;
  let isOn = true;
  const patched = function (this: unknown, ...args: Args) {
    const after = isOn && before(args, this);
    const result = original.apply(this, args);
    return after ? after(result) : result;
  };
  methods[name] = patched;
  return () => {
    isOn = false;
    if (methods[name] === patched) methods[name] = original;
  };
}

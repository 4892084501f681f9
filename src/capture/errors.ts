import type { Page } from '../protocol/event.ts';
import type { Capture } from './capture.ts';
import { checkOption } from './checkOption.ts';
import { type DescribedError, describeError, type Failure } from './describeError.ts';

export interface ErrorsOptions {
  /** Whether what the content security policy stopped is told. @default false */
  csp?: boolean;
  /** Whether images, scripts and the like that did not load are told. @default false */
  resources?: boolean;
  /** Most different errors told per page view. @default 10 */
  limit?: number;
}

/** `rejection`: of a promise that nobody handled. */
export type ErrorType = 'error' | 'rejection' | 'resource' | 'csp';

const LIMIT = 10;

/**
 * Emits `error` for uncaught errors and unhandled rejections: the first time at once, repetitions together, as one more
 * event with their `count`, when the page is left.
 *
 * Messages and addresses are scrubbed. What browser extensions do wrong is not told.
 */
export function errors({ csp, resources, limit = LIMIT }: ErrorsOptions = {}): Capture {
  return (context) => {
    const { emit, listen, pages, scrubUrl, warn, endpoint } = context;
    const most = checkOption(warn, 'errors.limit', limit, LIMIT, 'a number above 0', (given) => given > 0);
    let page: Page | undefined;
    /** Those of the page, with how often they happened since they were last told. */
    const seen = new Map<string, DescribedError & { type: ErrorType; count: number }>();

    const tellSeen = () => {
      for (const error of seen.values()) {
        if (error.count) emit('error', { ...error }, { page });
        error.count = 0;
      }
    };
    const see = (type: ErrorType, failure: Failure) => {
      const described = describeError(failure, context);
      if (!described) return;
      if (page !== pages.current()) {
        tellSeen();
        seen.clear();
        page = pages.current();
      }
      const key = type + described.message + JSON.stringify(described.stack[0]);
      const known = seen.get(key);
      if (known) known.count++;
      else if (seen.size < most) {
        seen.set(key, { type, ...described, count: 1 });
        tellSeen();
      }
    };

    listen<ErrorEvent>(
      window,
      'error',
      (event) => {
        const { target } = event;
        if (!(target instanceof Element)) return see('error', event);
        const address = target.getAttribute('src') || target.getAttribute('href');
        if (address) see('resource', { message: `${target.localName} ${scrubUrl(address)}` });
      },
      // Elements tell a window of what they could not load only on the way down.
      { capture: resources },
    );
    listen<PromiseRejectionEvent>(window, 'unhandledrejection', (event) => see('rejection', event));
    if (csp) {
      listen<SecurityPolicyViolationEvent>(
        document,
        'securitypolicyviolation',
        ({ effectiveDirective, blockedURI, sourceFile: filename, lineNumber: lineno, columnNumber: colno }) =>
          // What was stopped on its way to us cannot be told.
          blockedURI.startsWith(endpoint) ||
          see('csp', { message: `${effectiveDirective} ${blockedURI}`, filename, lineno, colno }),
      );
    }
    listen(document, 'visibilitychange', () => document.hidden && tellSeen());
    return tellSeen;
  };
}

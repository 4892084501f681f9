import type { CaptureContext } from './capture.ts';

const MAX_MESSAGE_LENGTH = 500;
/** Lines of a stack that are read; in Chromium the first ones repeat the message. */
const MAX_LINES = 12;
/** Longer lines hold no address worth reading, and hostile ones cost time. */
const MAX_LINE_LENGTH = 300;
/** `at name (address:1:2)` in Chromium, `name@address:1:2` elsewhere; names may be missing. */
const FRAME = /^(?:\s*at (?:async )?(?:(.*?) \()?|(.*?)@)([\w-]+:[^)]*?):(\d+):(\d+)\)?$/;
/** A layout that took two rounds, and extensions that fail on a page not theirs. */
const NOISE = /^ResizeObserver loop|-extension:/;

/** A place in the page's code. */
export interface StackFrame {
  url: string;
  function?: string;
  line: number;
  column: number;
}

/** The page's own words for what went wrong, scrubbed, and where, innermost first. */
export interface DescribedError {
  message: string;
  stack: StackFrame[];
}

/** An uncaught error, or a rejection that nobody handled. */
export type Failure = Partial<Pick<ErrorEvent, 'error' | 'message' | 'filename' | 'lineno' | 'colno'>> & {
  reason?: unknown;
};

/** Describes what went wrong. `undefined` when it is no fault of the page. */
export function describeError(
  { error, reason = error, message: said, filename = '', lineno: line = 0, colno: column = 0 }: Failure,
  { scrubUrl, scrubText }: Pick<CaptureContext, 'scrubUrl' | 'scrubText'>,
): DescribedError | undefined {
  const { name, message, stack } = Object(reason) as Partial<Error>;
  const frames: StackFrame[] = [];
  for (const text of `${stack}`.split('\n', MAX_LINES)) {
    const [, name, otherName = '', url, line, column] = FRAME.exec(text.slice(0, MAX_LINE_LENGTH)) ?? [];
    if (url)
      frames.push({
        url: scrubUrl(url),
        function: scrubText(name ?? otherName) || undefined,
        line: Number(line),
        column: Number(column),
      });
  }
  if (!frames[0] && filename) frames.push({ url: scrubUrl(filename), line, column });
  const text = message ? `${name ?? 'Error'}: ${message}` : (said ?? String(reason));
  return NOISE.test(`${said} ${frames[0]?.url}`)
    ? undefined
    : { message: scrubText(text.slice(0, 2 * MAX_MESSAGE_LENGTH)).slice(0, MAX_MESSAGE_LENGTH), stack: frames };
}

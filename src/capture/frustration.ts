import type { Page } from '../protocol/event.ts';
import type { Capture } from './capture.ts';
import { CONTROLS, describeElement, elementsOf, findIn, placeOf } from './describeElement.ts';

export interface FrustrationOptions {
  /** Whether quick clicks on one spot, three or more, are told. @default true */
  rage?: boolean;
  /** Whether clicks on buttons that nothing answers are told. @default true */
  dead?: boolean;
  /** Whether clicks that end in an uncaught error are told. @default true */
  error?: boolean;
}

/** Three clicks within it are anger; who leafs through pictures looks at each. */
const RAGE_MS = 800;
/** How far apart clicks on one spot are, in CSS pixels. */
const SPOT_PX = 30;
/** How long the page has to answer a click. Also what parts one burst of clicks from the next. */
const ANSWER_MS = 1000;
/** Requests show when they are over: so long one is waited for that began in time. */
const REQUEST_MS = 3000;

/** Where many clicks are as it should be, or where their answer cannot be seen. */
const PATIENT = `:is(input,select,textarea,label,canvas,video,audio,[contenteditable],[role$=box],[role=slider],[role^=spin]):not(${CONTROLS})`;
/** Links are answered by the browser, in its own time; what is chosen or switched off has nothing to say. */
const SILENT = 'a,area,summary,[aria-disabled=true],[aria-selected=true],[aria-current]';
/** Among few others, buttons beside such a field step up and down. */
const STEPPED = '[type=number],[inputmode=numeric],[role=spinbutton]';
const FEW = 5;
/** How a page answers, but for changes of its own, navigations and requests. */
const ANSWERS =
  'scroll focusin blur submit invalid input change toggle play pause volumechange fullscreenchange beforeprint copy';

// Types of nodes: https://dom.spec.whatwg.org/#dom-node-nodetype
const DOCUMENT = 9;
const FRAGMENT = 11;

/** Clicks that a request may still turn out to have answered: one that began between these times. */
interface Suspect {
  from: number;
  until: number;
  isAnswered?: boolean;
  accuse(): void;
}

/**
 * Emits `rage_click` for quick clicks on one spot, `dead_click` for a click on a button that nothing on the page answers,
 * and `error_click` for a click that an uncaught error follows: one of each per burst of clicks.
 *
 * Reads of an element what `clicks()` reads. Clicks that select text, set fields or steer a player are no frustration.
 */
export function frustration({ rage = true, dead = true, error = true }: FrustrationOptions = {}): Capture {
  return ({ emit, clock, listen, guard, pages, scrubText, endpoint }) => {
    // A burst: clicks on one spot, each soon after the one before. These are the elements of its first click.
    let path: Element[] | undefined;
    let place: ReturnType<typeof placeOf>;
    let moment: { at: number; page: Page };
    let times: number[];
    let href: string;
    let isRage: boolean | undefined;
    let isAnswered: boolean | undefined;
    let hasFailed: boolean | undefined;
    let isReading: boolean | undefined;
    /** Whether the page has changed since the pointer went down: some menus do not wait for the click. */
    let hasChanged: boolean | undefined;
    let cancel = () => {};
    const suspects = new Set<Suspect>();

    const answer = () => {
      isAnswered = true;
    };
    const changes = new MutationObserver(
      guard(() => {
        changes.disconnect();
        hasChanged = isAnswered = true;
      }),
    );
    const watch = (event: Event) => {
      for (const node of event.composedPath() as Node[]) {
        // The document and, since nobody outside is told of what changes in them, the shadow roots around the click.
        if (node.nodeType === DOCUMENT || node.nodeType === FRAGMENT)
          changes.observe(node, { subtree: true, childList: true, attributes: true, characterData: true });
      }
    };

    /** What there is to say of the burst, if no element of it is among the exceptions. */
    const describe = (except?: string) => {
      if (!path) return;
      const control = findIn(path, CONTROLS);
      const around = control?.parentElement;
      const isStepper = around && around.childElementCount < FEW && around.querySelector(STEPPED);
      if (except && (findIn(path, except) || isStepper)) return;
      const element = control ?? findIn(path, '[data-track]') ?? (path[0] as Element);
      return { ...describeElement(element, !!findIn(path, 'a[href],area[href]'), scrubText), ...place };
    };
    const end = () => {
      // Who clicks twice or three times on a text wants it selected.
      const described = isRage && (!isReading || findIn(path as Element[], CONTROLS)) && describe(PATIENT);
      if (described) emit('rage_click', { count: times.length, ...described }, moment);
      cancel();
      changes.disconnect();
      path = isRage = isAnswered = hasFailed = isReading = undefined;
    };
    /** Nothing more was clicked. */
    const onSilence = guard(() => {
      const isDead = dead && !isAnswered && href === location.href && findIn(path as Element[], CONTROLS);
      const described = isDead && describe(`${PATIENT},${SILENT}`);
      const then = moment;
      const from = times[0] as number;
      const until = (times[times.length - 1] as number) + ANSWER_MS;
      end();
      if (!described) return;
      const accuse = guard(() => {
        stopWaiting();
        suspects.delete(suspect);
        if (!suspect.isAnswered) emit('dead_click', { wait_ms: Math.round(until - from), ...described }, then);
      });
      const suspect: Suspect = { from, until, accuse };
      const stopWaiting = clock.after(REQUEST_MS, accuse);
      suspects.add(suspect);
    });

    const onDown = (event: Event) => {
      hasChanged = undefined;
      watch(event);
    };
    const onClick = (event: MouseEvent) => {
      // A script that clicks, such as on a hidden field for files, answers.
      if (!event.isTrusted) return answer();
      const here = placeOf(event);
      const elements = elementsOf(event);
      if (
        !path ||
        (here && place
          ? Math.hypot(here.x - place.x, here.y - place.y) > SPOT_PX
          : here !== place || elements[0] !== path[0])
      ) {
        end();
        path = elements;
        place = here;
        moment = { at: clock.now(), page: pages.current() };
        times = [];
        href = location.href;
        isAnswered = hasChanged;
      }
      if (dead && !isAnswered) watch(event);
      hasChanged = undefined;
      const now = event.timeStamp;
      const third = times[times.push(now) - 3] ?? -RAGE_MS;
      // A key that is held down clicks on and on, but at no place.
      if (rage && here && now - third < RAGE_MS) isRage = true;
      cancel();
      cancel = clock.after(ANSWER_MS, onSilence);
    };
    const onError = ({ message }: Partial<ErrorEvent>) => {
      // Browsers say so of a layout that took two rounds.
      const described = !hasFailed && !/^ResizeObserver/.test(`${message}`) && describe();
      if (!described) return;
      hasFailed = true;
      emit('error_click', described, moment);
    };
    const leave = () => {
      end();
      for (const { accuse } of suspects) accuse();
    };

    listen(window, 'click', onClick, { capture: true });
    listen(document, 'visibilitychange', () => document.hidden && leave());
    listen(document, 'selectionchange', () => {
      if (getSelection()?.type === 'Range') isReading = isAnswered = true;
    });
    if (error) {
      listen(window, 'error', onError);
      listen(window, 'unhandledrejection', onError);
    }
    if (!dead) return leave;

    listen(window, 'pointerdown', onDown, { capture: true });
    for (const type of ANSWERS.split(' ')) listen(window, type, answer, { capture: true });
    const { navigation } = window as { navigation?: EventTarget };
    if (navigation) listen(navigation, 'navigate', answer);
    const requests = new PerformanceObserver(
      guard((list) => {
        for (const { name, startTime, initiatorType } of list.getEntries() as PerformanceResourceTiming[]) {
          // What trackers send is no answer.
          if (initiatorType === 'beacon' || name.startsWith(endpoint)) continue;
          if (path && startTime > (times[0] as number)) answer();
          for (const suspect of suspects)
            if (startTime > suspect.from && startTime < suspect.until) suspect.isAnswered = true;
        }
      }),
    );
    requests.observe({ type: 'resource' });
    return () => {
      leave();
      requests.disconnect();
    };
  };
}

/** What the script under test has set up, and what of it is still there. */
export interface Left {
  /** The object and the type of each listener. */
  listeners: string[];
  timers: number;
  /** The class of each observer. */
  observers: string[];
  /** Names of the page's functions that are not the browser's own any more. */
  patched: string[];
}

/** What a page has on `window` after `countLeft`. */
export interface CountedPage {
  left(): Left;
}

/** Runs in the page, before the script under test. Drivers and pages set up things of their own: those do not count. */
export const countLeft = () => {
  const isOurs = () => `${new Error().stack}`.includes('/tracker.js');
  const listeners: [target: unknown, type: unknown, listener: unknown][] = [];
  const { addEventListener, removeEventListener } = EventTarget.prototype;
  const find = (given: unknown[]) =>
    listeners.findIndex((known) => known.every((part, index) => part === given[index]));
  EventTarget.prototype.addEventListener = function (...args: unknown[]) {
    const target = this ?? window;
    const given = [target, args[0], args[1]] as [unknown, unknown, unknown];
    const isOnce = Object(args[2]).once;
    if (isOurs() && !isOnce && find(given) < 0) listeners.push(given);
    return Reflect.apply(addEventListener, target, args);
  };
  EventTarget.prototype.removeEventListener = function (...args: unknown[]) {
    const index = find([this ?? window, args[0], args[1]]);
    if (index >= 0) listeners.splice(index, 1);
    return Reflect.apply(removeEventListener, this ?? window, args);
  };

  const timers = new Set<unknown>();
  const page = window as unknown as Record<string, (...args: unknown[]) => unknown>;
  for (const [set, clear, isRepeated] of [
    ['setTimeout', 'clearTimeout', false],
    ['setInterval', 'clearInterval', true],
    ['requestAnimationFrame', 'cancelAnimationFrame', false],
    ['requestIdleCallback', 'cancelIdleCallback', false],
  ] as const) {
    const original = page[set];
    const clearOriginal = page[clear];
    if (!original || !clearOriginal) continue;
    page[set] = (task, ...rest) => {
      const run = (...args: unknown[]) => {
        if (!isRepeated) timers.delete(timer);
        return (task as (...args: unknown[]) => unknown)(...args);
      };
      const timer = original.call(window, run, ...rest);
      if (isOurs()) timers.add(timer);
      return timer;
    };
    page[clear] = (timer) => {
      timers.delete(timer);
      return clearOriginal.call(window, timer);
    };
  }

  const observers = new Map<unknown, string>();
  for (const name of ['MutationObserver', 'IntersectionObserver', 'ResizeObserver', 'PerformanceObserver']) {
    const { prototype } = (window as unknown as Record<string, { prototype: MutationObserver }>)[name] ?? {};
    if (!prototype) continue;
    const { observe, disconnect } = prototype;
    Object.assign(prototype, {
      observe(...args: unknown[]) {
        if (isOurs()) observers.set(this, name);
        return Reflect.apply(observe, this, args);
      },
      disconnect() {
        observers.delete(this);
        return Reflect.apply(disconnect, this, []);
      },
    });
  }

  const globals = (): Record<string, unknown> => ({
    pushState: history.pushState,
    replaceState: history.replaceState,
    fetch: window.fetch,
    'XMLHttpRequest.open': XMLHttpRequest.prototype.open,
    'XMLHttpRequest.send': XMLHttpRequest.prototype.send,
    sendBeacon: navigator.sendBeacon,
    attachShadow: Element.prototype.attachShadow,
    onerror: window.onerror,
    onunhandledrejection: window.onunhandledrejection,
    registry: (window as unknown as Record<symbol, unknown>)[Symbol.for('beaconry')],
  });
  const originals = globals();
  Object.assign(window, {
    left: (): Left => ({
      listeners: listeners.map(([target, type]) => `${Object.prototype.toString.call(target)} ${type}`).sort(),
      timers: timers.size,
      observers: [...observers.values()].sort(),
      patched: Object.entries(globals())
        .filter(([name, value]) => value !== originals[name])
        .map(([name]) => name),
    }),
  });
};

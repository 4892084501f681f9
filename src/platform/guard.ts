/** Wraps a callback so that what it throws goes to `onError`, never to whoever called it. */
export type Guard = <Args extends unknown[], Result>(
  callback: (...args: Args) => Result,
) => (...args: Args) => Result | undefined;

/** `onError` must not throw. */
export function createGuard(onError: (error: unknown) => void): Guard {
  return (callback) =>
    (...args) => {
      try {
        return callback(...args);
      } catch (error) {
        onError(error);
        return undefined;
      }
    };
}

/**
 * Asks `probe` until it answers with something truthy, and returns that.
 * An error counts as "not yet"; the last one is the cause of the error that ends the wait.
 */
export async function waitUntil<Result>(
  probe: () => Result | Promise<Result>,
  what = 'the condition',
  { timeoutMs = 20_000, intervalMs = 25 } = {},
): Promise<NonNullable<Result>> {
  const end = Date.now() + timeoutMs;
  let cause: unknown;
  do {
    try {
      const answer = await probe();
      if (answer) return answer;
      cause = undefined;
    } catch (error) {
      cause = error;
    }
    await new Promise((resolve) => setTimeout(resolve, intervalMs));
  } while (Date.now() < end);
  throw new Error(`waited ${timeoutMs} ms in vain for ${what}`, { cause });
}

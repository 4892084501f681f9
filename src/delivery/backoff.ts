const FIRST_MS = 1000;
export const LONGEST_MS = 5 * 60_000;

/** How long to wait after so many failures in a row: doubling from 1 s to 5 min, anywhere below that (full jitter). */
export const backoffMs = (failures: number, random = Math.random): number =>
  random() * Math.min(LONGEST_MS, FIRST_MS * 2 ** (failures - 1));

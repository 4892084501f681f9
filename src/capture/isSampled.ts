/** Whether a session is among so large a share of all: the same answer on each of its pages. */
export const isSampled = (session: string, share: number): boolean =>
  Number.parseInt(session.slice(-8), 16) < share * 2 ** 32;

/** Whether it can be one. */
export const isShare = (share: unknown): boolean => typeof share === 'number' && share >= 0 && share <= 1;

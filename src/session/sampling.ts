import type { Enricher } from './enricher.ts';

export interface SamplingOptions {
  /** Share of sessions that are kept, above 0 and at most 1. */
  rate: number;
}

/**
 * Keeps some sessions whole and leaves the others out, counted as `filtered`; the same in every tab, for the session's
 * id decides. Events carry `sample_rate`, for reports to scale by.
 */
export function sampling({ rate }: SamplingOptions): Enricher {
  return ({ warn }) => {
    const isRate = rate > 0 && rate <= 1;
    if (!isRate) warn(`option "rate" of sampling() should be above 0 and at most 1: ${rate}; all sessions are kept`);
    return (event) => {
      if (!isRate) return event;
      // The end of the id is random.
      if (Number.parseInt(event.session.slice(-8), 16) / 2 ** 32 >= rate) return null;
      return { ...event, data: { ...event.data, sample_rate: rate } };
    };
  };
}

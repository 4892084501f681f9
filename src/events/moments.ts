import { type CommerceData, checkMoney } from './commerce.ts';
import { sendTo, type TrackerLike } from './sendTo.ts';

/** `conversion`: the visitor did what the site is for. `type` is yours: `registration`, `newsletter_signup`. */
export function conversion(tracker: TrackerLike, type: string, value?: number, data?: CommerceData): void {
  sendTo(tracker, 'conversion', checkMoney('conversion', { ...data, type, value }));
}

/** `interaction`: the visitor did something (`view`, `like`, `share`, `bookmark`) with a thing of yours. */
export function interaction(tracker: TrackerLike, id: string, type: string, data?: Record<string, unknown>): void {
  sendTo(tracker, 'interaction', { ...data, id, type });
}

export interface PerformanceData {
  /** Address or name of what was asked. */
  endpoint: string;
  /** Milliseconds. */
  responseTime: number;
  statusCode?: number;
  errorMessage?: string;
}

/** `request`: how a request of your own went, as `requests()` reports those it observes. */
export function performance(
  tracker: TrackerLike,
  { endpoint, responseTime, statusCode, errorMessage }: PerformanceData,
): void {
  sendTo(tracker, 'request', {
    url: endpoint,
    ms: responseTime,
    status: statusCode,
    failed: !!errorMessage || Number(statusCode) >= 400 || undefined,
    error: errorMessage,
  });
}

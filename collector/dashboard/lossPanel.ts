import type { LossReport } from './api.ts';
import { byId } from './element.ts';
import { formatCount, formatNumber, formatShare } from './format.ts';
import { type Meter, showMeters } from './meters.ts';

export interface LossPanel {
  show(report: LossReport): void;
}

/** More than this is worth a look. */
const WORRYING_RATE = 0.01;

/** How much of what pages took in is missing here, and where the rest went. */
export function createLossPanel(): LossPanel {
  const some = byId('loss-some', HTMLElement);
  const none = byId('loss-none', HTMLElement);
  const rate = byId('loss-rate', HTMLElement);
  const sentence = byId('loss-sentence', HTMLElement);
  const list = byId('loss-list', HTMLElement);
  const erased = byId('loss-erasures', HTMLElement);

  return {
    show({ accepted, stored, dropped, lost, lossRate, erasures }) {
      some.hidden = accepted === 0;
      none.hidden = accepted > 0;
      erased.hidden = erasures === 0;
      erased.textContent = `${formatCount(erasures, 'erasure')} in this time.`;
      rate.textContent = formatShare(lossRate);
      rate.dataset.tone = lossRate > WORRYING_RATE ? 'bad' : 'good';
      sentence.textContent =
        lost === 0
          ? `All of ${formatCount(accepted, 'event')} accounted for`
          : `${formatNumber(lost)} of ${formatCount(accepted, 'event')} missing`;
      const meter = (label: string, count: number, tone: string): Meter => ({
        label,
        share: Math.min(1, count / Math.max(1, accepted)),
        value: formatNumber(count),
        tone,
      });
      showMeters(list, [
        meter('stored', stored, 'good'),
        ...Object.entries(dropped)
          .sort(([, a], [, b]) => b - a)
          .map(([reason, count]) => meter(reason.replaceAll('_', ' '), count, 'quiet')),
        meter('missing', lost, lost > 0 ? 'bad' : 'quiet'),
      ]);
    },
  };
}

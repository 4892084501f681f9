import type { ConsentReport } from './api.ts';
import { createColumns } from './columns.ts';
import { byId } from './element.ts';
import { formatCount, formatNumber, formatShare } from './format.ts';
import { showMeters } from './meters.ts';

export interface ConsentPanel {
  /** `isKnown`: there are records of the site, of whatever time. `words` name the time. */
  show(report: ConsentReport, context: { site: string; isKnown: boolean; words: string }): void;
}

const OUTCOMES = ['granted', 'partial', 'denied'] as const;
const WORDS = { granted: 'granted', partial: 'in part', denied: 'refused' } as const;

/** Who granted, who refused, and where they said so; or how to have it told. */
export function createConsentPanel(): ConsentPanel {
  const some = byId('consent-some', HTMLElement);
  const none = byId('consent-none', HTMLElement);
  const quiet = byId('consent-quiet', HTMLElement);
  const snippet = byId('consent-snippet', HTMLElement);
  const count = byId('consent-count', HTMLElement);
  const shares = byId('consent-shares', HTMLElement);
  const bar = byId('consent-bar', HTMLElement);
  const purposes = byId('consent-purposes', HTMLElement);
  const sources = byId('consent-sources', HTMLElement);
  const columns = createColumns(
    byId('consent-columns', HTMLElement),
    byId('consent-readout', HTMLElement),
    OUTCOMES.map((name) => ({ name, words: (value) => `${formatNumber(value)} ${WORDS[name]}` })),
  );

  return {
    show(report, { site, isKnown, words }) {
      const { visitors } = report;
      some.hidden = visitors === 0;
      none.hidden = isKnown;
      quiet.hidden = !isKnown || visitors > 0;
      quiet.textContent = `Nobody chose in the last ${words}.`;
      snippet.textContent = `createConsent({\n  recordUrl: '${recordUrl(site)}',\n});`;
      count.textContent = visitors > 0 ? `${formatCount(visitors, 'visitor')} chose` : '';
      if (visitors === 0) return;

      for (const name of OUTCOMES) {
        const number = shares.querySelector(`[data-outcome=${name}]`);
        if (number) number.textContent = formatShare(report[name] / visitors);
        bar.style.setProperty(`--${name}-share`, String(report[name] / visitors));
        const part = bar.querySelector<HTMLElement>(`.layer-${name}`);
        if (part) part.hidden = report[name] === 0;
      }
      columns.show(
        report.points.map((point) => ({ at: point.at, values: OUTCOMES.map((name) => point[name]) })),
        report.interval,
      );
      showMeters(
        purposes,
        report.purposes.map(({ purpose, granted, denied, grantRate }) => ({
          label: purpose,
          share: grantRate,
          value: formatShare(grantRate),
          title: `${purpose}: ${formatNumber(granted)} granted, ${formatNumber(denied)} refused`,
        })),
      );
      sources.textContent = report.sources
        .map(({ source, visitors: number }) => `${source} ${formatNumber(number)}`)
        .join(' · ');
    },
  };
}

const recordUrl = (site: string) => `${location.origin}/v1/consent?site=${encodeURIComponent(site)}`;

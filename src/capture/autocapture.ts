import type { Capture, CaptureContext } from './capture.ts';
import { type ClicksOptions, clicks } from './clicks.ts';
import { type EngagementOptions, engagement } from './engagement.ts';
import { type FormsOptions, forms } from './forms.ts';
import { type PageViewsOptions, pageViews } from './pageViews.ts';
import { type ScrollDepthOptions, scrollDepth } from './scrollDepth.ts';
import { visibility } from './visibility.ts';

/** Options of each capture; `false` leaves it out. */
export interface AutocaptureOptions {
  pageViews?: PageViewsOptions | false;
  clicks?: ClicksOptions | false;
  scrollDepth?: ScrollDepthOptions | false;
  forms?: FormsOptions | false;
  visibility?: false;
  engagement?: EngagementOptions | false;
}

/**
 * Makes the captures that most sites want: page views, clicks, scroll depth, forms, visibility and engagement.
 *
 * @example
 * createTracker({ endpoint: '/e', consent: 'granted', capture: autocapture({ forms: false }) });
 */
export function autocapture(options: AutocaptureOptions = {}): Capture[] {
  const makers: Record<string, (options?: object) => Capture> = {
    pageViews,
    clicks,
    scrollDepth,
    forms,
    visibility,
    engagement,
  };
  return Object.entries({ ...makers, ...options }).flatMap(([name, given]) => {
    const make = makers[name];
    if (!make) {
      return ({ warn }: CaptureContext) => {
        warn(`option "autocapture.${name}" does not exist`);
        return () => {};
      };
    }
    // Where the options do not speak of it, the maker itself stands in their place.
    return given === false ? [] : make(given && given !== make ? given : {});
  });
}

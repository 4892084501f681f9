import {
  type Capture,
  clicks,
  copy,
  cta,
  engagement,
  errors,
  forms,
  frustration,
  heatmap,
  media,
  notFound,
  pageViews,
  requests,
  scrollDepth,
  search,
  sections,
  visibility,
  webVitals,
} from 'beaconry';

const ALL: Record<string, () => Capture> = {
  pageViews,
  clicks,
  scrollDepth,
  forms,
  visibility,
  engagement,
  cta,
  sections,
  search,
  media,
  copy,
  frustration,
  errors,
  requests,
  notFound,
  heatmap,
  webVitals,
};

/** What the server wants captured: the same words as in the script tag's `data-capture`, for both halves of the shop. */
export const captures = (names = ''): Capture[] => names.split(' ').flatMap((name) => ALL[name]?.() ?? []);

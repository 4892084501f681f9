// The captures that the script tag's file fetches when `data-capture` names them.
export { copy } from './capture/copy.ts';
export { cta } from './capture/cta.ts';
export { errors } from './capture/errors.ts';
export { frustration } from './capture/frustration.ts';
export { heatmap } from './capture/heatmap.ts';
export { media } from './capture/media.ts';
export { notFound } from './capture/notFound.ts';
export { requests } from './capture/requests.ts';
export { search } from './capture/search.ts';
export { sections } from './capture/sections.ts';
export { sessionStart } from './capture/sessionStart.ts';
export { vitalsWithAttribution } from './capture/vitalsWithAttribution.ts';
export { webVitals } from './capture/webVitals.ts';

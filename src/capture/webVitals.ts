import { type MetricType, onCLS, onFCP, onINP, onLCP, onTTFB } from 'web-vitals';
import type { Capture } from './capture.ts';
import { reportVitals } from './reportVitals.ts';

/**
 * Emits `web_vital` for LCP, INP, CLS, FCP and TTFB where the browser measures them: once each per page, when final.
 * Views of single-page apps count as pages where the browser tells of them.
 */
export const webVitals = (): Capture => reportVitals<MetricType>([onTTFB, onFCP, onLCP, onCLS, onINP]);

export type { ConsentStatus } from './consent/consent.ts';
export type { ConsentRecord, ConsentSource, Purpose } from './protocol/consent.ts';
export { injectScript } from './server/injectScript.ts';
export { type ParseConsentOptions, parseConsent, type RequestConsent } from './server/parseConsent.ts';
export { type SerializeConsentOptions, serializeConsent } from './server/serializeConsent.ts';
export { type SnippetOptions, snippet } from './server/snippet.ts';

// The script of test/pages/strict.html: everything a site may use of ours, at once.
import {
  autocapture,
  createConsent,
  createTracker,
  durableOutbox,
  gateTags,
  googleConsentMode,
} from '../../src/index.ts';
import { defineMyData } from '../../src/myData/myData.ts';

const consent = createConsent({
  purposes: ['analytics', 'marketing'],
  banner: 'auto',
  privacyPolicyUrl: '/privacy',
  recordUrl: '/record',
  integrations: [googleConsentMode(), gateTags()],
});
const tracker = createTracker({
  endpoint: '/e',
  site: 'strict',
  consent,
  capture: autocapture(),
  outbox: durableOutbox(),
});
Object.assign(window, { beaconry: { ...tracker, consent } });
defineMyData({ consent });

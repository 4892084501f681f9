import type { ConsentTexts } from '../consent/consent.ts';

/**
 * What the banner and the preferences say in English; each language in `locales/` says the same. Neutral and short:
 * words that push are unlawful pressure. In `text`, `{purposes}` becomes the list of the purposes' titles, which is why
 * it stands behind a colon.
 */
export const english: ConsentTexts = {
  title: 'Your privacy choices',
  text: 'With your consent, we use cookies and similar technologies for: {purposes}. You can change your choice at any time.',
  policy: 'Privacy policy',
  accept: 'Accept all',
  reject: 'Reject all',
  manage: 'Manage choices',
  preferences: 'Privacy preferences',
  save: 'Save choices',
  close: 'Close',
  always: 'Always on',
  signal: 'Your browser’s opt-out signal is honoured.',
  saved: 'Your choices have been saved.',
  blocked: 'This content is shown once you accept: {purpose}.',
  once: 'Show this once',
  necessary: 'Necessary',
  necessaryText: 'Needed for the site to work.',
  functional: 'Functional',
  functionalText: 'Remembers your settings and enables additional features, such as videos and maps.',
  analytics: 'Analytics',
  analyticsText: 'Shows us how the site is used, so that we can improve it.',
  marketing: 'Marketing',
  marketingText: 'Allows us and our partners to show you advertising and to measure its effect.',
};

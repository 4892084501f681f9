// Not yet reviewed by a native speaker.
import type { ConsentTexts } from '../../consent/consent.ts';

export default {
  title: 'Ihre Auswahl zum Datenschutz',
  text: 'Mit Ihrer Einwilligung verwenden wir Cookies und ähnliche Technologien für: {purposes}. Sie können Ihre Auswahl jederzeit ändern.',
  policy: 'Datenschutzerklärung',
  accept: 'Alle akzeptieren',
  reject: 'Alle ablehnen',
  manage: 'Auswahl anpassen',
  preferences: 'Datenschutzeinstellungen',
  save: 'Auswahl speichern',
  close: 'Schließen',
  always: 'Immer aktiv',
  signal: 'Das Widerspruchssignal Ihres Browsers wird beachtet.',
  saved: 'Ihre Auswahl wurde gespeichert.',
  blocked: 'Dieser Inhalt wird angezeigt, sobald Sie Folgendes akzeptieren: {purpose}.',
  once: 'Einmal anzeigen',
  necessary: 'Notwendig',
  necessaryText: 'Erforderlich, damit die Website funktioniert.',
  functional: 'Funktionen',
  functionalText: 'Merkt sich Ihre Einstellungen und ermöglicht zusätzliche Funktionen wie Videos und Karten.',
  analytics: 'Analyse',
  analyticsText: 'Zeigt uns, wie die Website genutzt wird, damit wir sie verbessern können.',
  marketing: 'Marketing',
  marketingText: 'Erlaubt uns und unseren Partnern, Ihnen Werbung zu zeigen und deren Wirkung zu messen.',
} satisfies ConsentTexts;

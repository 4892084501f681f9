// Not yet reviewed by a native speaker.
import type { ConsentTexts } from '../../consent/consent.ts';

export default {
  title: 'Teie privaatsusvalikud',
  text: 'Teie nõusolekul kasutame küpsiseid ja sarnaseid tehnoloogiaid järgmistel eesmärkidel: {purposes}. Saate oma valikut igal ajal muuta.',
  policy: 'Privaatsuspoliitika',
  accept: 'Nõustun kõigega',
  reject: 'Keeldun kõigest',
  manage: 'Halda valikuid',
  preferences: 'Privaatsuseelistused',
  save: 'Salvesta valikud',
  close: 'Sulge',
  always: 'Alati sees',
  signal: 'Teie brauseri loobumissignaali arvestatakse.',
  saved: 'Teie valikud on salvestatud.',
  blocked: 'Seda sisu näidatakse, kui nõustute järgmisega: {purpose}.',
  once: 'Näita üks kord',
  necessary: 'Vajalik',
  necessaryText: 'Vajalik saidi toimimiseks.',
  functional: 'Funktsioonid',
  functionalText: 'Jätab meelde teie seaded ja võimaldab lisafunktsioone, näiteks videoid ja kaarte.',
  analytics: 'Analüütika',
  analyticsText: 'Näitab meile, kuidas saiti kasutatakse, et saaksime seda parandada.',
  marketing: 'Turundus',
  marketingText: 'Võimaldab meil ja meie partneritel näidata teile reklaami ja mõõta selle mõju.',
} satisfies ConsentTexts;

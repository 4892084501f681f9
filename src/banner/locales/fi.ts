// Not yet reviewed by a native speaker.
import type { ConsentTexts } from '../../consent/consent.ts';

export default {
  title: 'Tietosuojavalintasi',
  text: 'Käytämme suostumuksellasi evästeitä ja vastaavia tekniikoita seuraaviin tarkoituksiin: {purposes}. Voit muuttaa valintaasi milloin tahansa.',
  policy: 'Tietosuojaseloste',
  accept: 'Hyväksy kaikki',
  reject: 'Hylkää kaikki',
  manage: 'Hallitse valintoja',
  preferences: 'Tietosuoja-asetukset',
  save: 'Tallenna valinnat',
  close: 'Sulje',
  always: 'Aina käytössä',
  signal: 'Selaimesi kieltosignaalia noudatetaan.',
  saved: 'Valintasi on tallennettu.',
  blocked: 'Tämä sisältö näytetään, kun hyväksyt: {purpose}.',
  once: 'Näytä kerran',
  necessary: 'Välttämätön',
  necessaryText: 'Tarvitaan sivuston toimintaan.',
  functional: 'Toiminnallisuus',
  functionalText: 'Muistaa asetuksesi ja mahdollistaa lisätoiminnot, kuten videot ja kartat.',
  analytics: 'Analytiikka',
  analyticsText: 'Näyttää meille, miten sivustoa käytetään, jotta voimme parantaa sitä.',
  marketing: 'Markkinointi',
  marketingText:
    'Antaa meille ja kumppaneillemme mahdollisuuden näyttää sinulle mainoksia ja mitata niiden vaikutusta.',
} satisfies ConsentTexts;

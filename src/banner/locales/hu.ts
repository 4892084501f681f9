// Not yet reviewed by a native speaker.
import type { ConsentTexts } from '../../consent/consent.ts';

export default {
  title: 'Adatvédelmi választások',
  text: 'Hozzájárulásával sütiket és hasonló technológiákat használunk a következő célokra: {purposes}. Választását bármikor módosíthatja.',
  policy: 'Adatvédelmi tájékoztató',
  accept: 'Összes elfogadása',
  reject: 'Összes elutasítása',
  manage: 'Választások kezelése',
  preferences: 'Adatvédelmi beállítások',
  save: 'Választások mentése',
  close: 'Bezárás',
  always: 'Mindig bekapcsolva',
  signal: 'Böngészője elutasító jelzését figyelembe vesszük.',
  saved: 'Választásait elmentettük.',
  blocked: 'Ez a tartalom megjelenik, ha elfogadja: {purpose}.',
  once: 'Megjelenítés egyszer',
  necessary: 'Szükséges',
  necessaryText: 'A webhely működéséhez szükséges.',
  functional: 'Funkciók',
  functionalText: 'Megjegyzi beállításait, és további funkciókat nyújt, például videókat és térképeket.',
  analytics: 'Elemzés',
  analyticsText: 'Megmutatja, hogyan használják a webhelyet, hogy fejleszthessük.',
  marketing: 'Marketing',
  marketingText:
    'Lehetővé teszi számunkra és partnereinknek, hogy hirdetéseket jelenítsünk meg Önnek, és mérjük hatásukat.',
} satisfies ConsentTexts;

// Not yet reviewed by a native speaker.
import type { ConsentTexts } from '../../consent/consent.ts';

export default {
  title: 'Twoje wybory dotyczące prywatności',
  text: 'Za Twoją zgodą używamy plików cookie i podobnych technologii w następujących celach: {purposes}. Swój wybór możesz zmienić w każdej chwili.',
  policy: 'Polityka prywatności',
  accept: 'Zaakceptuj wszystko',
  reject: 'Odrzuć wszystko',
  manage: 'Zarządzaj wyborem',
  preferences: 'Ustawienia prywatności',
  save: 'Zapisz wybór',
  close: 'Zamknij',
  always: 'Zawsze włączone',
  signal: 'Sygnał sprzeciwu z Twojej przeglądarki jest respektowany.',
  saved: 'Twój wybór został zapisany.',
  blocked: 'Ta treść zostanie wyświetlona, gdy zaakceptujesz: {purpose}.',
  once: 'Pokaż raz',
  necessary: 'Niezbędne',
  necessaryText: 'Potrzebne do działania witryny.',
  functional: 'Funkcjonalność',
  functionalText: 'Zapamiętuje Twoje ustawienia i włącza dodatkowe funkcje, takie jak filmy i mapy.',
  analytics: 'Analityka',
  analyticsText: 'Pokazuje nam, jak używana jest witryna, abyśmy mogli ją ulepszać.',
  marketing: 'Marketing',
  marketingText: 'Pozwala nam i naszym partnerom wyświetlać Ci reklamy i mierzyć ich skuteczność.',
} satisfies ConsentTexts;

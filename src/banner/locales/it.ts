// Not yet reviewed by a native speaker.
import type { ConsentTexts } from '../../consent/consent.ts';

export default {
  title: 'Le tue scelte sulla privacy',
  text: 'Con il tuo consenso utilizziamo cookie e tecnologie simili per: {purposes}. Puoi modificare la tua scelta in qualsiasi momento.',
  policy: 'Informativa sulla privacy',
  accept: 'Accetta tutto',
  reject: 'Rifiuta tutto',
  manage: 'Gestisci le scelte',
  preferences: 'Preferenze sulla privacy',
  save: 'Salva le scelte',
  close: 'Chiudi',
  always: 'Sempre attivo',
  signal: 'Il segnale di rifiuto del tuo browser viene rispettato.',
  saved: 'Le tue scelte sono state salvate.',
  blocked: 'Questo contenuto viene mostrato quando accetti: {purpose}.',
  once: 'Mostra una volta',
  necessary: 'Necessario',
  necessaryText: 'Serve al funzionamento del sito.',
  functional: 'Funzionalità',
  functionalText: 'Ricorda le tue impostazioni e attiva funzioni aggiuntive, come video e mappe.',
  analytics: 'Analisi',
  analyticsText: 'Ci mostra come viene utilizzato il sito, per poterlo migliorare.',
  marketing: 'Marketing',
  marketingText: 'Permette a noi e ai nostri partner di mostrarti pubblicità e di misurarne l’effetto.',
} satisfies ConsentTexts;

// Not yet reviewed by a native speaker.
import type { ConsentTexts } from '../../consent/consent.ts';

export default {
  title: 'Επιλογές απορρήτου',
  text: 'Με τη συγκατάθεσή σας χρησιμοποιούμε cookies και παρόμοιες τεχνολογίες για: {purposes}. Μπορείτε να αλλάξετε επιλογή όποτε θέλετε.',
  policy: 'Πολιτική απορρήτου',
  accept: 'Αποδοχή όλων',
  reject: 'Απόρριψη όλων',
  manage: 'Διαχείριση επιλογών',
  preferences: 'Ρυθμίσεις απορρήτου',
  save: 'Αποθήκευση επιλογών',
  close: 'Κλείσιμο',
  always: 'Πάντα ενεργό',
  signal: 'Το σήμα εξαίρεσης του browser τηρείται.',
  saved: 'Οι επιλογές αποθηκεύτηκαν.',
  blocked: 'Εμφανίζεται αν αποδεχτείτε: {purpose}.',
  once: 'Εμφάνιση μία φορά',
  necessary: 'Απαραίτητα',
  necessaryText: 'Για τη λειτουργία του ιστότοπου.',
  functional: 'Λειτουργίες',
  functionalText: 'Θυμάται τις ρυθμίσεις σας και προσθέτει λειτουργίες, όπως βίντεο και χάρτες.',
  analytics: 'Ανάλυση',
  analyticsText: 'Δείχνει πώς χρησιμοποιείται ο ιστότοπος, για να βελτιωθεί.',
  marketing: 'Διαφήμιση',
  marketingText: 'Προβολή διαφημίσεων από εμάς και συνεργάτες και μέτρηση της απόδοσής τους.',
} satisfies ConsentTexts;

// Not yet reviewed by a native speaker.
import type { ConsentTexts } from '../../consent/consent.ts';

export default {
  title: 'Vos choix de confidentialité',
  text: 'Avec votre consentement, nous utilisons des cookies et des technologies similaires pour\u00a0: {purposes}. Vous pouvez modifier votre choix à tout moment.',
  policy: 'Politique de confidentialité',
  accept: 'Tout accepter',
  reject: 'Tout refuser',
  manage: 'Gérer les choix',
  preferences: 'Préférences de confidentialité',
  save: 'Enregistrer les choix',
  close: 'Fermer',
  always: 'Toujours actif',
  signal: 'Le signal de refus de votre navigateur est respecté.',
  saved: 'Vos choix ont été enregistrés.',
  blocked: 'Ce contenu s’affiche dès que vous acceptez\u00a0: {purpose}.',
  once: 'Afficher une fois',
  necessary: 'Nécessaire',
  necessaryText: 'Indispensable au fonctionnement du site.',
  functional: 'Fonctionnalités',
  functionalText: 'Mémorise vos réglages et active des fonctions supplémentaires, comme les vidéos et les cartes.',
  analytics: 'Mesure d’audience',
  analyticsText: 'Nous montre comment le site est utilisé, afin que nous puissions l’améliorer.',
  marketing: 'Marketing',
  marketingText: 'Nous permet, ainsi qu’à nos partenaires, de vous montrer de la publicité et d’en mesurer l’effet.',
} satisfies ConsentTexts;

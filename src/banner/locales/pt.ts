// Not yet reviewed by a native speaker.
import type { ConsentTexts } from '../../consent/consent.ts';

export default {
  title: 'As suas opções de privacidade',
  text: 'Com o seu consentimento, utilizamos cookies e tecnologias semelhantes para: {purposes}. Pode alterar a sua escolha em qualquer momento.',
  policy: 'Política de privacidade',
  accept: 'Aceitar tudo',
  reject: 'Rejeitar tudo',
  manage: 'Gerir opções',
  preferences: 'Preferências de privacidade',
  save: 'Guardar opções',
  close: 'Fechar',
  always: 'Sempre ativo',
  signal: 'O sinal de recusa do seu navegador é respeitado.',
  saved: 'As suas opções foram guardadas.',
  blocked: 'Este conteúdo é apresentado quando aceitar: {purpose}.',
  once: 'Mostrar uma vez',
  necessary: 'Necessário',
  necessaryText: 'Indispensável para o funcionamento do site.',
  functional: 'Funcionalidade',
  functionalText: 'Memoriza as suas definições e ativa funções adicionais, como vídeos e mapas.',
  analytics: 'Análise',
  analyticsText: 'Mostra-nos como o site é utilizado, para o podermos melhorar.',
  marketing: 'Marketing',
  marketingText: 'Permite-nos, a nós e aos nossos parceiros, mostrar-lhe publicidade e medir o seu efeito.',
} satisfies ConsentTexts;

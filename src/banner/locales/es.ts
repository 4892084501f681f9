// Not yet reviewed by a native speaker.
import type { ConsentTexts } from '../../consent/consent.ts';

export default {
  title: 'Sus opciones de privacidad',
  text: 'Con su consentimiento, utilizamos cookies y tecnologías similares para: {purposes}. Puede cambiar su elección en cualquier momento.',
  policy: 'Política de privacidad',
  accept: 'Aceptar todo',
  reject: 'Rechazar todo',
  manage: 'Gestionar opciones',
  preferences: 'Preferencias de privacidad',
  save: 'Guardar opciones',
  close: 'Cerrar',
  always: 'Siempre activo',
  signal: 'Se respeta la señal de exclusión de su navegador.',
  saved: 'Sus opciones se han guardado.',
  blocked: 'Este contenido se muestra cuando acepta: {purpose}.',
  once: 'Mostrar una vez',
  necessary: 'Necesario',
  necessaryText: 'Imprescindible para que el sitio funcione.',
  functional: 'Funcionalidad',
  functionalText: 'Recuerda sus ajustes y activa funciones adicionales, como vídeos y mapas.',
  analytics: 'Analítica',
  analyticsText: 'Nos muestra cómo se utiliza el sitio para poder mejorarlo.',
  marketing: 'Marketing',
  marketingText: 'Nos permite a nosotros y a nuestros socios mostrarle publicidad y medir su efecto.',
} satisfies ConsentTexts;

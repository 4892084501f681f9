// Not yet reviewed by a native speaker.
import type { ConsentTexts } from '../../consent/consent.ts';

export default {
  title: 'Вибір щодо конфіденційності',
  text: 'За вашою згодою ми використовуємо файли cookie та подібні технології з такою метою: {purposes}. Вибір можна змінити будь-коли.',
  policy: 'Політика конфіденційності',
  accept: 'Прийняти все',
  reject: 'Відхилити все',
  manage: 'Керувати вибором',
  preferences: 'Налаштування конфіденційності',
  save: 'Зберегти вибір',
  close: 'Закрити',
  always: 'Завжди ввімкнено',
  signal: 'Сигнал відмови браузера враховано.',
  saved: 'Ваш вибір збережено.',
  blocked: 'Вміст буде показано після згоди: {purpose}.',
  once: 'Показати один раз',
  necessary: 'Необхідне',
  necessaryText: 'Потрібне для роботи сайту.',
  functional: 'Функції',
  functionalText: 'Запам’ятовує налаштування й додає функції, як-от відео та карти.',
  analytics: 'Аналітика',
  analyticsText: 'Показує, як використовують сайт, щоб покращувати його.',
  marketing: 'Маркетинг',
  marketingText: 'Дає змогу нам і партнерам показувати рекламу та вимірювати її вплив.',
} satisfies ConsentTexts;

// Not yet reviewed by a native speaker.
import type { ConsentTexts } from '../../consent/consent.ts';

export default {
  title: 'בחירות הפרטיות שלך',
  text: 'בהסכמתך, אנו משתמשים בעוגיות ובטכנולוגיות דומות למטרות אלה: {purposes}. אפשר לשנות את הבחירה בכל עת.',
  policy: 'מדיניות פרטיות',
  accept: 'אישור הכול',
  reject: 'דחיית הכול',
  manage: 'ניהול הבחירות',
  preferences: 'העדפות פרטיות',
  save: 'שמירת הבחירות',
  close: 'סגירה',
  always: 'פעיל תמיד',
  signal: 'אנו מכבדים את אות הסירוב של הדפדפן שלך.',
  saved: 'הבחירות שלך נשמרו.',
  blocked: 'תוכן זה יוצג לאחר אישור של: {purpose}.',
  once: 'הצגה חד-פעמית',
  necessary: 'הכרחי',
  necessaryText: 'נדרש לפעולת האתר.',
  functional: 'פונקציונליות',
  functionalText: 'זוכרת את ההגדרות שלך ומאפשרת תכונות נוספות, כגון סרטונים ומפות.',
  analytics: 'ניתוח נתונים',
  analyticsText: 'מראה לנו כיצד נעשה שימוש באתר, כדי שנוכל לשפר אותו.',
  marketing: 'שיווק',
  marketingText: 'מאפשר לנו ולשותפינו להציג לך פרסומות ולמדוד את השפעתן.',
} satisfies ConsentTexts;

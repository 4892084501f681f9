// Not yet reviewed by a native speaker.
import type { ConsentTexts } from '../../consent/consent.ts';

export default {
  title: 'خيارات الخصوصية الخاصة بك',
  text: 'بموافقتك، نستخدم ملفات تعريف الارتباط وتقنيات مشابهة للأغراض التالية: {purposes}. يمكنك تغيير اختيارك في أي وقت.',
  policy: 'سياسة الخصوصية',
  accept: 'قبول الكل',
  reject: 'رفض الكل',
  manage: 'إدارة الخيارات',
  preferences: 'تفضيلات الخصوصية',
  save: 'حفظ الخيارات',
  close: 'إغلاق',
  always: 'مفعّل دائمًا',
  signal: 'نحترم إشارة الرفض الصادرة عن متصفحك.',
  saved: 'تم حفظ خياراتك.',
  blocked: 'يُعرض هذا المحتوى عند قبولك: {purpose}.',
  once: 'العرض مرة واحدة',
  necessary: 'الضروريات',
  necessaryText: 'لازمة لعمل الموقع.',
  functional: 'الوظائف الإضافية',
  functionalText: 'تتذكر إعداداتك وتتيح ميزات إضافية، مثل مقاطع الفيديو والخرائط.',
  analytics: 'التحليلات',
  analyticsText: 'توضح لنا كيفية استخدام الموقع حتى نتمكن من تحسينه.',
  marketing: 'التسويق',
  marketingText: 'يتيح لنا ولشركائنا عرض الإعلانات لك وقياس أثرها.',
} satisfies ConsentTexts;

// Not yet reviewed by a native speaker.
import type { ConsentTexts } from '../../consent/consent.ts';

export default {
  title: 'Gizlilik tercihleriniz',
  text: 'Rızanızla, çerezleri ve benzer teknolojileri şu amaçlarla kullanırız: {purposes}. Tercihinizi istediğiniz zaman değiştirebilirsiniz.',
  policy: 'Gizlilik politikası',
  accept: 'Tümünü kabul et',
  reject: 'Tümünü reddet',
  manage: 'Tercihleri yönet',
  preferences: 'Gizlilik ayarları',
  save: 'Tercihleri kaydet',
  close: 'Kapat',
  always: 'Her zaman açık',
  signal: 'Tarayıcınızın ret sinyaline uyulur.',
  saved: 'Tercihleriniz kaydedildi.',
  blocked: 'Bu içerik, şunu kabul ettiğinizde gösterilir: {purpose}.',
  once: 'Bir kez göster',
  necessary: 'Gerekli',
  necessaryText: 'Sitenin çalışması için gereklidir.',
  functional: 'İşlevsellik',
  functionalText: 'Ayarlarınızı hatırlar; video ve harita gibi ek özellikleri etkinleştirir.',
  analytics: 'Analiz',
  analyticsText: 'Siteyi geliştirebilmemiz için sitenin nasıl kullanıldığını bize gösterir.',
  marketing: 'Pazarlama',
  marketingText: 'Bizim ve iş ortaklarımızın size reklam göstermesini ve reklamların etkisini ölçmesini sağlar.',
} satisfies ConsentTexts;

// Not yet reviewed by a native speaker.
import type { ConsentTexts } from '../../consent/consent.ts';

export default {
  title: 'Do roghanna príobháideachais',
  text: 'Le do thoiliú, úsáidimid fianáin agus teicneolaíochtaí cosúla chun na gcríoch seo: {purposes}. Is féidir leat do rogha a athrú am ar bith.',
  policy: 'Beartas príobháideachais',
  accept: 'Glac le gach ceann',
  reject: 'Diúltaigh gach ceann',
  manage: 'Bainistigh roghanna',
  preferences: 'Socruithe príobháideachais',
  save: 'Sábháil roghanna',
  close: 'Dún',
  always: 'Ar siúl i gcónaí',
  signal: 'Tá comhartha diúltaithe do bhrabhsálaí á urramú.',
  saved: 'Sábháladh do roghanna.',
  blocked: 'Taispeánfar an t-ábhar seo nuair a ghlacfaidh tú le: {purpose}.',
  once: 'Taispeáin uair amháin',
  necessary: 'Riachtanach',
  necessaryText: 'De dhíth chun go n-oibreoidh an suíomh.',
  functional: 'Feidhmiúlacht',
  functionalText:
    'Cuimhníonn sé ar do shocruithe agus cumasaíonn sé gnéithe breise, amhail físeáin agus léarscáileanna.',
  analytics: 'Anailísíocht',
  analyticsText: 'Léiríonn sé dúinn conas a úsáidtear an suíomh, ionas gur féidir linn é a fheabhsú.',
  marketing: 'Margaíocht',
  marketingText:
    'Ligeann sé dúinn féin agus dár gcomhpháirtithe fógraí a thaispeáint duit agus a n-éifeacht a thomhas.',
} satisfies ConsentTexts;

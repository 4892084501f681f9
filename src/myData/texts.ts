/** All that the page says. `{…}` stands for what is put there. */
export interface MyDataTexts {
  title: string;
  intro: string;
  /** Labels of the numbers at the top. */
  purposesAllowed: string;
  itemsStored: string;
  eventsWaiting: string;

  download: string;
  /** Said to screen readers too, as are the other answers. */
  downloaded: string;
  erase: string;
  confirm: string;
  confirmErase: string;
  cancel: string;
  erased: string;
  notErased: string;

  choiceHeading: string;
  functional: string;
  analytics: string;
  marketing: string;
  granted: string;
  denied: string;
  unknown: string;
  /** `{date}`, and `{how}`: one of the six that follow. */
  chosen: string;
  banner: string;
  preferences: string;
  api: string;
  gpc: string;
  server: string;
  import: string;
  notChosen: string;
  signal: string;
  choose: string;
  change: string;
  receipt: string;
  /** Where there is no `createConsent()`. */
  objected: string;
  notObjected: string;

  storedHeading: string;
  nothing: string;
  /** Only the choice or an objection is there. */
  onlyChoice: string;
  blocked: string;
  cookie: string;
  storage: string;
  database: string;
  name: string;
  since: string;
  until: string;
  content: string;
  unreadable: string;
  /** A heading, what it is for, and until when it stays, for each kind of item. */
  choice: string;
  choiceFor: string;
  choiceUntil: string;
  session: string;
  sessionFor: string;
  sessionUntil: string;
  /** A session that holds a visitor's id as well. */
  visitorUntil: string;
  objection: string;
  objectionFor: string;
  objectionUntil: string;
  /** Of what follows, but the queue and cookies of tools. */
  untilWithdrawal: string;
  touch: string;
  touchFor: string;
  once: string;
  onceFor: string;
  queue: string;
  queueFor: string;
  queueUntil: string;
  other: string;
  otherFor: string;
  /** `{purpose}`: its title. */
  tag: string;
  tagFor: string;
  tagUntil: string;

  waitingHeading: string;
  noneWait: string;
  inMemory: string;
  /** There are more than are shown. */
  more: string;

  leavesHeading: string;
  leavesGranted: string;
  leavesCookieless: string;
  leavesMemory: string;
  leavesNone: string;
  destination: string;
  recordDestination: string;
  sent: string;
  policy: string;
}

export const english: MyDataTexts = {
  title: 'Your data on this device',
  intro:
    'Everything that the measurement of this website keeps in your browser, as it is now. Looking at it changes nothing and sends nothing.',
  purposesAllowed: 'Purposes allowed',
  itemsStored: 'Items stored',
  eventsWaiting: 'Events waiting',

  download: 'Download (JSON)',
  downloaded: 'Your browser has got the file {file}.',
  erase: 'Erase everything',
  confirm:
    'Erase everything that is listed here? Events that wait are not sent, and what you allowed is withdrawn. Your refusal itself stays, so that it can be obeyed.',
  confirmErase: 'Yes, erase it',
  cancel: 'Keep it',
  erased: 'Everything has been erased, and your refusal is noted.',
  notErased: 'Some of it could not be erased. Close the other tabs of this website, and try again.',

  choiceHeading: 'Your choice',
  functional: 'Functional',
  analytics: 'Analytics',
  marketing: 'Marketing',
  granted: 'Allowed',
  denied: 'Refused',
  unknown: 'Not chosen',
  chosen: 'Chosen on {date}, {how}.',
  banner: 'when you were asked',
  preferences: 'in the preferences',
  api: 'by a button of this website',
  gpc: 'by your browser’s opt-out signal',
  server: 'told by the server',
  import: 'taken over from an earlier choice',
  notChosen: 'You have not chosen yet.',
  signal: 'Your browser’s opt-out signal is honoured.',
  choose: 'Choose',
  change: 'Change',
  receipt: 'Download receipt',
  objected: 'You have objected to being counted, and are not.',
  notObjected: 'You have not objected to being counted. To erase everything is to object as well.',

  storedHeading: 'Stored on this device',
  nothing: 'Nothing is stored on this device.',
  onlyChoice: 'Nothing is stored on this device but your choice itself.',
  blocked: 'Your browser keeps this page from its storage ({places}), so nothing of ours can be kept there.',
  cookie: 'Cookie',
  storage: 'Local storage',
  database: 'Database',
  name: 'Name',
  since: 'Since',
  until: 'Until',
  content: 'Content',
  unreadable: 'It could not be read just now.',
  choice: 'Your choice',
  choiceFor: 'Remembers what you allowed and refused, so that you are not asked on every page.',
  choiceUntil: '{date} at the latest',
  session: 'Your visit',
  sessionFor: 'Random numbers by which pages of one visit are known to belong together, and when it began.',
  sessionUntil: 'You erase it or withdraw consent; it counts for one visit alone',
  visitorUntil: '{date}, unless you erase it or withdraw consent before',
  objection: 'Your objection',
  objectionFor: 'Remembers that you do not want to be counted.',
  objectionUntil: 'You take it back',
  untilWithdrawal: 'You erase it or withdraw consent',
  touch: 'How you came here',
  touchFor: 'The website or campaign that brought you here, the first time and the last.',
  once: 'What you have been shown',
  onceFor: 'Keeps what happens once per visit from being counted twice.',
  queue: 'Events on their way',
  queueFor: 'Holds events until the server has them, so that none is lost when you leave or are offline.',
  queueUntil: 'They are sent, or seven days old, or you erase them',
  other: 'A further note of the measurement',
  otherFor: 'Kept along with your visit.',
  tag: 'Cookie of another tool',
  tagFor: 'Set by a tool that this website uses for: {purpose}.',
  tagUntil: 'That tool ends it, or you withdraw consent',

  waitingHeading: 'Waiting to be sent',
  noneWait: 'No events are waiting.',
  inMemory: 'In the memory of this page, and not on the device: {count}.',
  more: 'The newest {shown} of {count} are shown. The download has them all.',

  leavesHeading: 'What leaves this device',
  leavesGranted:
    'The pages you open, when, and what you do on them; with your language, something about your browser and window, and the numbers of your visit. Events that wait show it word for word.',
  leavesCookieless:
    'Visits are counted without recognising you: the pages you open and what you do on them, your language and roughly the size of your window, under a number that ends with the page. Nothing is kept on the device for it.',
  leavesMemory:
    'Nothing, until you have chosen. What has happened on this page waits in its memory, and is dropped if you refuse or leave.',
  leavesNone: 'Nothing. What you do here is neither noted nor sent.',
  destination: 'Where events go: {hosts}.',
  recordDestination: 'Your choice itself is kept as proof at: {hosts}.',
  sent: 'What was sent earlier is not on this device any more; whom to ask for it is said in the privacy policy.',
  policy: 'Privacy policy',
};

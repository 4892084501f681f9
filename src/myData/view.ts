import { addStyles } from '../banner/addStyles.ts';
import { make } from '../banner/make.ts';
import type { ConsentApi } from '../consent/consent.ts';
import { describe, readable } from './describe.ts';
import { type MyData, titleOf } from './look.ts';
import type { MyDataEvent } from './readQueue.ts';
import { styles } from './styles.ts';
import type { MyDataTexts } from './texts.ts';
import { fill, toWords } from './words.ts';

/** Most events that are shown. */
const MOST_EVENTS = 100;

/** What the visitor asks for. */
export interface Wishes {
  download(): unknown;
  downloadReceipt(): unknown;
  erase(): unknown;
}

export interface View {
  show(data: MyData): void;
  /** Says what happened, also to screen readers. */
  say(text: string): void;
}

type Children = (Node | string)[];

/** Fills the element. What is shown anew keeps what was unfolded, and the focus. */
export function createView(
  host: HTMLElement,
  consent: ConsentApi | undefined,
  texts: MyDataTexts,
  language: string,
  dir: string,
  wishes: Wishes,
): View {
  const button = (id: string, label: string, onClick: () => unknown, isMain = false) => {
    const made = make('button', { id, type: 'button', part: 'button', class: isMain && 'main' }, label);
    made.addEventListener('click', onClick);
    return made;
  };
  const section = (heading: string, ...children: Children) =>
    make('section', { 'aria-label': heading }, make('h3', { part: 'heading' }, heading), ...children);
  const empty = (text: string) => make('p', { part: 'empty' }, text);
  const paragraph = (text: string, ...more: Children) => make('p', {}, text, ...more);
  const time = (iso: string, style?: 'medium') => make('time', { datetime: iso }, toWords(iso, language, style));
  const unfolding = (id: string, summary: Children, content: Node | string) =>
    make('details', { id }, make('summary', { id: `${id}-summary` }, ...summary), content);

  // --- What stays ---

  const heading = make('h2', { part: 'title', tabindex: '-1' }, texts.title);
  const numbers = make('dl', { class: 'sums' });
  const status = make('p', { role: 'status' });
  const sections = make('div', {});
  const question = make('p', { id: 'question' }, texts.confirm);
  const ask = make('div', { id: 'ask', role: 'group', 'aria-labelledby': 'question' });
  const setAsking = (isAsking: boolean) => {
    ask.hidden = !isAsking;
    eraseButton.setAttribute('aria-expanded', `${isAsking}`);
  };
  const cancel = () => {
    setAsking(false);
    eraseButton.focus();
  };
  const eraseButton = button('erase', texts.erase, () => {
    setAsking(!!ask.hidden);
    if (!ask.hidden) confirmButton.focus();
  });
  const confirmButton = button(
    'confirm',
    texts.confirmErase,
    () => {
      setAsking(false);
      heading.focus();
      wishes.erase();
    },
    true,
  );
  confirmButton.setAttribute('aria-describedby', 'question');
  ask.append(question, make('div', { class: 'actions' }, confirmButton, button('cancel', texts.cancel, cancel)));
  ask.addEventListener('keydown', ({ key }) => key === 'Escape' && cancel());
  setAsking(false);
  const shadow = host.attachShadow({ mode: 'open' });
  addStyles(shadow)(styles);
  shadow.append(
    make(
      'div',
      { lang: language, dir },
      heading,
      paragraph(texts.intro),
      numbers,
      make('div', { class: 'actions' }, button('download', texts.download, wishes.download, true), eraseButton),
      ask,
      status,
      sections,
    ),
  );

  // --- What changes ---

  const choice = ({ choice, stored }: MyData) => {
    if (!consent || !choice) {
      const hasObjected = stored.some(({ what }) => what === 'objection');
      return section(texts.choiceHeading, paragraph(hasObjected ? texts.objected : texts.notObjected));
    }
    const { record, state } = choice;
    const rows = consent.options.purposes.map((purpose) => {
      const status = state[purpose.name] ?? 'unknown';
      const title = make('b', {}, titleOf(purpose, consent, texts));
      const words: Children = purpose.description ? [title, paragraph(purpose.description)] : [title];
      const badge = make('span', { class: `badge ${status}` }, texts[status]);
      return make('li', { class: 'row' }, make('div', {}, ...words), badge);
    });
    const when = record && new Date(record.updatedAt).toISOString();
    const buttons: Children = [];
    if (consent.options.banner !== false)
      buttons.push(button('change', record ? texts.change : texts.choose, () => consent.showPreferences()));
    if (record) buttons.push(button('receipt', texts.receipt, wishes.downloadReceipt));
    return section(
      texts.choiceHeading,
      make('ul', {}, ...rows),
      paragraph(
        when ? fill(texts.chosen, { date: toWords(when, language), how: texts[record.source] }) : texts.notChosen,
      ),
      ...(consent.isSignalled() ? [paragraph(texts.signal)] : []),
      make('div', { class: 'actions' }, ...buttons),
    );
  };

  const items = ({ stored, blocked }: MyData) => {
    const list = stored.map(({ kind, name, title, purpose, since, until, content }) => {
      const facts = make('dl', { class: 'facts' });
      const add = (label: string, value: Node | string) => facts.append(make('dt', {}, label), make('dd', {}, value));
      add(texts.name, make('code', {}, name));
      if (since) add(texts.since, time(since));
      add(texts.until, until);
      const shown = content === undefined ? texts.unreadable : describe(content, language);
      return make(
        'li',
        {},
        make('div', { class: 'row' }, make('h4', {}, title), make('small', {}, texts[kind])),
        paragraph(purpose),
        facts,
        unfolding(`item ${kind} ${name}`, [make('b', {}, texts.content)], shown),
      );
    });
    const places = blocked.map((kind) => texts[kind]).join(', ');
    return section(
      texts.storedHeading,
      ...(places ? [paragraph(fill(texts.blocked, { places }))] : list.length ? [] : [empty(texts.nothing)]),
      ...(stored.length && stored.every(isChoice) ? [paragraph(texts.onlyChoice)] : []),
      ...(list.length ? [make('ul', {}, ...list)] : []),
    );
  };

  const event = ({ id, at, name, page, data, ...rest }: MyDataEvent) =>
    make(
      'li',
      {},
      unfolding(
        `event ${id}`,
        [time(at, 'medium'), make('b', {}, readable(name)), make('span', {}, page.title || page.url || '')],
        describe({ name, at, page, data, ...rest, id }, language),
      ),
    );
  const events = ({ waiting, inMemory }: MyData) => {
    const newest = waiting.slice(-MOST_EVENTS).reverse();
    const words: Children = [];
    if (!waiting.length && !inMemory) words.push(empty(texts.noneWait));
    if (newest.length) words.push(make('ul', {}, ...newest.map(event)));
    if (newest.length < waiting.length)
      words.push(paragraph(fill(texts.more, { shown: newest.length, count: waiting.length })));
    if (inMemory) words.push(paragraph(fill(texts.inMemory, { count: inMemory })));
    return section(texts.waitingHeading, ...words);
  };

  const leaves = ({ mode, endpoints }: MyData) => {
    const what = {
      granted: texts.leavesGranted,
      cookieless: texts.leavesCookieless,
      memory: texts.leavesMemory,
      none: texts.leavesNone,
    }[mode ?? 'granted'];
    const hostOf = (url: string) => new URL(url, location.href).host;
    const { recordUrl, privacyPolicyUrl } = consent?.options ?? {};
    const words = [paragraph(what)];
    if (endpoints.length && mode !== 'none')
      words.push(paragraph(fill(texts.destination, { hosts: [...new Set(endpoints.map(hostOf))].join(', ') })));
    if (recordUrl) words.push(paragraph(fill(texts.recordDestination, { hosts: hostOf(recordUrl) })));
    words.push(paragraph(texts.sent));
    if (privacyPolicyUrl) words.push(make('p', {}, make('a', { part: 'link', href: privacyPolicyUrl }, texts.policy)));
    return section(texts.leavesHeading, ...words);
  };

  const number = (label: string, value: string | number) =>
    make('div', {}, make('dt', {}, label), make('dd', {}, `${value}`));
  /** As last shown, but for its time. */
  let shown = '';

  return {
    show(data) {
      const next = JSON.stringify({ ...data, createdAt: '', choice: { ...data.choice, issuedAt: '' } });
      if (next === shown) return;
      shown = next;
      const { stored, waiting, inMemory, choice: chosen } = data;
      const states = Object.values(chosen?.state ?? {});
      const allowed = `${states.filter((status) => status === 'granted').length} / ${states.length}`;
      numbers.replaceChildren(
        ...(chosen ? [number(texts.purposesAllowed, allowed)] : []),
        number(texts.itemsStored, stored.length),
        number(texts.eventsWaiting, waiting.length + inMemory),
      );
      eraseButton.hidden = !isErasable(data, consent);

      const unfolded = new Set([...sections.querySelectorAll('details[open]')].map(({ id }) => id));
      const focused = shadow.activeElement?.id;
      sections.replaceChildren(choice(data), items(data), events(data), leaves(data));
      for (const details of sections.querySelectorAll('details')) details.open = unfolded.has(details.id);
      if (focused && !shadow.activeElement) shadow.getElementById(focused)?.focus();
    },
    say(text) {
      status.textContent = text;
    },
  };
}

/** What stays when everything is erased. */
export const isChoice = ({ what }: MyData['stored'][number]): boolean => what === 'choice' || what === 'objection';

/** Whether to erase would change anything. */
const isErasable = ({ stored, inMemory, mode }: MyData, consent: ConsentApi | undefined) =>
  !stored.every(isChoice) || inMemory > 0 || mode === 'granted' || (mode === 'cookieless' && !consent);

import type { ConsentApi, ConsentChoice, ConsentTexts } from '../consent/consent.ts';
import type { Guard } from '../platform/guard.ts';
import { addStyles } from './addStyles.ts';
import { make } from './make.ts';
import { shadowStyles } from './styles.ts';

/** A purpose as it is shown. */
export interface ShownPurpose {
  name: string;
  title: string;
  description: string;
}

/** The banner and the preferences within their element. */
export interface View {
  reject: Element;
  accept: Element;
  dialog: HTMLDialogElement;
  /** Shows the preferences with the choice as it stands. */
  openDialog(): void;
  /** Has screen readers say it. */
  say(text: string): void;
}

interface ViewContext {
  host: HTMLElement;
  consent: ConsentApi;
  guard: Guard;
  texts: ConsentTexts;
  /** What the visitor is asked about. */
  purposes: ShownPurpose[];
  choose(choice: ConsentChoice, source: 'banner' | 'preferences'): void;
  manage(opener: Element): void;
}

/**
 * Fills the element: its shadow root, and the buttons as children in slots, where the page's styles reach them. What
 * the owner has put into a slot stays.
 */
export function createView({ host, consent, guard, texts, purposes, choose, manage }: ViewContext): View {
  const { privacyPolicyUrl, compatIds } = consent.options;
  const classOf = (name: string) => (compatIds ? `cookie-${name}` : undefined);
  const all = (isGranted: boolean) => Object.fromEntries(purposes.map(({ name }) => [name, isGranted]));

  const child = (slot: string, build: () => Element) => {
    const own = host.querySelector(`[slot=${slot}]`) ?? build();
    own.slot = slot;
    if (!own.isConnected) host.append(own);
    return own;
  };
  const button = (slot: string, label: string, look: string, onClick: () => void) => {
    const own = child(slot, () => make('button', { class: classOf(look) }, label));
    own.addEventListener('click', guard(onClick));
    return own;
  };
  const slot = ({ slot: name }: Element, ...fallback: Node[]) => make('slot', { name }, ...fallback);
  const actions = (...buttons: Element[]) => make('div', { part: 'actions' }, ...buttons.map((one) => slot(one)));
  const paragraph = (...children: (Node | string)[]) => make('p', { part: 'text' }, ...children);
  const link = () =>
    make('a', { part: 'link', href: privacyPolicyUrl, target: '_blank', rel: 'noopener' }, texts.policy);
  const signal = () => (consent.isSignalled() ? [paragraph(texts.signal)] : []);

  const listed = purposes.map(({ title }) => title).join(', ');
  const [before = '', after] = texts.text.split('{purposes}');
  const question = [
    make('h2', { part: 'title' }, texts.title),
    paragraph(before, ...(after ? [make('b', {}, listed), after] : []), ' ', link()),
    ...signal(),
  ];
  const reject = button('reject', texts.reject, 'btn-primary', () => choose(all(false), 'banner'));
  const accept = button('accept', texts.accept, 'btn-primary', () => choose(all(true), 'banner'));
  const manageButton = button('manage', texts.manage, 'btn-secondary', () => manage(manageButton));
  const banner = make(
    'div',
    { id: 'b', role: 'region', 'aria-label': texts.title },
    make('div', { class: 's' }, make('slot', { name: 'content' }, ...question)),
    actions(reject, accept, manageButton),
  );
  if (compatIds)
    child('content', () =>
      make(
        'div',
        { class: classOf('consent-content') },
        make('span', { class: classOf('icon'), 'aria-hidden': 'true' }),
        make('div', { class: classOf('consent-text') }, ...question),
      ),
    );

  const row = (name: string, title: string, description: string, ...always: Node[]) => {
    const control = make('input', {
      type: 'checkbox',
      role: 'switch',
      part: 'switch',
      name,
      'aria-labelledby': `${name}-t`,
      'aria-describedby': `${name}-d`,
    });
    const words = [make('b', { id: `${name}-t` }, title), ...always, make('i', { id: `${name}-d` }, description)];
    return [make('label', {}, make('span', {}, ...words), control), control] as const;
  };
  const [necessary, always] = row('necessary', texts.necessary, texts.necessaryText, make('em', {}, texts.always));
  always.checked = always.disabled = true;
  const rows = purposes.map(({ name, title, description }) => row(name, title, description));

  const heading = make('h2', { part: 'title', id: 'h', tabindex: '-1' }, texts.preferences);
  const close = make('button', { part: 'close', 'aria-label': texts.close }, '×');
  close.addEventListener('click', () => dialog.close());
  const chosen = () => Object.fromEntries(rows.map(([, { name, checked }]) => [name, checked]));
  const dialog = make(
    'dialog',
    { part: 'dialog', 'aria-labelledby': 'h' },
    make(
      'div',
      { class: 's' },
      heading,
      close,
      make('fieldset', { 'aria-labelledby': 'h' }, necessary, ...rows.map(([label]) => label)),
      ...signal(),
      paragraph(link()),
    ),
    actions(
      button('reject-2', texts.reject, 'btn-secondary', () => choose(all(false), 'preferences')),
      button('accept-2', texts.accept, 'btn-secondary', () => choose(all(true), 'preferences')),
      button('save', texts.save, 'btn-primary', () => choose(chosen(), 'preferences')),
    ),
  );

  const status = make('p', { role: 'status' });
  const shadow = host.attachShadow({ mode: 'open' });
  addStyles(shadow, shadowStyles);
  shadow.append(banner, dialog, status);

  return {
    reject,
    accept,
    dialog,
    openDialog() {
      for (const [, control] of rows) control.checked = consent.has(control.name);
      dialog.showModal();
      heading.focus();
    },
    say: (text) => status.replaceChildren(text),
  };
}

import type { ConsentApi, ConsentTexts, PurposeConfig } from '../consent/consent.ts';
import { addStyles } from './addStyles.ts';
import { make } from './make.ts';
import { shadowStyles } from './styles.ts';

/** Where a choice is made. */
export type Place = 'banner' | 'preferences';

/** The banner and the preferences within their element. */
export interface View {
  dialog: HTMLDialogElement;
  /** Shows the preferences with the choice as it stands. */
  open(): void;
  /** Has screen readers say it. */
  say(text: string): void;
}

/**
 * Fills the element: its shadow root, and the buttons as children in slots, where the page's styles reach them. What
 * the owner has put into a slot stays.
 */
export function createView(
  host: HTMLElement,
  consent: ConsentApi,
  texts: ConsentTexts,
  choose: (choice: Record<string, boolean>, place: Place) => void,
  manage: (opener: Element) => unknown,
): View {
  const { privacyPolicyUrl, compatIds } = consent.options;
  const purposes = [{ name: 'necessary' } as PurposeConfig, ...consent.options.purposes].map((purpose) => {
    const known = texts[`${purpose.name}Text` as keyof ConsentTexts];
    const title = known ? texts[purpose.name as keyof ConsentTexts] : purpose.name;
    return { title, description: known ?? '', ...purpose };
  });
  const controls: HTMLInputElement[] = [];

  const classOf = (name: string) => compatIds && `cookie-${name}`;
  const child = (slot: string, tag: 'button' | 'div', name: string, ...children: (Node | string)[]) =>
    host.querySelector(`[slot=${slot}]`) ?? host.appendChild(make(tag, { slot, class: classOf(name) }, ...children));
  const button = (slot: string, label: string, look: string, onClick: (button: Element) => unknown) => {
    const own = child(slot, 'button', `btn-${look}`, label);
    own.addEventListener('click', () => onClick(own));
    return make('slot', { name: slot });
  };
  const choice = (slot: string, label: string, look: string, place: Place, isGranted?: boolean) =>
    button(slot, label, look, () =>
      choose(Object.fromEntries(controls.map(({ name, checked }) => [name, isGranted ?? checked])), place),
    );
  /** The two that have to be alike, and a third. */
  const actions = (place: Place, suffix: string, look: string, third: () => Node) =>
    make(
      'div',
      { part: 'actions' },
      choice(`reject${suffix}`, texts.reject, look, place, false),
      choice(`accept${suffix}`, texts.accept, look, place, true),
      third(),
    );
  const paragraph = (...children: (Node | string)[]) => make('p', { part: 'text' }, ...children);
  const link = () =>
    make('a', { part: 'link', href: privacyPolicyUrl, target: '_blank', rel: 'noopener' }, texts.policy);
  const signal = () => (consent.isSignalled() ? paragraph(texts.signal) : '');

  const [before = '', after] = texts.text.split('{purposes}');
  const listed = purposes.slice(1).map(({ title }) => title);
  // Arabic has a comma of its own.
  const list = listed.join(/،/.test(before) ? '، ' : ', ');
  const question = [
    make('h2', { part: 'title' }, texts.title),
    paragraph(before, ...(after ? [make('b', {}, list), after] : []), ' ', link()),
    signal(),
  ];
  const banner = make(
    'div',
    { id: 'b', role: 'region', 'aria-label': texts.title },
    make('div', { class: 's' }, make('slot', { name: 'content' }, ...question)),
    actions('banner', '', 'primary', () => button('manage', texts.manage, 'secondary', manage)),
  );
  if (compatIds)
    child(
      'content',
      'div',
      'consent-content',
      make('span', { class: classOf('icon') }),
      make('div', { class: classOf('consent-text') }, ...question),
    );

  const rows = purposes.map(({ name, title, description }, index) => {
    const control = make('input', {
      type: 'checkbox',
      role: 'switch',
      part: 'switch',
      name,
      'aria-label': title,
      'aria-describedby': name,
    });
    control.disabled = !index;
    controls.push(control);
    const words: (Node | string)[] = [make('b', {}, title), make('i', { id: name }, description)];
    if (!index) words.splice(1, 0, ' ', make('em', {}, texts.always));
    return make('label', {}, make('span', {}, ...words), control);
  });
  const heading = make('h2', { part: 'title', id: 'h', tabindex: '-1' }, texts.preferences);
  const close = make('button', { part: 'close', 'aria-label': texts.close }, '×');
  const dialog = make(
    'dialog',
    { part: 'dialog', 'aria-labelledby': 'h' },
    make(
      'div',
      { class: 's' },
      make('div', { class: 't' }, heading, close),
      make('fieldset', { 'aria-labelledby': 'h' }, ...rows),
      signal(),
      paragraph(link()),
    ),
    actions('preferences', '-2', 'secondary', () => choice('save', texts.save, 'primary', 'preferences')),
  );
  close.addEventListener('click', () => dialog.close());

  const status = make('p', { role: 'status' });
  const shadow = host.attachShadow({ mode: 'open' });
  addStyles(shadow)(shadowStyles);
  shadow.append(banner, dialog, status);

  return {
    dialog,
    open() {
      for (const control of controls) control.checked = control.disabled || consent.has(control.name);
      dialog.showModal();
      heading.focus();
    },
    say: (text) => status.append(text),
  };
}

import type { Page } from '../protocol/event.ts';
import type { Capture } from './capture.ts';
import { checkOption, isSelector } from './checkOption.ts';
import { elementsOf } from './describeElement.ts';
import { selectorOf } from './selectorOf.ts';
import { watchPage } from './watchPage.ts';

export interface FormsOptions {
  /** Which forms count. @default all */
  selector?: string;
}

/** In the type of a field, or in what it says may be filled in for the visitor. */
const SECRET = /\bcc-|password|one-time|hidden|\bfile/i;

/** How long a page may take to look at what was filled in, before it submits or refuses it. */
const ASKED_MS = 3000;

/** A form that the visitor has begun to fill in. */
interface Attempt {
  page: Page;
  since: number;
  /** In the order of their latest changes. */
  fields: Set<string>;
  isAbandoned?: boolean;
}

/**
 * Emits `form_start` when the visitor changes a first field of a form, then `form_submit`, or `form_abandon` when the page
 * is hidden or left first or the form is taken from it, and `form_invalid` when the browser refuses to submit what has
 * been filled in.
 *
 * Never reads what is in a field. Fields for passwords, cards, codes and files are not even named, and what is marked
 * `data-private` does not exist.
 */
export function forms({ selector: given = 'form' }: FormsOptions = {}): Capture {
  return (context) => {
    const { emit, clock, listen, guard, pages, scrubText, warn } = context;
    const selector = checkOption(warn, 'forms.selector', given, 'form', 'a selector', isSelector);
    const attempts = new Map<Element, Attempt>();
    /** Where the latest change was. */
    let latest: EventTarget | undefined;
    /** Whose button was clicked. */
    let asked: Element | null | undefined;
    let forget: (() => void) | undefined;

    const nameOf = (element: Element) => {
      const read = (name: string) => element.getAttribute(name);
      return scrubText(read('data-track') || read('name') || read('id') || selectorOf(element));
    };
    /** The form that an event is about, and the name of its field, where they may be told. */
    const find = (event: Event): [form?: Element, name?: string | false] => {
      const path = elementsOf(event);
      const [field] = path as [HTMLInputElement];
      // Within a shadow root, a field and its form may not know each other; and a form may have a field called `form`.
      const form = [field.form, ...path].find((node) => node?.matches?.(selector));
      if (!event.isTrusted || !form || [form, ...path].some((node) => node.closest('[data-private]'))) return [];
      return [form, !SECRET.test(`${field.type} ${field.getAttribute('autocomplete')}`) && nameOf(field)];
    };
    const tell = (
      name: string,
      form: Element,
      { page, since, fields }: Partial<Attempt> = attempts.get(form) ?? {},
    ) => {
      const names = fields && [...fields];
      const ms = since && Math.round(clock.elapsed() - since);
      emit(name, { form: nameOf(form), fields: names, ms, last_field: names?.[names.length - 1] }, { page });
    };
    const abandon = (attempt: Attempt, form: Element) => {
      if (!attempt.isAbandoned) tell('form_abandon', form);
      attempt.isAbandoned = true;
    };
    const end = (form: Element) => {
      latest = undefined;
      attempts.delete(form);
      if (!attempts.size) removals.disconnect();
    };
    const look = () => {
      for (const [form, attempt] of attempts) {
        if (attempt.page === pages.current() && form.isConnected) continue;
        abandon(attempt, form);
        end(form);
      }
    };
    const removals = new MutationObserver(guard(look));
    const leave = () => attempts.forEach(abandon);

    const listeners = {
      input(event: Event) {
        const [target] = event.composedPath();
        look();
        asked = undefined;
        // Mostly it is the next letter.
        if (target === latest) return;
        const [form, name] = find(event);
        if (!form) return;
        latest = target;
        let attempt = attempts.get(form);
        if (!attempt) {
          tell('form_start', form);
          attempt = { page: pages.current(), since: clock.elapsed(), fields: new Set() };
          attempts.set(form, attempt);
          removals.observe(document, { childList: true, subtree: true });
        }
        if (name) {
          attempt.fields.delete(name);
          attempt.fields.add(name);
        }
      },
      click(event: Event) {
        const button = (event.composedPath() as HTMLButtonElement[]).find(({ type }) => /^(submit|image)$/.test(type));
        forget?.();
        asked = button?.form;
        if (!asked) return;
        // A shadow root keeps to itself what happens to its forms.
        const unhear = asked.getRootNode() === document ? undefined : listen(asked, 'submit', listeners.submit);
        const cancel = clock.after(ASKED_MS, () => forget?.());
        forget = () => {
          cancel();
          unhear?.();
          asked = forget = undefined;
        };
      },
      invalid(event: Event) {
        const [form] = find(event);
        // Pages ask for validity whenever they like: only what the visitor wants to submit counts, and once.
        if (!form || form !== asked) return;
        asked = undefined;
        tell('form_invalid', form);
      },
      submit(event: Event) {
        look();
        const [form] = find(event);
        if (!form) return;
        tell('form_submit', form);
        end(form);
      },
      pagehide: leave,
    };
    for (const [type, listener] of Object.entries(listeners)) listen(window, type, listener, { capture: true });
    listen(document, 'visibilitychange', () => document.hidden && leave());
    const undo = watchPage(context, look);
    return () => {
      undo();
      forget?.();
      attempts.clear();
      removals.disconnect();
    };
  };
}

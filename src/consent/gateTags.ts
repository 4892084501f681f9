import { checkOptions } from '../platform/checkOptions.ts';
import { createGuard } from '../platform/guard.ts';
import { createListen } from '../platform/listen.ts';
import type { ConsentIntegration } from './consent.ts';
import type { FrameGate } from './gateFrames.ts';
import { hasLeaks, readTemplate } from './readTemplate.ts';
import { createScriptRunner } from './runScripts.ts';

export interface GateTagsOptions {
  /** Watches for tags that come later, as in single-page apps. @default false */
  observe?: boolean;
  /** Attributes of other consent tools that name purposes too: `['data-category', 'data-cookiecategory']`. @default [] */
  aliases?: string[];
}

/** Marks what has had its turn. */
const RAN = 'data-consent-ran';

/**
 * Holds back tags of others until their purposes are granted: nothing is requested before. `a b` asks for all of the
 * purposes, `a|b` for any.
 *
 * - `<script type="text/plain" data-consent="analytics">`, with or without `src`, runs once, in order; `data-type="module"`.
 * - `<template data-consent="marketing">`: what is in it comes to stand before it. Because Firefox looks into templates,
 *   scripts in it are `type="text/plain"` as well, and addresses stand in `data-src`, `data-srcset`, `data-href`, `data-poster`.
 * - `<iframe data-consent="marketing" data-src="…">` has a placeholder with a button to show it, and gets it back when
 *   consent is withdrawn. Scripts that ran cannot be taken back; `reloadOnRevoke` is for them.
 */
export function gateTags(given: GateTagsOptions = {}): ConsentIntegration {
  return (consent) => {
    const said = new Set<string>();
    const warn = (text: string) => {
      if (!said.has(text)) console.warn('beaconry:', text);
      said.add(text);
    };
    const rules = { observe: 'boolean', aliases: 'array' };
    const { observe, aliases = [] } = checkOptions<GateTagsOptions>(given, rules, warn);
    const onError = (error: unknown) => consent.tell('error', error);
    const guard = createGuard(onError);
    const listen = createListen(guard);
    const run = createScriptRunner(onError, warn);
    const isName = (name: unknown) => /^[\w-]+$/.test(`${name}`) || warn(`option "aliases": "${name}" is no attribute`);
    const names = ['data-consent', ...aliases.filter(isName)];

    const select = (kind: string) => names.map((name) => `:is(${kind})[${name}]:not([${RAN}])`).join();
    const find = <Found extends Element>(kind: string) => [...document.querySelectorAll<Found>(select(kind))];
    const nameOn = (element: Element) => names.find((name) => element.hasAttribute(name));
    const wishOf = (element: Element) => element.getAttribute(nameOn(element) as string) as string;
    /** What an element waits for: one of several lists of purposes. */
    const listsOf = (element: Element) =>
      wishOf(element)
        .split('|')
        .map((list) => list.trim().split(/\s+/));
    const isGranted = (element: Element) => listsOf(element).some((list) => list.every((name) => consent.has(name)));

    /** What came with the page: known as long as no script of it has had the time to add more. */
    const parsed = new WeakSet<Element>();
    const note = () => {
      for (const element of find('template,script,iframe')) {
        parsed.add(element);
        // Our own script tag says by that name whether to ask.
        if (element.matches('script:not([type="text/plain"],[data-endpoint]),iframe:not([data-src])'))
          warn('data-consent holds back <script type="text/plain"> and <iframe data-src>, not what loads at once');
        if (element instanceof HTMLTemplateElement && hasLeaks(element))
          warn(
            'Firefox requests what <template data-consent> holds; there, use type="text/plain" for scripts, and data-src, data-srcset, data-href, data-poster',
          );
      }
    };

    /** Puts the content of templates into the page; its scripts are held back like others, and so run in order. */
    const fill = () => {
      const granted = find<HTMLTemplateElement>('template').filter(isGranted);
      for (const template of granted) {
        const { content, scripts } = readTemplate(template, wishOf(template), nameOn);
        if (parsed.has(template)) for (const script of scripts) parsed.add(script);
        template.setAttribute(RAN, '');
        template.before(content);
      }
      // One may lie within another.
      if (granted.length) fill();
    };
    let frameGate: Promise<FrameGate> | undefined;
    /** In the task of the choice once there is a frame; what frames need is loaded with the first. */
    const lookAtFrames = (changed?: string[]) => {
      if (!frameGate && find('iframe[data-src]').length)
        frameGate = import('./gateFrames.ts').then(({ createFrameGate }) => createFrameGate(consent, guard));
      frameGate?.then(
        guard((gate) => {
          gate.sweep(changed);
          for (const frame of find<HTMLIFrameElement>('iframe[data-src]'))
            gate.set(frame, listsOf(frame)[0] as string[], isGranted(frame));
        }),
        (error) => {
          frameGate = undefined;
          onError(error);
        },
      );
    };
    const look = guard((changed?: string[]) => {
      fill();
      for (const element of find<HTMLScriptElement>('script[type="text/plain"]').filter(isGranted)) {
        element.setAttribute(RAN, '');
        const mayRun = () => {
          if (isGranted(element)) return true;
          element.removeAttribute(RAN);
          return false;
        };
        run({ element, type: element.dataset.type ?? '', isParsed: parsed.has(element), mayRun });
      }
      lookAtFrames(changed);
    });

    const [visit] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[];
    if (!visit?.domContentLoadedEventStart) note();
    look();
    consent.on('change', ({ changed }) => look(changed));
    if (document.readyState === 'loading') {
      const stop = listen(document, 'readystatechange', () => {
        stop();
        note();
        look();
      });
    }
    if (observe) {
      const kinds = select('*');
      const isTag = (node: Node) => node instanceof Element && (node.matches(kinds) || node.querySelector(kinds));
      const onMutation = guard((records: MutationRecord[]) => {
        if (records.some(({ addedNodes }) => [...addedNodes].some(isTag))) look();
      });
      new MutationObserver(onMutation).observe(document, { childList: true, subtree: true });
    }
  };
}

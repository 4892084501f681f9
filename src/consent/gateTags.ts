import { checkOptions } from '../platform/checkOptions.ts';
import { createGuard } from '../platform/guard.ts';
import { createListen } from '../platform/listen.ts';
import type { ConsentIntegration } from './consent.ts';
import { createFrameGate } from './gateFrames.ts';
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
    const { observe, aliases = [] } = checkOptions<GateTagsOptions>(
      given,
      { observe: 'boolean', aliases: 'array' },
      warn,
    );
    const onError = (error: unknown) => consent.tell('error', error);
    const guard = createGuard(onError);
    const listen = createListen(guard);
    const frames = createFrameGate(consent, guard);
    const run = createScriptRunner(onError, warn);
    const isName = (name: unknown) =>
      /^[\w-]+$/.test(`${name}`) || warn(`option "aliases": "${name}" names no attribute`);
    const names = ['data-consent', ...aliases.filter(isName)];

    const select = (kind: string) => names.map((name) => `:is(${kind})[${name}]:not([${RAN}])`).join();
    const find = <Found extends Element>(kind: string) => document.querySelectorAll<Found>(select(kind));
    const isGated = (element: Element) => names.some((name) => element.hasAttribute(name));
    const wishOf = (element: Element) =>
      element.getAttribute(names.find((name) => element.hasAttribute(name)) as string) as string;
    /** What an element waits for: one of several lists of purposes. */
    const listsOf = (element: Element) =>
      wishOf(element)
        .split('|')
        .map((list) => list.trim().split(/\s+/));
    const isGranted = (element: Element) => listsOf(element).some((list) => list.every((name) => consent.has(name)));

    /** What came with the page: known as long as no script of it has had the time to add more. */
    const parsed = new WeakSet<Element>();
    const note = () => {
      for (const element of find('template,script')) {
        parsed.add(element);
        if (element instanceof HTMLTemplateElement && hasLeaks(element))
          warn(
            'Firefox requests what is in <template data-consent> at once; write type="text/plain" on scripts in it, and data-src, data-srcset, data-href, data-poster for other addresses',
          );
      }
    };

    /** Puts the content of templates into the page; its scripts are held back like others, and so run in order. */
    const fill = () => {
      const granted = [...find<HTMLTemplateElement>('template')].filter(isGranted);
      for (const template of granted) {
        const { content, scripts } = readTemplate(template, wishOf(template), isGated);
        if (parsed.has(template)) for (const script of scripts) parsed.add(script);
        template.setAttribute(RAN, '');
        template.before(content);
      }
      // One may lie within another.
      if (granted.length) fill();
    };
    const look = guard(() => {
      fill();
      for (const element of find<HTMLScriptElement>('script[type="text/plain"]')) {
        if (!isGranted(element)) continue;
        element.setAttribute(RAN, '');
        const mayRun = () => {
          if (isGranted(element)) return true;
          element.removeAttribute(RAN);
          return false;
        };
        run({ element, type: element.dataset.type ?? '', isParsed: parsed.has(element), mayRun });
      }
      frames.sweep();
      for (const frame of find<HTMLIFrameElement>('iframe[data-src]'))
        frames.set(frame, listsOf(frame)[0] as string[], isGranted(frame));
    });
    // In this task, but after all who hear of the choice at first hand: a script that runs finds them informed.
    const lookSoon = () => queueMicrotask(look);

    const [visit] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[];
    if (!visit?.domContentLoadedEventStart) note();
    lookSoon();
    if (document.readyState === 'loading') {
      const stop = listen(document, 'readystatechange', () => {
        stop();
        note();
        look();
      });
    }
    consent.on('change', ({ changed }) => {
      frames.sweep(changed);
      lookSoon();
    });
    if (observe) {
      const kinds = select('*');
      const isTag = (node: Node) => node instanceof Element && (node.matches(kinds) || node.querySelector(kinds));
      new MutationObserver(
        guard((records: MutationRecord[]) => {
          if (records.some(({ addedNodes }) => [...addedNodes].some(isTag))) look();
        }),
      ).observe(document, { childList: true, subtree: true });
    }
  };
}

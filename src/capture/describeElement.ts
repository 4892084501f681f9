import { selectorOf } from './selectorOf.ts';

/** What is there to be clicked: links, buttons, summaries and their ARIA twins. */
export const CONTROLS =
  'a[href],area[href],button,summary,[role=button],[role=link],[role=menuitem],[role=tab],input[type=button],input[type=submit],input[type=reset],input[type=image]';

/** The elements that an event passes, innermost first: a shadow root retargets `event.target` to its host, the path does not. */
export const elementsOf = (event: Event): Element[] =>
  event.composedPath().filter((node): node is Element => node instanceof Element);

/** The innermost of them that matches. */
export const findIn = (path: Element[], selectors: string): Element | undefined =>
  path.find((node) => node.matches(selectors));

/** Names an element by its attributes and its place in the document: never by what is written on it or typed into it. */
export function describeElement(element: Element, isLink: boolean, scrubText: (text: string) => string) {
  const read = (name: string) => {
    const text = element.getAttribute(name) ?? undefined;
    return text && scrubText(text);
  };
  const kind = isLink ? 'link' : element.matches('button,input,summary,[role=button]') ? 'button' : 'element';
  return {
    kind,
    name: read('data-track') || read('role') || kind,
    label: read('data-track-label'),
    selector: selectorOf(element),
  };
}

/** Where a click was, in the document. */
export const placeOf = (event: MouseEvent) =>
  // A key press has no place on the page. Firefox counts Enter on a link as a click, but names no pointer.
  event.detail && (event as PointerEvent).pointerType !== ''
    ? { x: Math.round(event.pageX), y: Math.round(event.pageY) }
    : undefined;

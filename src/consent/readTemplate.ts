const RUNNABLE = /^\s*(module|text\/plain|((text|application)\/(x-)?(java|ecma)script)?)\s*$/i;
/** Elements that may keep an address in `data-…` as long as they wait. */
const LATER = { src: 'img,iframe,video,audio,source,track', srcset: 'img,source', href: 'link', poster: 'video' };
/** What Firefox requests as it reads a page, even in a template. */
const LEAKS = 'script[src]:not([type="text/plain"]),img[src],img[srcset],source[srcset],link[href],video[poster]';

/** Whether something in a template of the page's own HTML does not wait in every browser. */
export const hasLeaks = ({ content }: HTMLTemplateElement): boolean => !!content.querySelector(LEAKS);

/**
 * Copies what is in a template, with addresses where they belong. Its scripts wait for the given purposes like others:
 * added as they are, they would run in the order they arrive. What `isGated` on its own is left to wait.
 */
export function readTemplate(
  template: HTMLTemplateElement,
  purposes: string,
  isGated: (element: Element) => unknown,
): { content: DocumentFragment; scripts: HTMLScriptElement[] } {
  const content = document.importNode(template.content, true);
  for (const [name, kinds] of Object.entries(LATER)) {
    for (const element of content.querySelectorAll(`:is(${kinds})[data-${name}]`))
      if (!isGated(element)) element.setAttribute(name, element.getAttribute(`data-${name}`) as string);
  }
  const scripts = [...content.querySelectorAll('script')].filter(
    (script) => RUNNABLE.test(script.type) && !isGated(script),
  );
  for (const script of scripts) {
    if (script.type !== 'text/plain') script.dataset.type = script.type;
    script.type = 'text/plain';
    script.dataset.consent = purposes;
  }
  return { content, scripts };
}

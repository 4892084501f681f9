import type { CaptureContext, Teardown } from './capture.ts';
import { describeElement, elementsOf, findIn, placeOf } from './describeElement.ts';

const DOWNLOAD =
  /^[^?#]+\.(pdf|zip|gz|tgz|rar|7z|dmg|exe|msi|pkg|deb|apk|iso|csv|xlsx?|docx?|pptx?|epub|mp[34]|wav|mov)([?#]|$)/i;

/** What may hold what was typed, or is nobody’s business. */
const HIDDEN = 'textarea,[contenteditable],[data-private]';

/**
 * Has `look` called for the nearest matching element around a click, once per physical click, by mouse, touch or
 * keyboard: with what there is to say of it, and what reads its visible text. Clicks that scripts make do not count.
 * Returns its undo.
 */
export function watchClicks(
  { listen, scrubUrl, scrubText }: CaptureContext,
  selector: string,
  look: (
    data: ReturnType<typeof describeElement> & Record<string, unknown>,
    readText: () => string | undefined,
    element: Element,
  ) => void,
): Teardown {
  /** Until when a click on a label's control is its echo. */
  const echoes = new WeakMap<EventTarget, number>();

  const onClick = (event: MouseEvent) => {
    // The right button asks for a menu.
    if (event.button > 1 || !event.isTrusted) return;
    const path = elementsOf(event);
    // A click on a label makes the browser click its control at once: the same physical click.
    if (event.timeStamp < (echoes.get(path[0] as Element) ?? 0)) return;

    const around = (selectors: string) => findIn(path, selectors);
    const element = around(selector);
    if (!element) return;
    const control = (around('label') as HTMLLabelElement | undefined)?.control;
    if (control) echoes.set(control, event.timeStamp + 50);

    const link = around('a[href],area[href]');
    // Inside SVG, `href` is an object; the attribute is text everywhere.
    const href = link && scrubUrl(link.getAttribute('href') as string, true);
    const host = href?.split('/')[2];
    look(
      {
        ...describeElement(element, !!link, scrubText),
        href,
        outbound: (host && host !== location.host) || undefined,
        download: (link && (link.hasAttribute('download') || DOWNLOAD.test(href as string))) || undefined,
        ...placeOf(event),
      },
      () =>
        around(HIDDEN) || element.querySelector(HIDDEN)
          ? undefined
          : scrubText((element.textContent as string).trim().slice(0, 200)).slice(0, 100),
      element,
    );
  };

  // First of all in the capture phase: a page that stops propagation still counts.
  listen(window, 'click', onClick, { capture: true });
  return listen(window, 'auxclick', onClick, { capture: true });
}

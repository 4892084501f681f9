import type { Capture } from './capture.ts';
import { CONTROLS, describeElement, elementsOf, placeOf } from './describeElement.ts';

export interface ClicksOptions {
  /** Which elements count. @default links, buttons, summaries, their ARIA twins and `[data-track]` */
  selector?: string;
  /** Whether the visible text of links and buttons, scrubbed, stands in for a missing `data-track-label`. @default false */
  text?: boolean;
}

const DOWNLOAD =
  /^[^?#]+\.(pdf|zip|gz|tgz|rar|7z|dmg|exe|msi|pkg|deb|apk|iso|csv|xlsx?|docx?|pptx?|epub|mp[34]|wav|mov)([?#]|$)/i;

/**
 * Emits `click` for the nearest matching element around a click, one per physical click, by mouse, touch or keyboard.
 *
 * Reads `data-track`, `data-track-label`, role and link target; never what a visitor typed, and what is written on the
 * element only by option. Clicks that scripts make do not count.
 */
export function clicks({ selector = `${CONTROLS},[data-track]`, text = false }: ClicksOptions = {}): Capture {
  return ({ emit, listen, scrubUrl, scrubText }) => {
    let echoOn: EventTarget | null | undefined;
    let echoUntil: number;

    const onClick = (event: MouseEvent) => {
      // The right button asks for a menu.
      if (event.button > 1 || !event.isTrusted) return;
      const path = elementsOf(event);
      // A click on a label makes the browser click its control at once: the same physical click.
      if (path[0] === echoOn && event.timeStamp < echoUntil) return;
      const around = (selectors: string) => path.find((node) => node.matches(selectors));

      const element = around(selector);
      if (!element) return;
      echoOn = (around('label') as HTMLLabelElement | undefined)?.control;
      echoUntil = event.timeStamp + 50;

      const link = around('a[href],area[href]');
      const described = describeElement(element, !!link, scrubText);
      // Inside SVG, `href` is an object; the attribute is text everywhere.
      const href = link && scrubUrl(link.getAttribute('href') as string, true);
      const host = href?.split('/')[2];
      emit('click', {
        ...described,
        label:
          described.label ??
          // What may hold what was typed is not read.
          (text &&
          described.kind !== 'element' &&
          !around('[contenteditable]') &&
          !element.querySelector('textarea,[contenteditable]')
            ? scrubText((element.textContent ?? '').trim().slice(0, 200)).slice(0, 100)
            : undefined),
        href,
        outbound: (host && host !== location.host) || undefined,
        download: (link && (link.hasAttribute('download') || DOWNLOAD.test(href as string))) || undefined,
        ...placeOf(event),
      });
    };

    // First of all in the capture phase: a page that stops propagation still counts.
    listen(window, 'click', onClick, { capture: true });
    return listen(window, 'auxclick', onClick, { capture: true });
  };
}

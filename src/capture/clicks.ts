import type { Capture, CaptureContext } from './capture.ts';
import { selectorOf } from './selectorOf.ts';

export interface ClicksOptions {
  /** Which elements count. @default links, buttons, summaries, their ARIA twins and `[data-track]` */
  selector?: string;
  /** Whether the visible text of links and buttons, scrubbed, stands in for a missing `data-track-label`. @default false */
  text?: boolean;
}

const CLICKABLE =
  'a[href],area[href],button,summary,[role=button],[role=link],[role=menuitem],[role=tab],input[type=button],input[type=submit],input[type=reset],input[type=image],[data-track]';
const DOWNLOAD = /\.(pdf|zip|gz|tgz|rar|7z|dmg|exe|msi|pkg|deb|apk|iso|csv|xlsx?|docx?|pptx?|epub|mp[34]|wav|mov)$/i;

/**
 * Emits `click` for the nearest matching element around a click, one per physical click, by mouse, touch or keyboard.
 *
 * Reads `data-track`, `data-track-label`, role and link target; never what a visitor typed, and what is written on the
 * element only by option. Clicks that scripts make do not count.
 */
export function clicks({ selector = CLICKABLE, text = false }: ClicksOptions = {}): Capture {
  return ({ emit, listen, scrubUrl, scrubText }) => {
    let echo: { control: EventTarget | null; at: number } | undefined;

    const onClick = (event: MouseEvent, button: number) => {
      if (event.button !== button || !event.isTrusted) return;
      // A shadow root retargets `event.target` to its host; the path keeps the real elements.
      const path = event.composedPath().filter((node): node is Element => node instanceof Element);
      // A click on a label makes the browser click its control at once: the same physical click.
      if (echo && path[0] === echo.control && event.timeStamp - echo.at < 50) return;
      const label = path.find((node) => node instanceof HTMLLabelElement) as HTMLLabelElement | undefined;
      echo = label && { control: label.control, at: event.timeStamp };

      const element = path.find((node) => node.matches(selector));
      if (!element) return;
      const link = path.find((node) => node.matches('a[href],area[href]'));
      const isButton = element.matches('button,input,summary,[role=button]');
      const kind = link ? 'link' : isButton ? 'button' : 'element';
      emit('click', {
        kind,
        name: element.getAttribute('data-track') || element.getAttribute('role') || kind,
        label:
          element.getAttribute('data-track-label') ??
          (text && (link || isButton) ? scrubText((element.textContent ?? '').trim().slice(0, 100)) : undefined),
        ...(link && describeLink(link, scrubUrl)),
        selector: selectorOf(element),
        // A key press has no place on the page.
        ...(event.detail && { x: Math.round(event.pageX), y: Math.round(event.pageY) }),
      });
    };

    // Capture phase: a page that stops propagation still counts.
    const undo = [
      listen<MouseEvent>(document, 'click', (event) => onClick(event, 0), { capture: true }),
      listen<MouseEvent>(document, 'auxclick', (event) => onClick(event, 1), { capture: true }),
    ];
    return () => {
      for (const end of undo) end();
    };
  };
}

function describeLink(link: Element, scrubUrl: CaptureContext['scrubUrl']) {
  // Inside SVG, `href` is an object; the attribute is text everywhere.
  const raw = link.getAttribute('href') ?? '';
  const href = scrubUrl(raw, true);
  const { host, pathname } = new URL(href || '/', location.href);
  return {
    href,
    outbound: (!!host && host !== location.host) || undefined,
    download: link.hasAttribute('download') || DOWNLOAD.test(pathname) || undefined,
  };
}

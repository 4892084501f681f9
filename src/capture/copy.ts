import type { Capture } from './capture.ts';
import { describeElement, elementsOf, findIn } from './describeElement.ts';

/**
 * Emits `copy` when the visitor copies something: how much, and from which element.
 *
 * Never what: the text is counted, that of fields by the marks of the selection alone.
 */
export function copy(): Capture {
  return ({ emit, listen, scrubText }) =>
    listen(
      document,
      'copy',
      (event) => {
        const path = elementsOf(event);
        const [element] = path;
        if (!element || !event.isTrusted || findIn(path, '[data-private]')) return;
        const { selectionStart, selectionEnd } = element as HTMLTextAreaElement;
        emit('copy', {
          chars: selectionEnd ? selectionEnd - selectionStart : `${getSelection()}`.length,
          ...describeElement(element, !!findIn(path, 'a[href]'), scrubText),
        });
      },
      { capture: true },
    );
}

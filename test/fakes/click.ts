export interface Click {
  type?: 'click' | 'auxclick';
  button?: number;
  detail?: number;
  trusted?: boolean;
  clientX?: number;
  clientY?: number;
}
/** The visitor clicks, or with `trusted: false` a script. */
export function click(target: string | Element, { type = 'click', trusted = true, ...init }: Click = {}) {
  const element = typeof target === 'string' ? (document.querySelector(target) as Element) : target;
  const event = new MouseEvent(type, {
    bubbles: true,
    composed: true,
    cancelable: true,
    detail: 1,
    button: 0,
    ...init,
  });
  Object.defineProperty(event, 'isTrusted', { value: trusted });
  element.dispatchEvent(event);
  return event;
}

const NAME = 'beaconry-consent';

/** The element that holds the banner and the preferences. */
export interface Host extends HTMLElement {
  /** Called when it leaves the document, alone or with a body that is exchanged. */
  onGone?: () => void;
}

/** Takes the element that the owner has put into the page, or puts one first into the body: first in order of focus too. */
export function claimHost(onGone: () => void): Host {
  if (!customElements.get(NAME)) {
    customElements.define(
      NAME,
      class extends HTMLElement {
        declare onGone?: () => void;
        disconnectedCallback() {
          this.onGone?.();
        }
      },
    );
  }
  let host = [...document.querySelectorAll<Host>(NAME)].find(({ shadowRoot }) => !shadowRoot);
  if (!host) {
    host = document.createElement(NAME);
    document.body.prepend(host);
  }
  host.onGone = onGone;
  return host;
}

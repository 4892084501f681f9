import type { Purpose } from '../protocol/consent.ts';
import type { Consent } from './consent.ts';
import { createScript } from './createScript.ts';

/**
 * Loads a script from its address once the purpose is granted. Rejects where it cannot be loaded, and where the page's
 * policy forbids to name one.
 */
export async function loadScript(consent: Consent, src: string, purpose: Purpose = 'marketing'): Promise<void> {
  if (!src || typeof src !== 'string') {
    const text = `beaconry: load("${src}") needs an address`;
    console.warn(text);
    throw Error(text);
  }
  if (consent.mode(purpose) !== 'granted') {
    await new Promise<void>((resolve) => {
      const undo = consent.on('change', () => {
        if (consent.mode(purpose) !== 'granted') return;
        undo();
        resolve();
      });
    });
  }
  const script = createScript();
  try {
    script.src = src;
  } catch {
    throw Error(
      `beaconry: Trusted Types forbid load("${src}"); use gateTags() and <script type="text/plain" data-consent="${purpose}" src="${src}">`,
    );
  }
  await new Promise<unknown>((resolve, reject) => {
    script.onload = resolve;
    script.onerror = () => reject(Error(`beaconry: ${src} could not be loaded`));
    document.head.append(script);
  });
}

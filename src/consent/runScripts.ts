import { createScript } from './createScript.ts';

/** A script that was held back, and may run now. */
export interface HeldScript {
  element: HTMLScriptElement;
  /** What its type becomes: empty for a classic script. */
  type: string;
  /** Whether it came with the page, and not out of HTML that a script has put there. */
  isParsed: boolean;
  /** Asked when its turn comes: consent may be gone since. */
  mayRun(): boolean;
}

interface TrustedTypesPolicy {
  createScript(text: string): string;
  createScriptURL(url: string): string;
}
interface TrustedTypes {
  createPolicy(name: string, rules: TrustedTypesPolicy): TrustedTypesPolicy;
}

/**
 * Runs scripts in the order they are given, as the parser would have: an inline one waits for the files before it. Each
 * runs as a copy behind its element, with all its attributes, so that what a framework has put on the page stays there.
 */
export function createScriptRunner(
  onError: (error: unknown) => void,
  warn: (text: string) => unknown,
): (script: HeldScript) => void {
  let line: Promise<unknown> = Promise.resolve();
  let loading: Promise<unknown>[] = [];
  let policy: TrustedTypesPolicy | undefined;

  /** Throws where Trusted Types forbid it. */
  const rebuild = (element: HTMLScriptElement): HTMLScriptElement => {
    const { trustedTypes } = window as { trustedTypes?: TrustedTypes };
    const rules: TrustedTypesPolicy = { createScript: (text) => text, createScriptURL: (url) => url };
    policy ??= trustedTypes?.createPolicy('beaconry', rules) ?? rules;
    const script = createScript();
    for (const { name, value } of element.attributes)
      script.setAttribute(name, name === 'src' ? policy.createScriptURL(value) : value);
    if (!script.hasAttribute('src')) script.text = policy.createScript(element.text);
    return script;
  };
  const copy = (element: HTMLScriptElement, isParsed: boolean): HTMLScriptElement | undefined => {
    const isFile = element.hasAttribute('src');
    const clone = () => element.cloneNode(true) as HTMLScriptElement;
    try {
      // A clone needs nothing that Trusted Types forbid; but one of what was made from HTML would never run.
      return isFile && isParsed ? clone() : rebuild(element);
    } catch {
      if (isFile) return clone();
      warn(
        'inline scripts that wait for consent need "trusted-types beaconry" in the content security policy; files do not: <script type="text/plain" data-consent src>',
      );
      return undefined;
    }
  };

  const run = async ({ element, type, isParsed, mayRun }: HeldScript) => {
    const isFile = element.hasAttribute('src');
    const isModule = type === 'module';
    if (!isFile && !isModule) {
      await Promise.all(loading);
      loading = [];
    }
    const script = mayRun() && copy(element, isParsed);
    if (!script) return;
    if (type) script.type = type;
    else script.removeAttribute('type');
    // The attribute is empty in the page, so that nobody reads it there.
    if (element.nonce) script.nonce = element.nonce;
    // Scripts that scripts add run as they arrive, unless told to keep their order.
    if (!element.hasAttribute('async')) script.async = false;
    if (isFile && !isModule && !element.hasAttribute('async') && !element.hasAttribute('defer')) {
      loading.push(
        new Promise((resolve) => {
          script.addEventListener('load', resolve);
          script.addEventListener('error', resolve);
        }),
      );
    }
    element.after(script);
  };

  return (script) => {
    line = line.then(() => run(script)).catch(onError);
  };
}

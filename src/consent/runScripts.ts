/** A script that was held back, and may run now. */
export interface HeldScript {
  element: HTMLScriptElement;
  /** What its type becomes: empty for a classic script. */
  type: string;
  /** Asked when its turn comes: consent may be gone since. */
  mayRun(): boolean;
}

interface TrustedTypesPolicy {
  createScript(text: string): string;
}
interface TrustedTypes {
  createPolicy(name: string, rules: TrustedTypesPolicy): TrustedTypesPolicy;
}

/**
 * Runs scripts in the order they are given, as the parser would have: an inline one waits for the files before it. Each
 * runs as a copy behind its element, with all its attributes, so that what a framework has put on the page stays there.
 * A copy needs nothing that Trusted Types forbid; the text of an inline script passes a policy named `beaconry`.
 */
export function createScriptRunner(
  onError: (error: unknown) => void,
  warn: (text: string) => void,
): (script: HeldScript) => void {
  let line: Promise<unknown> = Promise.resolve();
  let loading: Promise<unknown>[] = [];
  let policy: TrustedTypesPolicy | undefined;

  /** Answers whether the script may run as it is. */
  const trust = (script: HTMLScriptElement): boolean => {
    const { trustedTypes } = window as { trustedTypes?: TrustedTypes };
    try {
      policy ??= trustedTypes?.createPolicy('beaconry', { createScript: (text) => text });
      if (policy) script.text = policy.createScript(script.text);
      return true;
    } catch {
      warn(
        'the content security policy forbids inline scripts that wait for consent; allow "trusted-types beaconry", or put the script into a file and that into <template data-consent>',
      );
      return false;
    }
  };

  const run = async ({ element, type, mayRun }: HeldScript) => {
    const isFile = element.hasAttribute('src');
    const isModule = type === 'module';
    if (!isFile && !isModule) {
      await Promise.all(loading);
      loading = [];
    }
    if (!mayRun()) return;
    const script = element.cloneNode(true) as HTMLScriptElement;
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
    if (isFile || trust(script)) element.after(script);
  };

  return (script) => {
    line = line.then(() => run(script)).catch(onError);
  };
}

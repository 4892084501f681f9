import { createGuard } from '../platform/guard.ts';
import type { Consent, ConsentMode } from './consent.ts';

/** What a banner that a site already has says of the visitor's choice. */
export interface Cmp {
  /** By purpose, true for granted and false for refused; undefined as long as the visitor has not chosen. */
  get(): Record<string, boolean> | undefined;
  /** Calls `listener` whenever that may be another, also when the banner's script arrives. Returns its undo. */
  onChange(listener: () => void): () => void;
}

export interface ConsentFromOptions {
  /** What happens to events before a choice. @default 'memory' */
  beforeConsent?: 'none' | 'memory' | 'cookieless';
  /** What happens to events after a refusal. @default 'none' */
  onDeny?: 'none' | 'cookieless';
}

/**
 * Has a tracker obey the banner that a site already has. The banner's script may arrive later; whatever it says that is
 * neither a grant nor a refusal counts as not chosen.
 *
 * @example
 * createTracker({ endpoint: '/e', consent: consentFrom(cookiebot()) });
 */
export function consentFrom(cmp: Cmp, { beforeConsent, onDeny }: ConsentFromOptions = {}): Consent {
  const guard = createGuard(() => {});
  const warn = (text: string) => console.warn('beaconry:', text);
  const pick = <Mode extends ConsentMode>(name: string, given: Mode | undefined, ...modes: Mode[]): Mode => {
    if (given && !modes.includes(given)) warn(`option "${name}" of consentFrom() should be ${modes.join(' or ')}`);
    return given && modes.includes(given) ? given : (modes[0] as Mode);
  };
  const before = pick('beforeConsent', beforeConsent, 'memory', 'none', 'cookieless');
  const after = pick('onDeny', onDeny, 'none', 'cookieless');
  if (!cmp?.get || !cmp.onChange) warn('consentFrom() should be given what a banner says: consentFrom(oneTrust())');

  const ask = guard((purpose: string) => cmp.get()?.[purpose]);
  const listen = guard((listener: () => void) => cmp.onChange(guard(listener)));
  return {
    mode(purpose) {
      const choice = purpose === 'necessary' || ask(purpose);
      return choice === true ? 'granted' : choice === false ? after : before;
    },
    on: (_type, listener) => guard(listen(() => listener()) ?? (() => {})),
  };
}

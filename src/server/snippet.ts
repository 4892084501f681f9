import type { ConsentOptions } from '../consent/consent.ts';
import type { Purpose } from '../protocol/consent.ts';

/** Options of `createConsent()`; they need `consent: 'ask'`. */
type AskOptions = Pick<
  ConsentOptions,
  | 'acceptLegacy'
  | 'beforeConsent'
  | 'cookieDomain'
  | 'cookieExpiry'
  | 'cookieName'
  | 'gpc'
  | 'layout'
  | 'locale'
  | 'model'
  | 'onDeny'
  | 'privacyPolicyUrl'
  | 'reask'
  | 'recordUrl'
  | 'reloadOnRevoke'
  | 'revision'
>;

/** What the script tag says. All but `src`, `nonce` and `integrity` are its `data-*` attributes. */
export interface SnippetOptions extends AskOptions {
  /** Where `beaconry.js` lies. */
  src: string;
  endpoint: string;
  site?: string;
  /** `ask`: by the visitor's choice, for which the script asks. @default 'cookieless' */
  consent?: 'cookieless' | 'granted' | 'ask';
  purposes?: Purpose[];
  /** @default 'auto' */
  banner?: 'auto' | 'manual';
  privacy?: 'strict' | 'balanced' | 'off';
  delivery?: 'at-least-once' | 'at-most-once';
  eraseUrl?: string;
  debug?: boolean;
  /** Names of captures: `['pageViews', 'clicks', 'webVitals']`. @default those of `autocapture()` */
  capture?: string[];
  /** Whether a change of the fragment is a page view. */
  hash?: boolean;
  /** Whether the visible text of links and buttons is taken. */
  text?: boolean;
  batchSize?: number;
  /** In milliseconds, as are those below. */
  batchInterval?: number;
  sessionIdle?: number;
  sessionMax?: number;
  /** Of the page's content security policy. */
  nonce?: string;
  /** Of the file, for subresource integrity. */
  integrity?: string;
}

/** What the script reads. Nothing else is written: names as well as values may come from anywhere. */
const DATA = (
  'endpoint site consent purposes banner privacy delivery eraseUrl debug capture hash text batchSize batchInterval ' +
  'sessionIdle sessionMax acceptLegacy beforeConsent cookieDomain cookieExpiry cookieName gpc layout locale model onDeny ' +
  'privacyPolicyUrl reask recordUrl reloadOnRevoke revision'
).split(' ') as (keyof SnippetOptions)[];

/**
 * Writes the tag that loads `beaconry.js`, safe whatever the values hold.
 *
 * @example
 * snippet({ src: '/beaconry.js', endpoint: '/e', site: 'shop', consent: 'cookieless' });
 */
export function snippet(options: SnippetOptions): string {
  const { src, nonce, integrity } = options;
  const data = DATA.map((name) => [`data-${name.replace(/[A-Z]/g, '-$&').toLowerCase()}`, options[name]] as const);
  const attributes = [
    ['src', src],
    ...data,
    ['nonce', nonce],
    ['integrity', integrity],
    // Without it, a file of another origin cannot be compared with its hash.
    ['crossorigin', !!integrity],
  ] as const;
  return `<script defer${attributes.map(([name, value]) => write(name, value)).join('')}></script>`;
}

function write(name: string, value: unknown): string {
  if (value === undefined || value === null || value === false) return '';
  if (value === true) return ` ${name}`;
  return ` ${name}="${`${value}`.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)}"`;
}

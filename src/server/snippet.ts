/** What the script tag says. All but `src`, `nonce` and `integrity` are its `data-*` attributes. */
export interface SnippetOptions {
  /** Where `beaconry.js` lies. */
  src: string;
  endpoint: string;
  site?: string;
  consent?: 'cookieless' | 'granted';
  privacy?: 'strict' | 'balanced' | 'off';
  debug?: boolean;
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
const DATA: (keyof SnippetOptions)[] = [
  'endpoint',
  'site',
  'consent',
  'privacy',
  'debug',
  'hash',
  'text',
  'batchSize',
  'batchInterval',
  'sessionIdle',
  'sessionMax',
];

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

/** What data is used for. Letters, digits, `_` and `-`. `necessary` needs no consent. */
export type Purpose = 'necessary' | 'functional' | 'analytics' | 'marketing' | (string & {});

/** How a choice came about. */
export type ConsentSource = 'banner' | 'preferences' | 'api' | 'gpc' | 'server' | 'import';

/** A visitor's choice, as it is kept and as it is proven. */
export interface ConsentRecord {
  /** Version of this form. */
  v: 1;
  /** Revision of the question; see `ConsentOptions.revision`. */
  revision: number;
  /** Epoch milliseconds, to the minute once it has been in the cookie. */
  updatedAt: number;
  source: ConsentSource;
  purposes: Record<string, 'granted' | 'denied'>;
  /** Language of the question. Not in the cookie. */
  locale?: string;
  /** SHA-256 of the texts that were shown, in hexadecimal digits. Not in the cookie. */
  textHash?: string;
  /** Random; only where records are posted to a server, as the visitor's claim to theirs. */
  id?: string;
}

const SOURCES: ConsentSource[] = ['banner', 'preferences', 'api', 'gpc', 'server', 'import'];
const MINUTE_MS = 60_000;
/** Bounded, so that every time is one that a `Date` can hold. */
const FORM = /^1\.(\d{1,9})\.([\da-z]{1,7})\.([bpagsi])\.([\da-zA-Z-]{1,64})((?:\.[\w-]+~[01])+)$/;

/**
 * Writes a choice as the value of a cookie: `1.3.ht9yv.b.0.analytics~1.marketing~0`, which is schema, revision, minutes
 * since 1970 to base 36, initial of the source, id or 0, and the purposes. It holds only characters that every server
 * reads as they are, so a server can look for `analytics~1`.
 */
export function formatConsent({ revision, updatedAt, source, id = '0', purposes }: ConsentRecord): string {
  const choices = Object.entries(purposes).map(([purpose, choice]) => `${purpose}~${+(choice === 'granted')}`);
  return ['1', revision, Math.floor(updatedAt / MINUTE_MS).toString(36), source[0], id, ...choices].join('.');
}

/** Reads a cookie's value back; undefined for what is none of ours. */
export function readConsent(value: string): ConsentRecord | undefined {
  const [, revision, minutes, initial, id, choices] = FORM.exec(value) ?? [];
  if (!choices) return undefined;
  const purposes: ConsentRecord['purposes'] = {};
  for (const choice of choices.slice(1).split('.')) {
    const [purpose, isGranted] = choice.split('~') as [string, string];
    purposes[purpose] = isGranted === '1' ? 'granted' : 'denied';
  }
  return {
    v: 1,
    revision: Number(revision),
    updatedAt: parseInt(minutes as string, 36) * MINUTE_MS,
    source: SOURCES.find((source) => source[0] === initial) as ConsentSource,
    purposes,
    ...(id !== '0' && { id }),
  };
}

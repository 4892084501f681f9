/** A page's cookies, as browsers keep them: by name and domain, with an age. */
export interface CookieJar {
  /** Each as it was set. */
  written: string[];
  /** Sets one, as another tab or a server would. */
  set(cookie: string): void;
  /** Whether the browser refuses. */
  isBlocked: boolean;
  close(): void;
}

/** Stands in for `document.cookie`. */
export function openCookieJar(): CookieJar {
  const kept = new Map<string, { name: string; value: string; domain: string; until: number }>();
  const put = (text: string) => {
    const [pair = '', ...attributes] = text.split(';').map((part) => part.trim());
    const read = (name: string) =>
      attributes.find((attribute) => attribute.toLowerCase().startsWith(`${name}=`))?.split('=')[1];
    const [name = '', ...value] = pair.split('=');
    const host = location.hostname;
    const domain = read('domain')?.replace(/^\./, '') ?? '';
    // Neither for strangers, nor for a whole top-level domain.
    if (domain && (!`.${host}`.endsWith(`.${domain}`) || !domain.includes('.'))) return;
    const maxAge = read('max-age');
    const until = maxAge === undefined ? Number.POSITIVE_INFINITY : Date.now() + Number(maxAge) * 1000;
    const key = `${name} ${domain || `only ${host}`}`;
    kept.delete(key);
    if (until > Date.now()) kept.set(key, { name, value: value.join('='), domain: domain || host, until });
  };
  const jar: CookieJar = {
    written: [],
    set: put,
    isBlocked: false,
    close: () => void Reflect.deleteProperty(document, 'cookie'),
  };
  Object.defineProperty(document, 'cookie', {
    configurable: true,
    get() {
      if (jar.isBlocked) throw new DOMException('blocked', 'SecurityError');
      return [...kept.values()]
        .filter(({ domain, until }) => until > Date.now() && `.${location.hostname}`.endsWith(`.${domain}`))
        .map(({ name, value }) => `${name}=${value}`)
        .join('; ');
    },
    set(text: string) {
      if (jar.isBlocked) throw new DOMException('blocked', 'SecurityError');
      jar.written.push(text);
      put(text);
    },
  });
  return jar;
}

function findCookies(start: string): string[] {
  try {
    return document.cookie.split('; ').filter((cookie) => cookie.startsWith(start));
  } catch {
    // A sandboxed frame, or a server.
    return [];
  }
}

/** Every value of a cookie: the same name may be there for this host and for a parent domain. None where cookies are refused. */
export function readCookies(name: string): string[] {
  return findCookies(`${name}=`).map((cookie) => cookie.slice(name.length + 1));
}

/** Sets a first-party cookie; `maxAge` in seconds, 0 removes it. Whether the browser took it, only reading tells. */
export function writeCookie(name: string, value: string, maxAge: number, domain?: string): void {
  try {
    const secure = location.protocol === 'https:' ? ';Secure' : '';
    const scope = domain ? `;Domain=${domain}` : '';
    // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is asynchronous, and missing on plain http.
    document.cookie = `${name}=${value};Path=/;Max-Age=${maxAge};SameSite=Lax${secure}${scope}`;
  } catch {
    // Refused: the caller lives on from memory.
  }
}

/** Removes a cookie from this host and from every parent domain; `_ga*` stands for all that begin so. */
export function clearCookies(name: string): void {
  for (const cookie of findCookies(`${name}=`.replace(/\*=$/, ''))) {
    const found = cookie.replace(/=.*/, '');
    writeCookie(found, '', 0);
    for (let domain = location.hostname; domain.includes('.'); domain = domain.slice(domain.indexOf('.') + 1)) {
      writeCookie(found, '', 0, domain);
    }
  }
}

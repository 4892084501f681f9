/** Name and value of every cookie that a script may see; `undefined` where cookies are refused. */
export function listCookies(): [name: string, value: string][] | undefined {
  try {
    // A sandboxed frame throws.
    const { cookie } = document;
    if (!navigator.cookieEnabled) return undefined;
    return cookie
      .split('; ')
      .filter(Boolean)
      .map((pair) => {
        const [name = '', ...value] = pair.split('=');
        return [name, value.join('=')];
      });
  } catch {
    return undefined;
  }
}

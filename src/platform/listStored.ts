/** Key and text of everything in localStorage; `undefined` where it is refused. */
export function listStored(): [key: string, text: string][] | undefined {
  try {
    return Object.keys(localStorage).map((key) => [key, localStorage.getItem(key) ?? '']);
  } catch {
    return undefined;
  }
}

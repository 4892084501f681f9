/** Loads a script from its address. Rejects where it cannot be loaded, and where the page's policy forbids to name one. */
export async function loadScript(src: string): Promise<void> {
  const script = document.createElement('script');
  try {
    script.src = src;
  } catch {
    throw Error(
      `beaconry: Trusted Types forbid load("${src}"); put <script src="${src}"> into <template data-consent="…"> and use gateTags()`,
    );
  }
  await new Promise<unknown>((resolve, reject) => {
    script.onload = resolve;
    script.onerror = () => reject(Error(`beaconry: ${src} could not be loaded`));
    document.head.append(script);
  });
}

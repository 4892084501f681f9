/** Adds a sheet of rules to a document or shadow root, in the way that a strict policy allows. Returns what writes it. */
export function addStyles(root: Document | ShadowRoot): (css: string) => void {
  try {
    const sheet = new CSSStyleSheet();
    root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
    return (css) => sheet.replaceSync(css);
  } catch {
    // Safari before 16.4.
    const style = document.createElement('style');
    ((root as Document).head ?? root).append(style);
    return (css) => {
      style.textContent = css;
    };
  }
}

/** Adds rules to a document or shadow root, in the way that a strict policy for styles allows. Returns its undo. */
export function addStyles(root: Document | ShadowRoot, css: string): () => void {
  try {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
    return () => {
      root.adoptedStyleSheets = root.adoptedStyleSheets.filter((other) => other !== sheet);
    };
  } catch {
    // Safari before 16.4.
    const style = document.createElement('style');
    style.textContent = css;
    ((root as Document).head ?? root).append(style);
    return () => style.remove();
  }
}

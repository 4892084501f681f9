/** Makes a script element: the only place that does. What it loads or says is always the owner's. */
export const createScript = (): HTMLScriptElement => document.createElement('script');

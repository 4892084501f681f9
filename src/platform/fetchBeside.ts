// Only while a classic script runs does the document know which one it is. So whoever needs this later has to have it
// imported from the beginning.
const base = (globalThis.document?.currentScript as HTMLScriptElement | null)?.src;

/** Loads a module that lies beside the script tag's file, wherever that came from. */
export const fetchBeside = async <Module>(path: string): Promise<Module> => import(`${new URL(path, base)}`);

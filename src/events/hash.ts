import { sha256 } from '../platform/sha256.ts';

/**
 * SHA-256 of an e-mail address (or another name), trimmed and in lower case as advertising systems expect it, in 64
 * hexadecimal digits. `undefined` where the browser cannot, as on plain http.
 */
export const hash = (text: string): Promise<string | undefined> => sha256(text.trim().toLowerCase());

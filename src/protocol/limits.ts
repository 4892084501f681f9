/** Longest event name, in characters. */
export const MAX_NAME_LENGTH = 200;
/** Longest string in `data`, in UTF-16 units; longer ones are cut and end in `…`. */
export const MAX_STRING_LENGTH = 8192;
/** Largest event, in UTF-16 units of its JSON. */
export const MAX_EVENT_LENGTH = 32_768;
/** Deepest nesting of `data`. */
export const MAX_DEPTH = 8;
/** Most keys and list items in one `data`, all levels together. */
export const MAX_KEYS = 200;
/** Most events in one request. */
export const MAX_BATCH_EVENTS = 500;
/** Largest request body, in bytes before compression. */
export const MAX_BATCH_BYTES = 262_144;
/** How long an event sent by a leaving page rests before it is sent again, so that an answer can come. */
export const LEAVING_GRACE_MS = 10_000;
/** Largest batch of a leaving page. Browsers allow 64 KiB of keepalive bodies in flight, all of a page together. */
export const LEAVING_BATCH = { maxEvents: 50, maxBytes: 16_384 };
/** Most bytes that a leaving page has in flight: something is left for others on the page. */
export const MAX_LEAVING_BYTES = 61_440;

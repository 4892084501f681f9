import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { MAX_BATCH_BYTES } from '../../../src/protocol/limits.ts';
import { Refusal } from '../refusal.ts';

/** How much one request may bring. */
export interface BodyLimits {
  /** As it travels, compressed or not. @default 320 KiB: the SDK's largest batch and its envelope */
  maxBytes?: number;
  /** After gzip is undone. @default 1 MiB */
  maxInflatedBytes?: number;
}

const ENVELOPE_BYTES = 64 * 1024;

/**
 * Reads a request's body as text, up to a limit.
 *
 * Gzip is known by its first bytes alone: a `Content-Encoding` header would cost the visitor a preflight request.
 */
export async function readBody(
  request: Request,
  { maxBytes = MAX_BATCH_BYTES + ENVELOPE_BYTES, maxInflatedBytes = 1024 * 1024 }: BodyLimits = {},
): Promise<string> {
  const bytes = await readBytes(request, maxBytes);
  if (bytes.length === 0) throw new Refusal(400, 'body', 'is empty');
  const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b;
  const inflated = isGzip ? await inflate(bytes, maxInflatedBytes) : bytes;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(inflated);
  } catch {
    throw new Refusal(400, 'body', 'is not UTF-8 text');
  }
}

async function readBytes(request: Request, maxBytes: number): Promise<Uint8Array> {
  const tooLarge = new Refusal(413, 'body', `is larger than ${maxBytes} bytes`);
  if (Number(request.headers.get('content-length') ?? 0) > maxBytes) throw tooLarge;
  if (!request.body) return new Uint8Array();

  const chunks: Uint8Array[] = [];
  let length = 0;
  const reader: ReadableStreamDefaultReader<Uint8Array> = request.body.getReader();
  for (;;) {
    const { done, value } = await reader.read().catch(() => {
      throw new Refusal(400, 'body', 'broke off');
    });
    if (done) return Buffer.concat(chunks);
    length += value.length;
    if (length > maxBytes) {
      // Not awaited: a sender that keeps sending must not keep us.
      reader.cancel().catch(() => undefined);
      throw tooLarge;
    }
    chunks.push(value);
  }
}

async function inflate(bytes: Uint8Array, maxOutputLength: number): Promise<Uint8Array> {
  try {
    // Stops as soon as the output passes the limit, whatever the bytes would still grow to.
    return await promisify(gunzip)(bytes, { maxOutputLength });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE') {
      throw new Refusal(413, 'body', `is larger than ${maxOutputLength} bytes when inflated`);
    }
    throw new Refusal(400, 'body', 'starts like gzip and is not');
  }
}

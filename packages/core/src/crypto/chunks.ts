/** Joins the signed text for functions that take one buffer. */

import { encodeUtf8 } from '../encoding.ts';
import type { Chunk } from './hmac.ts';

/** The chunks as one piece of memory; a single chunk is not copied. */
export function joinChunks(chunks: readonly Chunk[]): Uint8Array<ArrayBuffer> {
  const parts = chunks.map((chunk) => (typeof chunk === 'string' ? encodeUtf8(chunk) : chunk));
  const [only] = parts;
  if (parts.length === 1 && only !== undefined) return only as Uint8Array<ArrayBuffer>;
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** Parses the bytes of a body as JSON. */

import { decodeUtf8 } from '../encoding.ts';

/** Strict UTF-8 JSON; a byte order mark is allowed (RFC 8259 section 8.1); undefined for anything else. */
export function parseJson(body: Uint8Array): unknown {
  const text = decodeUtf8(body);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text);
  } catch {
    // The engine's message quotes the input, so it is dropped.
    return undefined;
  }
}

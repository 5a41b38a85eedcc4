/** The signed data that identifies an event if its body is not signed as a whole. */

import { joinChunks } from '../../crypto/chunks.ts';
import type { Chunk } from '../../crypto/hmac.ts';
import { encodeUtf8 } from '../../encoding.ts';
import { type SignatureDescription, signsWholeBody } from './description.ts';
import { createParts, type SchemeFeature, type SignedContents, type Template } from './template.ts';

export function createContents(description: SignatureDescription, features: readonly SchemeFeature[]): SignedContents {
  const content = createContent(description, features);
  const strict = content === undefined ? createStrictContent(description, features) : undefined;
  return { content, strict, join: (chunks) => joinContent(chunks, description.ambiguous === true) };
}

/**
 * The identity of an event if the body is not signed as a whole: otherwise unsigned bytes could change the body and make a replay look new.
 * Time and nonce differ between attempts and are left out. If the rest is the same in every event to one URL, it does not tell events
 * apart: then the received body identifies the event, as if nothing were signed.
 */
function createContent(
  { signs, ambiguous = false }: SignatureDescription,
  features: readonly SchemeFeature[],
): Template | undefined {
  if (signsWholeBody(signs)) return undefined;
  const lasting = signs.filter((part) => part !== 'timestamp' && part !== 'nonce');
  const isUnique = lasting.some((part) => {
    if (typeof part === 'string') return part === 'id' || part === 'sorted_form';
    if ('compute' in part) return part.covers.includes('body') || part.covers.includes('id');
    return 'json' in part || 'form' in part || 'sortedFormOrQueryDigest' in part;
  });
  const parts = lasting.filter((part) => !(typeof part === 'object' && 'text' in part));
  if (!isUnique) return undefined;
  return createParts(ambiguous ? lasting : parts, features);
}

/**
 * All signed data except the time, if only a nonce tells deliveries apart, for an app that is strict. The nonce of a captured delivery
 * stays the same, whatever its body becomes.
 */
function createStrictContent(
  { signs, ambiguous = false }: SignatureDescription,
  features: readonly SchemeFeature[],
): Template | undefined {
  if (signsWholeBody(signs) || !signs.includes('nonce')) return undefined;
  return createParts(
    signs.filter((part) => part !== 'timestamp' && (ambiguous || typeof part === 'string' || !('text' in part))),
    features,
  );
}

/** Length before each part, so that nothing moves from one to the next; for an ambiguous text, only the text itself is stable. */
function joinContent(chunks: readonly Chunk[], ambiguous: boolean): Uint8Array {
  return ambiguous ? joinChunks(chunks) : joinLengthFirst(chunks.map((chunk) => joinChunks([chunk])));
}

export function joinLengthFirst(parts: readonly Uint8Array[]): Uint8Array {
  const texts = parts.map((part) => `${part.length}:`);
  const bytes = new Uint8Array(
    parts.reduce((sum, part, index) => sum + part.length + (texts[index] as string).length, 0),
  );
  let at = 0;
  for (const [index, part] of parts.entries()) {
    bytes.set(encodeUtf8(texts[index] as string), at);
    at += (texts[index] as string).length;
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** Signatures that are the plain hash of the secret and the text, as a few old schemes have them. */

import { crypto } from '#crypto';
import type { Chunk, HashName, MacKey } from '../crypto/hmac.ts';
import { decodeUtf8 } from '../encoding.ts';
import type { SchemeFeature } from './signed-text/template.ts';

/** For descriptions with `construction: 'secret_prefix'`. */
export const plainHash: SchemeFeature = { makePlainKey: createTextKey };

/**
 * The plain hash of secret and text. Anyone who has one can extend it by a padding that begins with 0x80, which UTF-8 text cannot contain
 * there (RFC 1321 section 3.1, FIPS 180-4 section 5.1), so bytes that are not text never match.
 */
function createTextKey(hash: HashName, secret: Uint8Array): MacKey {
  const key = crypto.createPrefixKey(hash, secret);
  const isText = (chunk: Chunk) => typeof chunk === 'string' || decodeUtf8(chunk) !== undefined;
  return {
    ...key,
    matches: (chunks, candidates) => chunks.every(isText) && key.matches(chunks, candidates),
    mac: (chunks) => key.mac(chunks),
  };
}

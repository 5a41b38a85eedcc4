/** Content-Digest (RFC 9530): recomputed over the received bytes, since a signature of the header alone proves nothing about them. */

import { crypto } from '#crypto';
import type { HashName } from '../../crypto/hmac.ts';
import { WebhookError } from '../../errors.ts';
import { parseDictionary } from './structured-fields.ts';

/** The active algorithms of the IANA registry (RFC 9530 section 5). */
const hashes: Readonly<Record<string, HashName>> = { 'sha-256': 'SHA-256', 'sha-512': 'SHA-512' };

/**
 * Checks every digest of a known algorithm; there must be at least one.
 *
 * @throws header_malformed; signature_mismatch if the body has another digest
 */
export async function checkContentDigest(value: string, body: Uint8Array): Promise<void> {
  const at = 'content-digest';
  const digests = [...(parseDictionary(value) ?? [])].filter(([name]) => Object.hasOwn(hashes, name));
  if (digests.length === 0)
    throw new WebhookError('header_malformed', { at, hint: 'It has no sha-256 and no sha-512.' });
  let isEqual = true;
  for (const [name, { item }] of digests) {
    if (!(item instanceof Uint8Array)) throw new WebhookError('header_malformed', { at });
    if (!crypto.equalBytes(item, await crypto.digest(hashes[name] as HashName, [body]))) isEqual = false;
  }
  if (!isEqual) {
    throw new WebhookError('signature_mismatch', { at, hint: 'The body is not the one whose digest was signed.' });
  }
}

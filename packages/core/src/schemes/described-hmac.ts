/** HMAC described by an app: checked, with all that a description can name. */

import { hashSizes } from '../crypto/hmac.ts';
import { WebhookError } from '../errors.ts';
import { namesOfSecretFormat } from '../keys/decode-secret.ts';
import { hmacScheme } from './hmac.ts';
import type { HmacDescription } from './hmac-description.ts';
import { plainHash } from './plain-hash.ts';
import type { Scheme } from './scheme.ts';
import { allFeatures, checkDescription } from './signed-text/check-description.ts';

/**
 * Describes a sender that signs with HMAC (RFC 2104).
 *
 * Hash, tag and encoding are fixed by the description; nothing is taken from the delivery. The MAC is computed once for
 * each active secret over the received bytes and compared in constant time with every signature of the delivery.
 *
 * @example
 * const scheme = hmac({
 *   hash: 'SHA-256',
 *   signature: { header: 'x-acme-signature', key: 'v1', encoding: 'hex' },
 *   timestamp: { header: 'x-acme-signature', key: 't', unit: 'seconds' },
 *   signs: ['timestamp', { text: '.' }, 'body'],
 * });
 *
 * @throws options_invalid if the description contradicts itself
 */
export function hmac(description: HmacDescription): Scheme<'secrets', 'hmac'> {
  if (!Object.hasOwn(hashSizes, description.hash)) {
    const hint = `Expected ${Object.keys(hashSizes).join(', ')}.`;
    throw new WebhookError('options_invalid', { at: 'scheme.hash', hint });
  }
  checkDescription(description, { hash: null, construction: null, secret: namesOfSecretFormat() });
  return hmacScheme(description, ...allFeatures, plainHash);
}

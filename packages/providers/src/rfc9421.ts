/** HTTP message signatures (RFC 9421), for senders that say they use them. */

import type { HttpSignatureDescription, HttpSignatureMaterial } from '@countersign/core';
import { httpSignature } from '@countersign/core/http-signature';
import { definePreset } from '@countersign/core/preset';

/**
 * A sender that signs by HTTP message signatures. The standard leaves open what is signed and by which algorithm, so the
 * preset asks: what your sender's page says has to be covered, at the least method, target and `content-digest`.
 *
 * Keys are found by `keyid` where they have names: `keys: [{ id: 'the-keyid', key: pem }]`, JWKs with `kid`, or a function.
 *
 * @example
 * const receiver = createReceiver({
 *   provider: rfc9421({ algorithm: 'ed25519', components: ['@method', '@target-uri', 'content-digest'] }),
 *   keys: [{ id: 'key-2026', key: process.env.SENDER_PUBLIC_KEY! }],
 *   publicUrl: 'https://example.com',
 * });
 *
 * A protocol that leaves `created` out needs something else that bounds replays. In the Universal Commerce Protocol (UCP) that is a
 * signed `Idempotency-Key`, which becomes the id of the event:
 *
 * @example
 * const ucp = rfc9421({
 *   algorithm: 'ecdsa-p256-sha256',
 *   components: ['@method', '@authority', '@path', 'idempotency-key', 'content-digest', 'content-type'],
 *   created: 'optional',
 *   id: { header: 'idempotency-key' },
 *   keyId: true,
 * });
 *
 * @throws options_invalid for an unknown algorithm, without components, for an id that is not covered, and for
 * `created: 'optional'` without `nonce: true` and without `id`
 * @see https://www.rfc-editor.org/rfc/rfc9421 and https://www.rfc-editor.org/rfc/rfc9530 (read 2026-11-20)
 * @see https://ucp.dev/specification/signatures (REST Request Signing, Replay Protection; read 2026-11-26)
 */
export function rfc9421<const D extends HttpSignatureDescription>(description: D) {
  return definePreset<object, HttpSignatureMaterial<D>>({
    name: 'rfc9421',
    title: 'HTTP Message Signatures (RFC 9421)',
    scheme: httpSignature(description),
    secretHelp: 'The public key that the sender’s `keyid` names; for hmac-sha256 the shared secret, 32 bytes at least.',
    rotation: 'By keyid.',
    source: { title: 'RFC 9421', url: 'https://www.rfc-editor.org/rfc/rfc9421', readOn: '2026-11-20' },
    confidence: 'documented',
    unsaid: [
      'What an implementation signs, how old a message may be (the preset takes 300 seconds), and where an id stands.',
    ],
  });
}

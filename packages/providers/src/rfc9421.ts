/** HTTP message signatures (RFC 9421), for senders that say they use them. */

import type { HttpSignatureDescription, HttpSignatureMaterial, OnlyNamesOf } from '@countersign/core/describe';
import { httpSignature } from '@countersign/core/http-signature';
import { definePreset } from '@countersign/core/preset';
import type { Rfc9421Events } from './events/rfc9421.ts';

export type { Rfc9421Events } from './events/rfc9421.ts';

/**
 * A sender that uses HTTP message signatures. The standard leaves open what is signed and with which algorithm, so you
 * pass it: the components that your sender's documentation says are covered, at least method, target and
 * `content-digest`.
 *
 * Keys are found by `keyid` if they have names: `keys: [{ id: 'the-keyid', key: pem }]`, JWKs with `kid`, or a
 * function.
 *
 * @example
 * const receiver = createReceiver({
 *   provider: rfc9421({ algorithm: 'ed25519', components: ['@method', '@target-uri', 'content-digest'] }),
 *   keys: [{ id: 'key-2026', key: process.env.SENDER_PUBLIC_KEY! }],
 *   publicUrl: 'https://example.com',
 * });
 *
 * // A protocol without `created` needs something else that limits replays. In the Universal Commerce Protocol (UCP)
 * // that is a signed `Idempotency-Key`, which becomes the id of the event:
 * const ucp = rfc9421({
 *   algorithm: 'ecdsa-p256-sha256',
 *   components: ['@method', '@authority', '@path', 'idempotency-key', 'content-digest', 'content-type'],
 *   created: 'optional',
 *   id: { header: 'idempotency-key' },
 *   requires: ['keyid'],
 * });
 *
 * @throws options_invalid for an unknown algorithm, without components, for an id that is not covered, and for
 * `created: 'optional'` without a required `nonce` and without `id`
 * @see https://www.rfc-editor.org/rfc/rfc9421 and https://www.rfc-editor.org/rfc/rfc9530 (read 2026-11-20)
 * @see https://ucp.dev/specification/signatures (REST Request Signing, Replay Protection; read 2026-11-26)
 */
export function rfc9421<const D extends HttpSignatureDescription>(
  description: D & OnlyNamesOf<HttpSignatureDescription, D>,
) {
  return definePreset<Rfc9421Events, HttpSignatureMaterial<D>>({
    name: 'rfc9421',
    title: 'HTTP Message Signatures (RFC 9421)',
    scheme: httpSignature(description),
    secretHelp: 'The public key that the sender’s `keyid` names; for hmac-sha256 the shared secret, at least 32 bytes.',
    rotation: 'By keyid.',
    source: { title: 'RFC 9421', url: 'https://www.rfc-editor.org/rfc/rfc9421', readOn: '2026-11-20' },
    confidence: 'documented',
    unsaid: [
      'What an implementation signs, the maximum age of a message (the preset uses 300 seconds), and the place of an id.',
    ],
  });
}

/** Public-key signatures described by an app: checked, with everything that a description can name. */

import type { SignatureAlgorithm } from '../crypto/signature-algorithm.ts';
import { WebhookError } from '../errors.ts';
import type { CertificateSource } from '../keys/certificate-keys.ts';
import type { Names, OnlyNamesOf } from '../options/option-values.ts';
import { certificates } from './certificates.ts';
import { type PublicKeyMaterial, publicKeyScheme } from './public-key.ts';
import type { PublicKeyDescription } from './public-key-description.ts';
import type { Scheme } from './scheme.ts';
import { allFeatures, checkDescription } from './signed-text/check-description.ts';
import type { SignatureDescription } from './signed-text/description.ts';

/**
 * Describes a sender that signs with a private key.
 *
 * The algorithm is fixed by the description. Our own strict parser reads keys before any runtime sees them: private
 * keys, RSA of less than 2048 bits, Ed25519 keys of small order, and keys for another algorithm are refused when the
 * receiver is built. DER signatures are parsed strictly too, so that every runtime gives the same verdict.
 *
 * @example
 * const scheme = publicKey({
 *   algorithm: { name: 'Ed25519' },
 *   signature: { header: 'x-acme-signature', encoding: 'hex' },
 *   timestamp: { header: 'x-acme-timestamp', unit: 'seconds' },
 *   signs: ['timestamp', { text: '.' }, 'body'],
 * });
 *
 * @throws options_invalid if the description contradicts itself
 */
export function publicKey<const D extends PublicKeyDescription>(
  description: D & OnlyNamesOf<PublicKeyDescription, D>,
): Scheme<PublicKeyMaterial<D>, 'public_key'> {
  checkDescription(description, own);
  requireAlgorithm(description.algorithm);
  return publicKeyScheme(description, ...allFeatures, certificates);
}

const own = {
  algorithm: { name: null, namedCurve: null, hash: null, format: null, saltLength: null },
  keyPrefix: null,
  certificate: {
    url: { header: null, json: null },
    hosts: { before: null, label: null, after: null },
    pathEnd: null,
    names: { before: null, label: null, after: null },
    roots: null,
    fetch: null,
    timeoutSeconds: null,
    maxAgeSeconds: null,
    dangerouslyAllowInsecureUrl: null,
  } satisfies Record<keyof CertificateSource, Names | null>,
} as const satisfies Record<Exclude<keyof PublicKeyDescription, keyof SignatureDescription>, Names | null>;

function requireAlgorithm(algorithm: SignatureAlgorithm): void {
  const refuse = (hint: string) => new WebhookError('options_invalid', { at: 'scheme.algorithm', hint });
  const isHash = (hash: unknown) => ['SHA-1', 'SHA-256', 'SHA-384', 'SHA-512'].includes(hash as string);
  switch (algorithm?.name) {
    case 'Ed25519':
      return;
    case 'ECDSA':
      if (!['P-256', 'P-384', 'P-521'].includes(algorithm.namedCurve))
        throw refuse('Expected P-256, P-384 or P-521 as namedCurve.');
      if (!['der', 'p1363'].includes(algorithm.format)) throw refuse('Expected der or p1363 as format.');
      break;
    case 'RSA-PSS':
      if (!Number.isInteger(algorithm.saltLength) || algorithm.saltLength < 0 || algorithm.saltLength > 64)
        throw refuse('Expected a whole number of bytes from 0 to 64 as saltLength.');
      break;
    case 'RSASSA-PKCS1-v1_5':
      break;
    default:
      throw refuse('Expected Ed25519, ECDSA, RSASSA-PKCS1-v1_5 or RSA-PSS as name.');
  }
  if (!isHash(algorithm.hash)) throw refuse('Expected SHA-1, SHA-256, SHA-384 or SHA-512 as hash.');
}

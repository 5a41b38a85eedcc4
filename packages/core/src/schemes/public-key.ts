/** Signatures by public keys over a template of the delivery: Ed25519, ECDSA and RSA. */

import { isSignatureLength, type SignatureAlgorithm } from '../crypto/signature-algorithm.ts';
import { WebhookError } from '../errors.ts';
import { type CertificateSource, createCertificateSource } from '../keys/certificate-keys.ts';
import { createInlineKeys } from '../keys/inline-keys.ts';
import type { BoundScheme, Scheme, SchemeOptions, SignedParts } from './scheme.ts';
import { checkDescription, type SignatureDescription } from './signed-text/description.ts';
import { bindSignature } from './signed-text/verify.ts';

/** A signature made with a private key, described as data. */
export interface PublicKeyDescription extends SignatureDescription {
  readonly algorithm: SignatureAlgorithm;
  /** A prefix of the text form of keys that may stand before it, such as `whpk_`. */
  readonly keyPrefix?: string;
  /** Where the certificate stands whose key made the signature. Then the receiver takes no `keys`. */
  readonly certificate?: CertificateSource;
}

/** What a description is verified with. */
export type PublicKeyMaterial<D extends PublicKeyDescription> = D extends { readonly certificate: CertificateSource }
  ? 'none'
  : 'keys';

/**
 * Describes a sender that signs with a private key.
 *
 * The algorithm is fixed by the description. Keys are read by our own strict code before any runtime sees them: private
 * keys, RSA of less than 2048 bits, Ed25519 keys of small order, and keys for another algorithm are refused when the
 * receiver is built. Signatures in DER are read strictly too, so that every runtime gives the same verdict.
 *
 * @throws options_invalid when the description contradicts itself
 */
export function publicKey<const D extends PublicKeyDescription>(
  description: D,
): Scheme<PublicKeyMaterial<D>> & { readonly description: PublicKeyDescription } {
  const signed = checkDescription(description, ['algorithm', 'keyPrefix', 'certificate']);
  requireAlgorithm(description.algorithm);
  const material = description.certificate === undefined ? 'keys' : 'none';
  return {
    kind: 'public_key',
    material: material as PublicKeyMaterial<D>,
    signed,
    description,
    bind: (options) => bindPublicKey(description, signed, options),
  };
}

function requireAlgorithm(algorithm: SignatureAlgorithm): void {
  const refuse = (hint: string) => new WebhookError('options_invalid', { at: 'scheme.algorithm', hint });
  const isHash = (hash: unknown) => ['SHA-1', 'SHA-256', 'SHA-384', 'SHA-512'].includes(hash as string);
  switch (algorithm?.name) {
    case 'Ed25519':
      return;
    case 'ECDSA':
      if (!['P-256', 'P-384', 'P-521'].includes(algorithm.namedCurve))
        throw refuse('namedCurve takes P-256, P-384, P-521.');
      if (!['der', 'p1363'].includes(algorithm.format)) throw refuse('format takes der or p1363.');
      break;
    case 'RSA-PSS':
      if (!Number.isInteger(algorithm.saltLength) || algorithm.saltLength < 0 || algorithm.saltLength > 64)
        throw refuse('saltLength takes a whole number of bytes from 0 to 64.');
      break;
    case 'RSASSA-PKCS1-v1_5':
      break;
    default:
      throw refuse('name takes Ed25519, ECDSA, RSASSA-PKCS1-v1_5 or RSA-PSS.');
  }
  if (!isHash(algorithm.hash)) throw refuse('hash takes SHA-1, SHA-256, SHA-384 or SHA-512.');
}

function bindPublicKey(description: PublicKeyDescription, signed: SignedParts, options: SchemeOptions): BoundScheme {
  const { algorithm, certificate, keyPrefix } = description;
  const form = { name: algorithm.name, isLength: (bytes: number) => isSignatureLength(algorithm, bytes) };
  const findKeys =
    certificate === undefined
      ? createInlineKeys(options.keys, algorithm, keyPrefix)
      : createCertificateSource(certificate, algorithm);
  return { ...bindSignature(description, signed, options, form, findKeys), fixedSecrets: [] };
}

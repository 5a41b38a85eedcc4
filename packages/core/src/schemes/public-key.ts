/** Signatures by public keys over a template of the delivery: Ed25519, ECDSA and RSA. */

import { isSignatureLength } from '../crypto/signature-algorithm.ts';
import { WebhookError } from '../errors.ts';
import type { CertificateSource } from '../keys/certificate-keys.ts';
import { createInlineKeys } from '../keys/inline-keys.ts';
import type { PublicKeyDescription } from './public-key-description.ts';
import type { BoundScheme, Scheme, SchemeOptions } from './scheme.ts';
import type { SignedParts } from './signed-parts.ts';
import { signedPartsOf } from './signed-text/description.ts';
import type { SchemeFeature } from './signed-text/template.ts';
import { bindSignature } from './signed-text/verify.ts';

/** The material that a description needs. */
export type PublicKeyMaterial<D extends PublicKeyDescription> = D extends { readonly certificate: CertificateSource }
  ? 'none'
  : 'keys';

/** Builds a scheme from a checked description; tests check those of presets. */
export function publicKeyScheme<const D extends PublicKeyDescription>(
  description: D,
  ...features: readonly SchemeFeature[]
): Scheme<PublicKeyMaterial<D>, 'public_key'> {
  const signed = signedPartsOf(description);
  const material = description.certificate === undefined ? 'keys' : 'none';
  return {
    kind: 'public_key',
    material: material as PublicKeyMaterial<D>,
    signed,
    description,
    each: description.each,
    bind: (options) => bindPublicKey(description, signed, options, features),
  };
}

function bindPublicKey(
  description: PublicKeyDescription,
  signed: SignedParts,
  options: SchemeOptions,
  features: readonly SchemeFeature[],
): BoundScheme {
  const { algorithm, certificate, keyPrefix } = description;
  const form = { name: algorithm.name, isLength: (bytes: number) => isSignatureLength(algorithm, bytes) };
  const findKeys =
    certificate === undefined
      ? createInlineKeys(options.keys, algorithm, keyPrefix)
      : features.find((feature) => feature.certificateKeys)?.certificateKeys?.(certificate, algorithm);
  if (findKeys === undefined) {
    throw new WebhookError('options_invalid', { at: 'scheme.certificate', hint: 'It was not given certificates.' });
  }
  return { ...bindSignature(description, signed, options, form, findKeys, features), fixedSecrets: [] };
}

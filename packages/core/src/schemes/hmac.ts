/** Shared-secret signatures: HMAC over a template of the delivery, carried in headers or in the body. */

import { crypto } from '#crypto';
import { hashSizes, type MacKey } from '../crypto/hmac.ts';
import type { SecretInput } from '../keys/secret.ts';
import { createSecretSource, type HeldSecret } from '../keys/secret-source.ts';
import { optionError } from '../options/option-values.ts';
import type { HmacDescription } from './hmac-description.ts';
import type { BoundScheme, Scheme, SchemeOptions } from './scheme.ts';
import type { SignedParts } from './signed-parts.ts';
import { signedPartsOf } from './signed-text/description.ts';
import { missingFeature, type SchemeFeature } from './signed-text/template.ts';
import { bindSignature } from './signed-text/verify.ts';

/**
 * Builds a scheme from a checked description; tests check those of presets.
 *
 * @param features the parts that the description uses in addition to headers, fixed texts and the unchanged body
 */
export function hmacScheme(
  description: HmacDescription,
  ...features: readonly SchemeFeature[]
): Scheme<'secrets', 'hmac'> {
  const signed = signedPartsOf(description);
  return {
    kind: 'hmac',
    material: 'secrets',
    signed,
    description,
    each: description.each,
    bind: (options) => bindHmac(description, signed, options, features),
  };
}

function bindHmac(
  description: HmacDescription,
  signed: SignedParts,
  options: SchemeOptions,
  features: readonly SchemeFeature[],
): BoundScheme {
  const { hash, construction = 'hmac', secret: format = {} } = description;
  const makePlainKey = features.find((feature) => feature.makePlainKey)?.makePlainKey;
  const makeKey = construction === 'hmac' ? crypto.createMacKey : makePlainKey;
  if (makeKey === undefined) throw optionError('scheme.construction', missingFeature);
  const secrets = createSecretSource(
    // Whatever is not a secret is refused there.
    options.secrets as SecretInput,
    format,
    options.allowWeakSecrets,
    (bytes) => makeKey(hash, bytes, format.derive),
    eitherKey,
  );
  const form = { name: hash, isLength: (bytes: number) => bytes === hashSizes[hash].output };
  return {
    ...bindSignature(description, signed, options, form, secrets.active, features),
    fixedSecrets: secrets.fixed,
    async mac(text, delivery, now, askedWith) {
      const active = await secrets.active(now, delivery);
      const { key } = active.find(({ id }) => id === askedWith) ?? (active[0] as HeldSecret<MacKey>);
      return key.mac([text]);
    },
  };
}

/** A secret that the sender uses in two ways. Both are tried, even after a match. */
function eitherKey(keys: readonly MacKey[]): MacKey {
  return {
    matches(chunks, candidates) {
      const results = keys.map((key) => key.matches(chunks, candidates));
      return results.every((result) => typeof result === 'boolean')
        ? results.includes(true)
        : Promise.all(results).then((settled) => settled.includes(true));
    },
    mac: (chunks) => (keys[0] as MacKey).mac(chunks),
  };
}

/** Signatures in the form of a JWS whose payload is the request itself (RFC 7515 appendix F), encoded or unencoded (RFC 7797). */

import { joinChunks } from '../crypto/chunks.ts';
import { isSignatureLength } from '../crypto/signature-algorithm.ts';
import { type Delivery, type DeliveryHead, deliveryOf } from '../delivery/delivery.ts';
import { findHeader, requireHeader } from '../delivery/header-fields.ts';
import { createUrlReader } from '../delivery/public-url.ts';
import { textOf } from '../delivery/value-path.ts';
import { decodeBase64Url, encodeBase64Url } from '../encoding.ts';
import { WebhookError } from '../errors.ts';
import { importKey } from '../keys/inline-keys.ts';
import { type Names, requireNames } from '../options/option-values.ts';
import { requireValue } from '../options/value-rules.ts';
import type { DetachedJwsDescription } from '../schemes/detached-jws-description.ts';
import type { JwtAlgorithm, PublicKeyAlgorithm } from '../schemes/jwt-description.ts';
import { checkReplayWindow, parseTimestamp } from '../schemes/replay-window.ts';
import type { BoundScheme, Proof, Scheme, SchemeOptions } from '../schemes/scheme.ts';
import type { SignedParts } from '../schemes/signed-parts.ts';
import { isHmacAlgorithm, requireAlgorithms, signatureAlgorithmOf } from './algorithms.ts';
import { type CompactToken, parseCompact, verifyCompact } from './compact.ts';
import { createKeyFinder } from './keys.ts';
import type { NamedKey } from './token-key.ts';

/**
 * Describes a sender that signs with a detached JWS and a public key.
 *
 * Key URLs in its header (`jku`, `x5u`) are never followed: keys come from the options, found by `kid`.
 *
 * @example
 * const scheme = detachedJws({ header: 'x-jws-signature', algorithms: ['ES256'] });
 *
 * @throws options_invalid for HMAC algorithms, mixed families, or `crit` without `unencoded`
 */
export function detachedJws(description: DetachedJwsDescription): Scheme<'keys', 'detached_jws'> {
  requireNames(description, names, 'scheme', requireValue);
  const algorithms = requireAlgorithms(description.algorithms);
  if (isHmacAlgorithm(algorithms[0])) {
    throw new WebhookError('options_invalid', {
      at: 'scheme.algorithms',
      hint: 'Expected public-key algorithms, such as RS256.',
    });
  }
  const { crit, unencoded } = description;
  if (crit !== undefined && !(unencoded === true && ['required', 'optional'].includes(crit))) {
    throw new WebhookError('options_invalid', {
      at: 'scheme.crit',
      hint: "Expected 'required' or 'optional', together with unencoded: true.",
    });
  }
  const signed = Object.freeze({ body: true, id: false, timestamp: description.timestamp !== undefined });
  return {
    kind: 'detached_jws',
    material: 'keys',
    signed,
    description,
    bind: (options) => bindDetached(description, algorithms, signed, options),
  };
}

const names = {
  header: null,
  algorithms: null,
  unencoded: null,
  crit: null,
  timestamp: { unit: null, jose: null, header: null },
  requires: null,
  payloads: { name: null, sends: null, compute: null },
} as const satisfies Record<keyof DetachedJwsDescription, Names | null>;

const maxTexts = 4;

function bindDetached(
  description: DetachedJwsDescription,
  algorithms: readonly [JwtAlgorithm, ...JwtAlgorithm[]],
  signed: SignedParts,
  options: SchemeOptions,
): BoundScheme {
  const at = description.header.toLowerCase();
  const urlOf = createUrlReader(options);
  const { unencoded = false, crit = 'required', payloads, requires = {}, timestamp } = description;
  if (options.keys === undefined) {
    throw new WebhookError('secret_invalid', { at: 'keys', hint: "This scheme needs the sender's public keys." });
  }
  const find = createKeyFinder(options.keys, algorithms);
  const read = (head: DeliveryHead, now: number) => {
    const text = requireHeader(head.headers, at);
    const form = { isDetached: true, isUnencoded: unencoded, isCritOptional: crit === 'optional' };
    const token = parseCompact(text, algorithms, at, form);
    for (const [name, value] of Object.entries(requires)) {
      if (token.header[name] !== value) throw new WebhookError('token_invalid', { at: `${at} ${name}` });
    }
    return { token, signedAt: timestamp === undefined ? undefined : readTime(token, head, now) };
  };
  const readTime = ({ header }: CompactToken, head: DeliveryHead, now: number): number => {
    const { unit, ...place } = timestamp as NonNullable<typeof timestamp>;
    const where = 'jose' in place ? `${at} ${place.jose}` : place.header.toLowerCase();
    const text = 'jose' in place ? textOf(header[place.jose]) : findHeader(head.headers, where);
    if (text === undefined) throw new WebhookError('header_missing', { at: where });
    const signedAt = parseTimestamp(text, unit, where);
    if (!options.ignoreTimestamp) checkReplayWindow(signedAt, now, options.toleranceSeconds, unit, where);
    return signedAt;
  };

  return {
    fixedSecrets: [],
    open(head, now) {
      const { token, signedAt } = read(head, now);
      return { verify: async (body) => prove(token, signedAt, deliveryOf(head, body), now) };
    },
  };

  async function prove(
    token: CompactToken,
    signedAt: number | undefined,
    delivery: Delivery,
    now: number,
  ): Promise<Proof> {
    const url = () => urlOf(delivery);
    const texts = payloads === undefined ? [[delivery.body]] : payloads.compute(delivery, token.header, url);
    const keys = await find(token, now, delivery);
    const [first, , third] = token.text.split('.');
    let by: NamedKey | undefined;
    let refusal: unknown;
    for (const bytes of texts.slice(0, maxTexts).map(joinChunks)) {
      if (unencoded && token.header.crit === undefined) {
        by ??= await findSigner(token, bytes, keys);
        continue;
      }
      const whole = unencoded
        ? { ...token, unencodedPayload: bytes }
        : { ...token, text: `${first}.${encodeBase64Url(bytes)}.${third}` };
      try {
        const verified = await verifyCompact(whole, keys, at);
        by ??= verified.by;
      } catch (error) {
        refusal ??= error;
      }
    }
    if (by === undefined) throw refusal ?? new WebhookError('signature_mismatch', { at });
    return { secretId: by.id, signedAt, id: undefined, signed };
  }
}

/**
 * The key that signed an unencoded payload under a header with `b64: false` and without `crit`. jose treats such a payload as base64url, as
 * RFC 7797 section 6 requires, so the signature is checked here. Every key is tried.
 */
async function findSigner(
  { text, algorithm }: CompactToken,
  payload: Uint8Array,
  keys: readonly NamedKey[],
): Promise<NamedKey | undefined> {
  const [first, , third = ''] = text.split('.');
  const signature = decodeBase64Url(third) as Uint8Array;
  const rule = signatureAlgorithmOf(algorithm as PublicKeyAlgorithm);
  if (!isSignatureLength(rule, signature.length)) return undefined;
  let by: NamedKey | undefined;
  for (const named of keys) {
    const key = await importKey(rule, named.spki, 'keys');
    if (await key.matches([`${first}.`, payload], [signature])) by ??= named;
  }
  return by;
}

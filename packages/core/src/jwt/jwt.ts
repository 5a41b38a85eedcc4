/** The scheme of senders that send a token: finds it, verifies it, and binds it to its request. */

import { crypto } from '#crypto';
import { parseJson } from '../delivery/body.ts';
import { type Delivery, type DeliveryHead, deliveryOf } from '../delivery/delivery.ts';
import { requireHeader } from '../delivery/header-fields.ts';
import { createUrlReader } from '../delivery/public-url.ts';
import { textOf, valueAt } from '../delivery/value-path.ts';
import { decodeUtf8, encodeUtf8 } from '../encoding.ts';
import { WebhookError } from '../errors.ts';
import type { SecretMarks } from '../keys/secret-mark.ts';
import { createSecretSource } from '../keys/secret-source.ts';
import { type Names, type OnlyNamesOf, requireNames } from '../options/option-values.ts';
import { requireValue } from '../options/value-rules.ts';
import type { BoundHash, ClaimRules, JwtAlgorithm, JwtDescription } from '../schemes/jwt-description.ts';
import type { BoundScheme, KeyMaterial, Proof, Scheme, SchemeOptions } from '../schemes/scheme.ts';
import { queryToken, readScheme } from '../schemes/shared-token.ts';
import type { SignedParts } from '../schemes/signed-parts.ts';
import { hmacKeyBytes, isHmacAlgorithm, requireAlgorithms } from './algorithms.ts';
import { checkBindings } from './bindings.ts';
import { createChainFinder } from './certificate-chain.ts';
import { checkClaims, issuedAtOf, requireClaimRules } from './claims.ts';
import { type CompactToken, parseCompact, parseObject, type VerificationKey, verifyCompact } from './compact.ts';
import { createKeyFinder } from './keys.ts';

/**
 * The material that a description is verified with: shared secrets for HS algorithms, otherwise keys; both with stored
 * tokens.
 */
export type JwtMaterial<D extends JwtDescription> = D['storedToken'] extends true
  ? 'both'
  : D['algorithms'][0] extends `HS${string}`
    ? 'secrets'
    : 'keys';

/**
 * Describes a sender that sends a signed token (RFC 7519 in the compact form of RFC 7515).
 *
 * The token is parsed strictly and then verified by jose. A token proves its claims; it proves the body only if
 * `binds.bodyHash` is set or the token is the body, and events show that in `signed.body`.
 *
 * @example
 * const scheme = jwt({
 *   token: { header: 'authorization', scheme: 'Bearer' },
 *   algorithms: ['RS256'],
 *   claims: { issuer: 'https://sender.example' },
 * });
 *
 * @throws options_invalid for missing or mixed algorithms
 */
export function jwt<const D extends JwtDescription>(
  description: D & OnlyNamesOf<JwtDescription, D>,
): Scheme<JwtMaterial<D>, 'jwt'> {
  requireNames(description, names, 'scheme', requireValue);
  const algorithms = requireAlgorithms(description.algorithms);
  const isHmac = isHmacAlgorithm(algorithms[0]);
  requireClaimRules(description.claims ?? {});
  if (description.storedToken === true && isHmac) {
    throw new WebhookError('options_invalid', {
      at: 'scheme.storedToken',
      hint: 'Use it with public keys, not with HS algorithms.',
    });
  }
  const { claims, binds } = description;
  const signed: SignedParts = Object.freeze({
    body: binds?.bodyHash !== undefined || payloadPlace(description) !== 'body',
    id: description.id !== undefined,
    timestamp: claims?.expiry !== 'optional' || claims.maxAgeSeconds !== undefined,
  });
  const material: KeyMaterial = description.storedToken === true ? 'both' : isHmac ? 'secrets' : 'keys';
  return {
    kind: 'jwt',
    material: material as JwtMaterial<D>,
    signed,
    maxAgeSeconds:
      claims?.maxAgeSeconds === undefined ? undefined : claims.maxAgeSeconds + (claims.clockToleranceSeconds ?? 0),
    description,
    bind: (options) => bindJwt(description, algorithms, signed, options),
  };
}

const boundHash = { claim: null, hash: null, encoding: null, presence: null } as const satisfies Record<
  keyof BoundHash,
  null
>;
const claimNames = {
  issuer: null,
  subject: null,
  audience: { publicUrl: null },
  equals: null,
  required: null,
  custom: { name: null, sends: null, findProblem: null },
  expiry: null,
  maxAgeSeconds: null,
  clockToleranceSeconds: null,
} as const satisfies Record<keyof ClaimRules, Names | null>;
const names = {
  token: { header: null, scheme: null, query: null, json: null },
  algorithms: null,
  claims: claimNames,
  binds: { bodyHash: boundHash, urlHash: boundHash, queryStringHash: { claim: null, basePath: null } },
  payload: { claim: null },
  id: { claim: null },
  certificateChain: { leafOid: null, issuerOid: null },
  storedToken: null,
} as const satisfies Record<keyof JwtDescription, Names | null>;

interface NamedVerificationKey {
  readonly id: string;
  readonly key: VerificationKey;
  readonly tenant?: string | undefined;
  readonly marks?: SecretMarks | undefined;
}

function bindJwt(
  description: JwtDescription,
  algorithms: readonly [JwtAlgorithm, ...JwtAlgorithm[]],
  signed: SignedParts,
  options: SchemeOptions,
): BoundScheme {
  const at = placeOf(description.token);
  const urlOf = createUrlReader(options);
  const [first] = algorithms;
  const minBytes = isHmacAlgorithm(first)
    ? // The minimum of several: a sender that may use HS512 issues keys for HS256 too.
      Math.min(...algorithms.map((name) => (isHmacAlgorithm(name) ? hmacKeyBytes[name] : 32)))
    : 16;
  const secrets =
    options.secrets === undefined
      ? undefined
      : createSecretSource(options.secrets, { minBytes }, options.allowWeakSecrets, (bytes) => bytes);
  const { certificateChain } = description;
  const find =
    options.keys === undefined
      ? undefined
      : certificateChain === undefined
        ? createKeyFinder(options.keys, algorithms)
        : createChainFinder(options.keys, certificateChain);
  const usesSecrets = isHmacAlgorithm(first);
  if ((usesSecrets || description.storedToken === true) && secrets === undefined) {
    throw new WebhookError('secret_invalid', { at: 'secrets', hint: 'This scheme needs the shared secret.' });
  }
  if (!usesSecrets && find === undefined) {
    throw new WebhookError('secret_invalid', { at: 'keys', hint: "This scheme needs the sender's public key." });
  }

  const { token: source } = description;
  const parse = (text: string) => parseCompact(text, algorithms, at);

  return {
    fixedSecrets: secrets?.fixed ?? [],
    open(head, now) {
      const token = isInBody(source) ? undefined : parse(tokenInHead(source, head, at));
      return {
        verify: async (body) =>
          prove(token ?? parse(tokenInBody(source as BodyToken, body, at)), deliveryOf(head, body), now),
      };
    },
  };

  async function prove(token: CompactToken, delivery: Delivery, now: number): Promise<Proof> {
    const shared = usesSecrets ? await secrets?.active(now, delivery) : undefined;
    const keys: readonly NamedVerificationKey[] = shared ?? (await find?.(token, now, delivery)) ?? [];
    const { payload, by } = await verifyCompact(token, keys, at);
    let { id: secretId, tenant, marks } = by;
    if (description.storedToken === true) {
      // Only now: an unsigned token must not trigger lookups by a resolver.
      const given = encodeUtf8(token.text);
      const stored = (await secrets?.active(now, delivery)) ?? [];
      const equal = stored.filter(({ key }) => crypto.equalBytes(given, key));
      if (equal[0] === undefined)
        throw new WebhookError('signature_mismatch', { at, hint: 'The token is signed, but is not the stored token.' });
      ({ id: secretId, tenant, marks } = equal[0]);
    }
    const claims = parseObject(payload);
    if (claims === undefined)
      throw new WebhookError('token_invalid', { at, hint: 'Its payload is not a JSON object.' });
    const publicUrl = options.publicUrl === undefined ? undefined : () => urlOf(delivery);
    checkClaims(claims, description.claims ?? {}, now, at, publicUrl);
    if (description.binds !== undefined) await checkBindings(claims, description.binds, delivery, urlOf, at);
    return {
      secretId,
      tenant,
      marks,
      signedAt: signed.timestamp ? issuedAtOf(claims) : undefined,
      id: description.id === undefined ? undefined : idOf(claims, description.id.claim),
      signed,
      ...(description.binds?.urlHash !== undefined && { signedUrl: urlOf(delivery) }),
      ...contentOf(description, claims, payload),
    };
  }
}

/** The id in a claim; a missing or blank one identifies nothing. */
function idOf(claims: Readonly<Record<string, unknown>>, claim: string): string | undefined {
  const text = Object.hasOwn(claims, claim) ? textOf(claims[claim]) : undefined;
  return text === undefined || text.trim() === '' ? undefined : text;
}

/** A token inside the body, or instead of it, contains the payload; one in a header or in the query goes with the body. */
function payloadPlace({ token, payload }: JwtDescription): NonNullable<JwtDescription['payload']> {
  return payload ?? (typeof token === 'object' && !('json' in token) ? 'body' : 'claims');
}

function contentOf(
  description: JwtDescription,
  claims: Readonly<Record<string, unknown>>,
  bytes: Uint8Array,
): Pick<Proof, 'payload' | 'content' | 'strict'> {
  const payload = payloadPlace(description);
  if (payload === 'body') {
    // The token then says nothing about the body. One without `jti` may serve many deliveries (RFC 7519 section 4.1.7).
    const isUnique = description.binds?.bodyHash === undefined && idOf(claims, 'jti') !== undefined;
    return isUnique ? { strict: bytes } : {};
  }
  const value = payload === 'claims' ? claims : valueAt(claims, payload.claim);
  return { payload: { value: typeof value === 'string' ? parseJson(encodeUtf8(value)) : value }, content: bytes };
}

type BodyToken = 'body' | Extract<JwtDescription['token'], { readonly json: string }>;

function isInBody(source: JwtDescription['token']): source is BodyToken {
  return source === 'body' || 'json' in source;
}

function tokenInHead(source: Exclude<JwtDescription['token'], BodyToken>, head: DeliveryHead, at: string): string {
  if ('query' in source) return queryToken(source.query, head, at);
  return readScheme(source.scheme, requireHeader(head.headers, source.header.toLowerCase()), at);
}

function tokenInBody(source: BodyToken, body: Uint8Array, at: string): string {
  const text: unknown = source === 'body' ? decodeUtf8(body) : valueAt(parseJson(body), source.json);
  if (typeof text !== 'string' || text === '') throw new WebhookError('header_missing', { at });
  return text;
}

function placeOf(source: JwtDescription['token']): string {
  if (source === 'body') return 'body';
  if ('header' in source) return source.header.toLowerCase();
  return 'query' in source ? `query ${source.query}` : `body ${source.json}`;
}

/** Facts about a scheme for signers, docs and linters, whatever its kind. A new scheme compiles only if it provides all of them. */

import type { CertificateSource } from '../keys/certificate-keys.ts';
import type { SecretFormat } from '../keys/decode-secret.ts';
import type { DetachedJwsDescription } from '../schemes/detached-jws-description.ts';
import type { HmacDescription } from '../schemes/hmac-description.ts';
import type { JwtDescription } from '../schemes/jwt-description.ts';
import type { HttpSignatureDescription } from '../schemes/message-signature/description.ts';
import type { PublicKeyDescription } from '../schemes/public-key-description.ts';
import type { TimestampUnit } from '../schemes/replay-window.ts';
import type { OwnScheme, Scheme } from '../schemes/scheme.ts';
import type { SharedTokenDescription } from '../schemes/shared-token-description.ts';
import {
  type SignatureDescription,
  signedHeadersOf,
  signedPartsOf,
  signsUrl,
  sourcesOf,
} from '../schemes/signed-text/description.ts';
import type { SignedPart } from '../schemes/signed-text/signed-part.ts';
import { type ExpectedHeader, expectHeader, signatureHeaders } from './expected-headers.ts';

/** The place of a value in a delivery, and its format. One of the first seven is set. */
export interface DescribedPlace {
  /** Several names if any of them is enough. */
  readonly header?: string | readonly string[];
  /** A path in a JSON body. */
  readonly json?: string;
  /** A field of a form body. */
  readonly form?: string;
  readonly query?: string;
  /** A field of the header of a JWS. */
  readonly jose?: string;
  /** A claim of the token. */
  readonly claim?: string;
  /** True if the value is the body itself. */
  readonly body?: true;
  readonly scheme?: string;
  readonly key?: string | readonly string[];
  readonly prefix?: string;
  readonly encoding?: string;
}

/** The place of a signed time, and its unit. */
export interface DescribedTime extends DescribedPlace {
  readonly key?: string;
  readonly unit: TimestampUnit;
}

/**
 * The content that a signature covers.
 *
 * `nothing`: a stored token is repeated. `parts`: a text, see `parts`. `components`: those of an HTTP message signature. `claims`: of a
 * token. `computed`: a text that only this sender has. `unknown`: your own scheme.
 */
export type SignedContent =
  | { readonly kind: 'nothing' | 'parts' | 'claims' | 'body' | 'unknown' }
  | { readonly kind: 'components'; readonly components: readonly string[] }
  | { readonly kind: 'computed'; readonly name: string };

/** The facts about a scheme. Every scheme has all of them. */
export interface SchemeFacts {
  /** In a few words, such as `HMAC-SHA-256`. Undefined if unknown. */
  readonly algorithm: string | undefined;
  /** The hash of an HMAC or of a public key signature, if the description names it. */
  readonly hash: string | undefined;
  /** The places of the signatures, or of the token; any of them is enough, except for `http_signature`, which needs both. */
  readonly signatures: readonly DescribedPlace[];
  /** The required headers: one group per header, any member of which is enough. */
  readonly headers: readonly (readonly ExpectedHeader[])[];
  readonly content: SignedContent;
  /** The parts of the signed text in order; empty unless `content` is `parts`. */
  readonly parts: readonly SignedPart[];
  /** The headers whose values are signed, in lower case, including that of a signed id. */
  readonly signedHeaders: ReadonlySet<string>;
  /** True if the signed text can be read in several ways. */
  readonly ambiguous: boolean;
  /** The path of the events, if they are signed individually. */
  readonly each: string | undefined;
  /** The place of the time; undefined if none is read or if the scheme itself fixes it. */
  readonly timestamp: DescribedTime | undefined;
  /** The place of the id that the scheme reads; undefined if it reads none. */
  readonly id: { readonly header: string } | { readonly claim: string } | undefined;
  /** The source of the event: the body of the request or the claims of the token. */
  readonly payload: 'body' | 'claims';
  /** True if the receiver needs its public URL. */
  readonly needsPublicUrl: boolean;
  /** True if method or URL are part of the verified data. */
  readonly readsAddress: boolean;
  /** True if the signed URL identifies the event of a request without a body. */
  readonly isUrlIdentity: boolean;
  /** The way secrets become keys. */
  readonly secret: SecretFormat;
  /** The place of the certificate whose key made the signature. */
  readonly certificate: CertificateSource | undefined;
  /** Maximum age by the time in a token, in seconds. */
  readonly maxAgeSeconds: number | undefined;
}

/**
 * Describes any scheme for tools, without a switch over its kind.
 *
 * @example
 * const { algorithm, headers, needsPublicUrl } = describeScheme(stripe.scheme);
 */
export function describeScheme(scheme: Scheme): SchemeFacts {
  switch (scheme.kind) {
    case 'hmac':
      return hmacFacts(scheme.description);
    case 'public_key':
      return publicKeyFacts(scheme.description);
    case 'shared_token':
      return sharedTokenFacts(scheme.description);
    case 'jwt':
      return jwtFacts(scheme.description);
    case 'detached_jws':
      return detachedJwsFacts(scheme.description);
    case 'http_signature':
      return httpSignatureFacts(scheme.description);
    default:
      scheme satisfies OwnScheme;
      return unknownFacts;
  }
}

/** The facts about a scheme that only its author can describe. */
const unknownFacts: SchemeFacts = {
  algorithm: undefined,
  hash: undefined,
  signatures: [],
  headers: [],
  content: { kind: 'unknown' },
  parts: [],
  signedHeaders: new Set<string>(),
  ambiguous: false,
  each: undefined,
  timestamp: undefined,
  id: undefined,
  payload: 'body',
  needsPublicUrl: false,
  readsAddress: false,
  isUrlIdentity: false,
  secret: {},
  certificate: undefined,
  maxAgeSeconds: undefined,
};

function hmacFacts(description: HmacDescription): SchemeFacts {
  const { hash, construction, secret = {} } = description;
  const algorithm = construction === 'secret_prefix' ? `plain ${hash}` : `HMAC-${hash}`;
  return { algorithm, hash, secret, certificate: undefined, ...textFacts(description) };
}

function publicKeyFacts(description: PublicKeyDescription): SchemeFacts {
  const { algorithm, certificate } = description;
  const hash = 'hash' in algorithm ? algorithm.hash : undefined;
  const curve = 'namedCurve' in algorithm ? algorithm.namedCurve : undefined;
  const words = [algorithm.name, curve, hash].filter((word) => word !== undefined).join(' ');
  return { algorithm: words, hash, secret: {}, certificate, ...textFacts(description) };
}

function textFacts(
  description: SignatureDescription,
): Omit<SchemeFacts, 'algorithm' | 'hash' | 'secret' | 'certificate'> {
  const { signs, timestamp, id, each, ambiguous = false } = description;
  const signedHeaders = new Set(signedHeadersOf(description));
  if (id !== undefined && signedPartsOf(description).id) signedHeaders.add(id.header.toLowerCase());
  return {
    signatures: sourcesOf(description),
    headers: signatureHeaders(description),
    content: { kind: 'parts' },
    parts: signs,
    signedHeaders,
    ambiguous,
    each,
    timestamp,
    id,
    payload: 'body',
    needsPublicUrl: signsUrl(description),
    readsAddress: signs.some(
      (part) =>
        part === 'url' ||
        part === 'method' ||
        (typeof part === 'object' && ('compute' in part || 'sortedFormOrQueryDigest' in part)),
    ),
    isUrlIdentity: signs.includes('url'),
    maxAgeSeconds: undefined,
  };
}

function sharedTokenFacts({ token, secret = {} }: SharedTokenDescription): SchemeFacts {
  return {
    algorithm: 'a stored token',
    hash: undefined,
    signatures: [token],
    headers: 'header' in token ? [[token.header].flat().flatMap((name) => expectHeader(name, 'signature'))] : [],
    content: { kind: 'nothing' },
    parts: [],
    signedHeaders: new Set(),
    ambiguous: false,
    each: undefined,
    timestamp: undefined,
    id: undefined,
    payload: 'body',
    needsPublicUrl: false,
    readsAddress: false,
    isUrlIdentity: false,
    secret,
    certificate: undefined,
    maxAgeSeconds: undefined,
  };
}

function jwtFacts({ token, algorithms, claims = {}, binds = {}, payload, id }: JwtDescription): SchemeFacts {
  const { audience, maxAgeSeconds } = claims;
  const { urlHash, queryStringHash } = binds;
  const isInHead = typeof token === 'object' && !('json' in token);
  return {
    algorithm: algorithms.join(', '),
    hash: undefined,
    signatures: [token === 'body' ? { body: true } : token],
    headers: typeof token === 'object' && 'header' in token ? [expectHeader(token.header, 'signature')] : [],
    content: { kind: 'claims' },
    parts: [],
    signedHeaders: new Set(),
    ambiguous: false,
    each: undefined,
    timestamp: undefined,
    id,
    payload: (payload ?? (isInHead ? 'body' : 'claims')) === 'body' ? 'body' : 'claims',
    needsPublicUrl: urlHash !== undefined || (typeof audience === 'object' && 'publicUrl' in audience),
    readsAddress: urlHash !== undefined || queryStringHash !== undefined,
    isUrlIdentity: urlHash !== undefined,
    secret: {},
    certificate: undefined,
    maxAgeSeconds,
  };
}

function detachedJwsFacts({ header, algorithms, timestamp, payloads }: DetachedJwsDescription): SchemeFacts {
  return {
    algorithm: algorithms.join(', '),
    hash: undefined,
    signatures: [{ header }],
    headers: [expectHeader(header, 'signature')],
    content: payloads === undefined ? { kind: 'body' } : { kind: 'computed', name: payloads.name },
    parts: [],
    signedHeaders: new Set(),
    ambiguous: false,
    each: undefined,
    timestamp,
    id: undefined,
    payload: 'body',
    needsPublicUrl: false,
    readsAddress: payloads !== undefined,
    isUrlIdentity: false,
    secret: {},
    certificate: undefined,
    maxAgeSeconds: undefined,
  };
}

function httpSignatureFacts({ algorithm, components, id }: HttpSignatureDescription): SchemeFacts {
  const headers = components.filter((name) => !name.startsWith('@'));
  return {
    algorithm,
    hash: undefined,
    signatures: [{ header: 'signature' }, { header: 'signature-input' }],
    headers: [expectHeader('signature', 'signature'), expectHeader('signature-input', 'other')],
    content: { kind: 'components', components },
    parts: [],
    signedHeaders: new Set([...headers, ...(id === undefined ? [] : [id.header])].map((name) => name.toLowerCase())),
    ambiguous: false,
    each: undefined,
    timestamp: undefined,
    id,
    payload: 'body',
    needsPublicUrl: components.includes('@target-uri'),
    readsAddress: true,
    isUrlIdentity: false,
    secret: {},
    certificate: undefined,
    maxAgeSeconds: undefined,
  };
}

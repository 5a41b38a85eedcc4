/** Signed tokens, as data. The scheme itself is in `jwt/`, so that only its users load jose. */

import type { HashName } from '../crypto/hmac.ts';

/** A public-key algorithm by its JOSE name (RFC 7518, RFC 8037). */
export type PublicKeyAlgorithm =
  | 'RS256'
  | 'RS384'
  | 'RS512'
  | 'PS256'
  | 'PS384'
  | 'PS512'
  | 'ES256'
  | 'ES384'
  | 'ES512'
  | 'EdDSA'
  | 'Ed25519';

/** An algorithm by its JOSE name. `none` is not one. */
export type JwtAlgorithm = 'HS256' | 'HS384' | 'HS512' | PublicKeyAlgorithm;

type ClaimValue = string | number | boolean;

/** Rules for the claims of RFC 7519 section 4.1 and for a sender's own. */
export interface ClaimRules {
  /** `iss` must be exactly this, or one of these. */
  readonly issuer?: string | readonly string[];
  /** `sub` must be this. */
  readonly subject?: string;
  /**
   * `aud` must be, or contain, this or one of these.
   *
   * `{ publicUrl: true }`: the URL that the sender posts to. Only receivers with the option `publicUrl` compare it, as a URL (RFC 3986
   * section 6.2.2), with or without the query. A token without `aud` is then refused.
   */
  readonly audience?: string | readonly string[] | { readonly publicUrl: true };
  /** Other claims that must have this value, or one of these, by name or by path (`data.bundleId`). */
  readonly equals?: Readonly<Record<string, ClaimValue | readonly ClaimValue[]>>;
  /** Claims that must be present, with any value. */
  readonly required?: readonly string[];
  /** A rule of a single sender that the other options cannot express. */
  readonly custom?: {
    /** The rule as a sentence, for docs and as the hint of errors. */
    readonly name: string;
    /** Claims of most tokens, by path. For signers, never for the verifier. */
    readonly sends?: Readonly<Record<string, ClaimValue>>;
    /** The first claim that breaks the rule, by path; undefined if none does. */
    readonly findProblem: (claims: Readonly<Record<string, unknown>>) => string | undefined;
  };
  /** Sets whether `exp` must be present. Default `required`; use `optional` for a sender whose tokens do not expire. */
  readonly expiry?: 'required' | 'optional';
  /** Maximum age by `iat`, in seconds; `iat` is then required, and must not be in the future. */
  readonly maxAgeSeconds?: number;
  /** Allowed clock difference for `exp`, `nbf` and `iat`, in seconds. Default 0. */
  readonly clockToleranceSeconds?: number;
}

/** A claim with a hash. */
export interface BoundHash {
  readonly claim: string;
  readonly hash: HashName;
  readonly encoding: 'hex' | 'base64' | 'base64url';
  /** `always` (default): the claim must be present. `with_body`: if and only if the body is not empty. */
  readonly presence?: 'always' | 'with_body';
}

/** The parts of a request that a token's claims bind. Without `bodyHash` the token says nothing about the body. */
export interface JwtBindings {
  /** Over the received bytes. */
  readonly bodyHash?: BoundHash;
  /** Over the public URL as text; see `publicUrl`. */
  readonly urlHash?: BoundHash;
  /**
   * Atlassian's query string hash over method, path and sorted query.
   *
   * @see https://developer.atlassian.com/cloud/bitbucket/query-string-hash/
   */
  readonly queryStringHash?: { readonly claim: string; readonly basePath?: string };
}

/** A token-signed sender, described as data. */
export interface JwtDescription {
  /** The place of the token: a header (bare, or after `Bearer` or `JWT`), the query, a JSON path, or the whole body. */
  readonly token:
    | { readonly header: string; readonly scheme?: 'Bearer' | 'JWT' }
    | { readonly query: string }
    | { readonly json: string }
    | 'body';
  /** The algorithms the sender uses, all of one family. Never taken from the token. */
  readonly algorithms: readonly [JwtAlgorithm, ...JwtAlgorithm[]];
  /** Default: `exp` is required, nothing else. */
  readonly claims?: ClaimRules;
  /**
   * The parts of the request that the token's claims bind; without it `signed.body` is false, unless the token is the
   * body.
   */
  readonly binds?: JwtBindings;
  /** The place of the event's payload: the body (default), the claims, or one claim, which may contain JSON as text. */
  readonly payload?: 'body' | 'claims' | { readonly claim: string };
  /** The claim with an id that is the same in every attempt. */
  readonly id?: { readonly claim: string };
  /**
   * Set if the token includes its certificates in `x5c`: `keys` are then the trusted root certificates as PEM, to one
   * of which the chain must lead. The object identifiers must be extensions of the first and the second certificate.
   */
  readonly certificateChain?: { readonly leafOid?: string; readonly issuerOid?: string };
  /**
   * Set if the token must also equal one of the stored tokens given as `secrets`, in addition to being signed by a key.
   */
  readonly storedToken?: boolean;
}

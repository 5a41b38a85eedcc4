/** Parses a compact JWS strictly before jose sees it: jose accepts spellings that would make one token look like two. */

import { compactVerify, errors, flattenedVerify } from 'jose';
import { decodeBase64Url, decodeUtf8 } from '../encoding.ts';
import { WebhookError } from '../errors.ts';
import type { JwtAlgorithm } from '../schemes/jwt-description.ts';

/** Maximum length of a token, in characters. */
export const maxTokenLength = 16_384;

/** A well-formed token. Nothing in it is verified. */
export interface CompactToken {
  readonly text: string;
  /** One of the algorithms that the description allows. */
  readonly algorithm: JwtAlgorithm;
  readonly keyId: string | undefined;
  readonly header: Readonly<Record<string, unknown>>;
}

/**
 * Parses a compact JWS (RFC 7515 section 7.1).
 *
 * Refused: more than 16 KiB, another number of parts, base64url that is not canonical, no signature, an algorithm that is not allowed,
 * `crit`, and RFC 7797's `b64`. Keys and URLs in the header (`jwk`, `jku`, `x5c`, `x5u`) are ignored.
 *
 * @param form whether the payload is elsewhere (RFC 7515 appendix F), whether it is signed unencoded (RFC 7797), and whether `crit` may
 * then be missing
 * @throws token_invalid
 */
export function parseCompact(
  text: string,
  algorithms: readonly JwtAlgorithm[],
  at: string,
  form: { readonly isDetached?: boolean; readonly isUnencoded?: boolean; readonly isCritOptional?: boolean } = {},
): CompactToken {
  const refuse = (hint: string) => new WebhookError('token_invalid', { at, hint });
  if (text.length > maxTokenLength) throw refuse(`It is longer than ${maxTokenLength} characters.`);
  const parts = text.split('.', 4);
  if (parts.length !== 3) throw refuse('It does not have the three parts of a compact JWS.');
  const [first, second, third] = parts.map(decodeBase64Url);
  if (first === undefined || second === undefined || third === undefined || third.length === 0) {
    throw refuse('A part is not canonical base64url, or it has no signature.');
  }
  const header = parseObject(first);
  if (header === undefined) throw refuse('Its header is not a JSON object.');
  const { alg, kid } = header;
  if (typeof alg !== 'string' || !algorithms.includes(alg as JwtAlgorithm))
    throw refuse('It uses an algorithm that is not allowed here.');
  const isExtended = 'crit' in header || 'b64' in header;
  if (form.isUnencoded === true) {
    const { b64, crit } = header;
    const isListed = Array.isArray(crit) && crit.length === 1 && crit[0] === 'b64';
    const isLeftOut = form.isCritOptional === true && !('crit' in header);
    if (b64 !== false || !(isListed || isLeftOut)) {
      const hint = form.isCritOptional === true ? 'Expected b64: false in its header.' : undefined;
      throw refuse(hint ?? "Expected b64: false and crit: ['b64'] in its header (RFC 7797).");
    }
  } else if (isExtended) throw refuse('It demands extensions that are not supported.');
  if (form.isDetached === true && second.length > 0) throw refuse('It has a payload of its own.');
  if (kid !== undefined && (typeof kid !== 'string' || kid === '')) throw refuse('Its kid is not a text.');
  return { text, algorithm: alg as JwtAlgorithm, keyId: kid as string | undefined, header };
}

/** A key in a form that jose accepts. */
export type VerificationKey = CryptoKey | Uint8Array;

/**
 * The payload's bytes if one of the keys made the signature; every key is tried.
 *
 * @throws signature_mismatch, token_invalid
 */
export async function verifyCompact<Named extends { readonly key: VerificationKey }>(
  token: CompactToken & { readonly unencodedPayload?: Uint8Array },
  keys: readonly Named[],
  at: string,
): Promise<{ payload: Uint8Array; by: Named }> {
  let verified: { payload: Uint8Array; by: Named } | undefined;
  let refusal = new WebhookError('signature_mismatch', { at });
  for (const by of keys) {
    try {
      const { payload } = await verifyJws(token, by.key);
      verified ??= { payload, by };
    } catch (error) {
      if (!(error instanceof errors.JWSSignatureVerificationFailed))
        refusal = new WebhookError('token_invalid', { at });
    }
  }
  if (verified === undefined) throw refusal;
  return verified;
}

function verifyJws(token: CompactToken & { readonly unencodedPayload?: Uint8Array }, key: VerificationKey) {
  const options = { algorithms: [token.algorithm] };
  if (token.unencodedPayload === undefined) return compactVerify(token.text, key, options);
  const [first = '', , third = ''] = token.text.split('.');
  return flattenedVerify({ protected: first, payload: token.unencodedPayload, signature: third }, key, options);
}

/** A JSON object in strict UTF-8, or undefined. */
export function parseObject(bytes: Uint8Array): Readonly<Record<string, unknown>> | undefined {
  const text = decodeUtf8(bytes);
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/** JSON Web Signatures in the compact form (RFC 7515, algorithms of RFC 7518 and 8037), by node:crypto. */

import { constants, createHmac, sign } from 'node:crypto';

/** The signing key: key bytes for HS, a private key for all others. */
export type JwsKey = { readonly secret: Buffer } | { readonly privateKey: string };

const encode = (value: string | Uint8Array) => Buffer.from(value as string).toString('base64url');

/** @returns the three parts: header, payload (base64url unless `b64` is false), signature */
export function signJws(
  header: Readonly<Record<string, unknown>>,
  payload: string | Uint8Array,
  key: JwsKey,
): readonly [header: string, payload: string, signature: string] {
  const first = encode(JSON.stringify(header));
  // RFC 7797: the payload is signed unencoded.
  const second = header.b64 === false ? Buffer.from(payload as string) : Buffer.from(encode(payload));
  const text = Buffer.concat([Buffer.from(`${first}.`), second]);
  return [first, encode(payload), signBytes(String(header.alg), text, key).toString('base64url')];
}

function signBytes(algorithm: string, text: Buffer, key: JwsKey): Buffer {
  const hash = `sha${algorithm.slice(2)}`;
  if ('secret' in key) return createHmac(hash, key.secret).update(text).digest();
  const { privateKey } = key;
  if (algorithm === 'EdDSA' || algorithm === 'Ed25519') return sign(null, text, privateKey);
  if (algorithm.startsWith('ES')) return sign(hash, text, { key: privateKey, dsaEncoding: 'ieee-p1363' });
  if (algorithm.startsWith('RS')) return sign(hash, text, privateKey);
  return sign(hash, text, {
    key: privateKey,
    padding: constants.RSA_PKCS1_PSS_PADDING,
    saltLength: constants.RSA_PSS_SALTLEN_DIGEST,
  });
}

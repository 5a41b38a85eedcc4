/** Reads public keys in all forms that senders publish, checks them and converts them to SubjectPublicKeyInfo. */

import { decodeBase64, decodeBase64Url, decodeHex, encodeHex } from '../encoding.ts';
import {
  readBitString,
  readObjectIdentifier,
  readPositiveInteger,
  readSequence,
  tags,
  writeElement,
  writeObjectIdentifier,
  writePositiveInteger,
} from './der.ts';
import { type CurveName, coordinateBytes, type SignatureAlgorithm } from './signature-algorithm.ts';

/** Object identifiers of RFC 3279, RFC 5480 and RFC 8410. */
const oids = {
  rsa: '1.2.840.113549.1.1.1',
  rsaPss: '1.2.840.113549.1.1.10',
  ec: '1.2.840.10045.2.1',
  ed25519: '1.3.101.112',
} as const;
const curveOids: Readonly<Record<CurveName, string>> = {
  'P-256': '1.2.840.10045.3.1.7',
  'P-384': '1.3.132.0.34',
  'P-521': '1.3.132.0.35',
};
/** Minimum and maximum size of an RSA modulus in bits. Above it, one verification costs too much for a stranger's request. */
const rsaBits = { least: 2048, most: 8192 };

/**
 * Points of small order on edwards25519 by their y, without the sign bit: with such a key, signatures of any text can be made without a
 * private key. This is also why their other spellings, with a y that is not reduced, are refused.
 *
 * @see https://eprint.iacr.org/2020/1244 (Chalkias, Garillot, Nikolaenko: Taming the many EdDSAs, table 1)
 */
const smallOrder = new Set([
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0100000000000000000000000000000000000000000000000000000000000000',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
]);

/** A checked key, or the reason why it is refused. */
export type KeyReading =
  | { readonly spki: Uint8Array; readonly problem?: never; readonly isOtherKind?: never }
  | {
      readonly problem: string;
      /** True if the key may be valid for another algorithm or purpose. In a set of keys this is not an error. */
      readonly isOtherKind?: boolean;
      readonly spki?: never;
    };

/** Parses text: PEM, hex, base64 of the raw key or of SubjectPublicKeyInfo, with or without a prefix such as `whpk_`. */
export function readKeyText(given: string, algorithm: SignatureAlgorithm, prefix: string | undefined): KeyReading {
  const text = given.trim();
  if (/PRIVATE KEY-----/.test(text) || text.startsWith('whsk_')) {
    return { problem: 'This is a private key. Pass the public one.' };
  }
  if (text.startsWith('{')) return { problem: 'This is JSON text. Pass the key itself: keys: JSON.parse(text).' };
  if (text.startsWith('whsec_')) return { problem: 'This is a shared secret, but this scheme needs a public key.' };
  const pem = /^-----BEGIN PUBLIC KEY-----([A-Za-z0-9+/=\s]+)-----END PUBLIC KEY-----$/.exec(text)?.[1];
  if (pem !== undefined) return readKeyBytes(decodeBase64(pem.replace(/\s/g, '')), algorithm);
  const bare = prefix !== undefined && text.startsWith(prefix) ? text.slice(prefix.length) : text;
  const isHex = /^[0-9a-fA-F]+$/.test(bare) && bare.length % 2 === 0 && bare.length >= 64;
  return readKeyBytes(isHex ? decodeHex(bare) : decodeBase64(bare), algorithm);
}

/** Parses bytes: a SubjectPublicKeyInfo, or the raw 32 bytes of Ed25519. */
export function readKeyBytes(bytes: Uint8Array | undefined, algorithm: SignatureAlgorithm): KeyReading {
  if (bytes === undefined) {
    return {
      problem:
        'Expected PEM text, hexadecimal or canonical base64. In an environment variable, line breaks may have become \\n.',
    };
  }
  if (algorithm.name === 'Ed25519' && bytes.length === 32) return checkSpki(ed25519Spki(bytes), algorithm);
  return checkSpki(bytes, algorithm);
}

/** Parses a JSON Web Key (RFC 7517), only its public half. */
export function readJwk(jwk: Readonly<Record<string, unknown>>, algorithm: SignatureAlgorithm): KeyReading {
  if (jwk.d !== undefined) return { problem: 'This is a private key. Pass the public one, which has no d.' };
  if (jwk.kty === 'oct' || jwk.k !== undefined) {
    return { problem: 'This is a shared secret (kty oct). Pass it as secrets, to a scheme that uses them.' };
  }
  if (jwk.use !== undefined && jwk.use !== 'sig') return { problem: 'Its use is not sig.', isOtherKind: true };
  if (jwk.key_ops !== undefined && !(Array.isArray(jwk.key_ops) && jwk.key_ops.includes('verify')))
    return { problem: 'Its key_ops do not include verify.', isOtherKind: true };
  const bytes = (name: string) => (typeof jwk[name] === 'string' ? decodeBase64Url(jwk[name]) : undefined);
  const [x, y, n, e] = [bytes('x'), bytes('y'), bytes('n'), bytes('e')];
  if (jwk.kty === 'OKP' && jwk.crv === 'Ed25519' && x?.length === 32) return checkSpki(ed25519Spki(x), algorithm);
  if (jwk.kty === 'EC' && typeof jwk.crv === 'string' && Object.hasOwn(curveOids, jwk.crv)) {
    const curve = jwk.crv as CurveName;
    const [left, right] = [x, y].map((number) => toFullLength(number, coordinateBytes[curve]));
    if (left === undefined || right === undefined)
      return { problem: 'A coordinate of its point is missing, or does not have the length of its curve.' };
    const point = new Uint8Array([4, ...left, ...right]);
    return checkSpki(spkiOf(oids.ec, writeObjectIdentifier(curveOids[curve]), point), algorithm);
  }
  if (jwk.kty === 'RSA' && n !== undefined && e !== undefined && isNumber(n) && e[0] !== 0) {
    const numbers = writeElement(tags.sequence, writePositiveInteger(n), writePositiveInteger(e));
    return checkSpki(spkiOf(oids.rsa, new Uint8Array([tags.null, 0]), numbers), algorithm);
  }
  const isOtherKind = jwk.kty !== 'RSA' && typeof jwk.kty === 'string';
  return { problem: 'Expected a JWK of type OKP (Ed25519), EC or RSA, with its numbers in base64url.', isOtherKind };
}

/** Checks that a SubjectPublicKeyInfo is a sound key for an algorithm. */
export function checkSpki(spki: Uint8Array, algorithm: SignatureAlgorithm): KeyReading {
  const wrongKind = { problem: `This is not a public key for ${describe(algorithm)}.`, isOtherKind: true };
  const [identifier, bits, ...more] = readSequence(spki) ?? [];
  const parameters = identifier === undefined ? undefined : readSequence(identifier.whole);
  const key = readBitString(bits);
  const oid = readObjectIdentifier(parameters?.[0]);
  if (parameters === undefined || key === undefined || more.length > 0) return wrongKind;
  switch (algorithm.name) {
    case 'Ed25519':
      if (oid !== oids.ed25519 || parameters.length !== 1 || key.length !== 32) return wrongKind;
      return isSoundEdwardsKey(key)
        ? { spki }
        : { problem: 'This key has small order, or is not in canonical form: anyone can sign for it.' };
    case 'ECDSA': {
      const size = coordinateBytes[algorithm.namedCurve];
      const isCurve = readObjectIdentifier(parameters[1]) === curveOids[algorithm.namedCurve];
      return oid === oids.ec && isCurve && key.length === 2 * size + 1 && key[0] === 4 ? { spki } : wrongKind;
    }
    default: {
      const isPss = oid === oids.rsaPss && algorithm.name === 'RSA-PSS';
      if (oid !== oids.rsa && !isPss) return wrongKind;
      const [modulus, exponent] = (readSequence(key) ?? []).map(readPositiveInteger);
      if (modulus === undefined || exponent === undefined) return wrongKind;
      const bitLength = modulus.length * 8 - Math.clz32((modulus[0] as number) << 24);
      if (bitLength < rsaBits.least) return { problem: `This RSA key has fewer than ${rsaBits.least} bits.` };
      if (bitLength > rsaBits.most) return { problem: `This RSA key has more than ${rsaBits.most} bits.` };
      const isSoundExponent =
        exponent.length <= 4 &&
        ((exponent.at(-1) as number) & 1) === 1 &&
        !(exponent.length === 1 && exponent[0] === 1);
      if (!isSoundExponent) return { problem: 'Its RSA exponent is even, 1, or longer than four bytes.' };
      // Runtimes differ in whether they accept a key marked for PSS; without the mark, all do.
      return isPss ? { spki: spkiOf(oids.rsa, new Uint8Array([tags.null, 0]), key) } : { spki };
    }
  }
}

/** A coordinate at full length. Some senders (TrueLayer) omit its leading zeros, which RFC 7518 section 6.2.1.2 forbids. */
function toFullLength(number: Uint8Array | undefined, size: number): Uint8Array | undefined {
  if (number === undefined || number.length > size || (number.length < size && (number[0] ?? 0) === 0))
    return undefined;
  const full = new Uint8Array(size);
  full.set(number, size - number.length);
  return full;
}

/** Some libraries write one zero byte before a number whose first bit is set (RFC 7518 section 6.3.1.1). */
function isNumber([first = 0, second = 0]: Uint8Array): boolean {
  return first !== 0 || second >= 0x80;
}

function isSoundEdwardsKey(key: Uint8Array): boolean {
  const y = new Uint8Array(key);
  y[31] = (y[31] as number) & 127;
  // Not below 2^255 - 19: the same point has a shorter spelling.
  const isReduced = y[31] !== 127 || y.subarray(1, 31).some((byte) => byte !== 255) || (y[0] as number) < 237;
  return isReduced && !smallOrder.has(encodeHex(y));
}

function ed25519Spki(key: Uint8Array): Uint8Array {
  return spkiOf(oids.ed25519, new Uint8Array(), key);
}

function spkiOf(oid: string, parameters: Uint8Array, key: Uint8Array): Uint8Array {
  const identifier = writeElement(tags.sequence, writeObjectIdentifier(oid), parameters);
  return writeElement(tags.sequence, identifier, writeElement(tags.bitString, new Uint8Array(1), key));
}

function describe(algorithm: SignatureAlgorithm): string {
  return algorithm.name === 'ECDSA' ? `ECDSA with ${algorithm.namedCurve}` : algorithm.name;
}

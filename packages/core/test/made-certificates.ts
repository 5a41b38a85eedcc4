/** Keys and certificates assembled byte by byte, for tests on machines without openssl. */

import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { readSequence, tags, writeElement, writeObjectIdentifier, writePositiveInteger } from '../src/crypto/der.ts';
import { bytes } from './fixtures.ts';

const none = new Uint8Array([tags.null, 0]);
const rsaWithSha256 = writeElement(tags.sequence, writeObjectIdentifier('1.2.840.113549.1.1.11'), none);

/** A SubjectPublicKeyInfo as PEM. */
export function pemOf(algorithm: readonly Uint8Array[], key: Uint8Array): string {
  const bits = writeElement(tags.bitString, new Uint8Array(1), key);
  return armour('PUBLIC KEY', writeElement(tags.sequence, writeElement(tags.sequence, ...algorithm), bits));
}

/** An RSA key with any exponent. */
export function rsaPem(modulus: Uint8Array, exponent: Uint8Array): string {
  const numbers = writeElement(tags.sequence, writePositiveInteger(modulus), writePositiveInteger(exponent));
  return pemOf([writeObjectIdentifier('1.2.840.113549.1.1.1'), none], numbers);
}

/** An Ed25519 key of any 32 bytes. */
export function edPem(key: Uint8Array): string {
  return pemOf([writeObjectIdentifier('1.3.101.112')], key);
}

/** A self-signed certificate of an RSA key, by default valid from a day ago for 30 days. */
export function makeCertificate(
  options: { commonName?: string; from?: number; until?: number; spki?: Uint8Array } = {},
): { readonly pem: string; readonly privateKey: KeyObject } {
  const { commonName = 'certs.example.com', from = Date.now() - 86_400_000, until = from + 31 * 86_400_000 } = options;
  const pair = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const spki = options.spki ?? new Uint8Array(pair.publicKey.export({ type: 'spki', format: 'der' }));
  const attribute = writeElement(
    tags.sequence,
    writeObjectIdentifier('2.5.4.3'),
    writeElement(0x0c, bytes(commonName)),
  );
  const name = writeElement(tags.sequence, writeElement(tags.set, attribute));
  const signedPart = writeElement(
    tags.sequence,
    writeElement(0xa0, writeElement(tags.integer, new Uint8Array([2]))),
    writeElement(tags.integer, new Uint8Array([1])),
    rsaWithSha256,
    name,
    writeElement(tags.sequence, utcTime(from), utcTime(until)),
    name,
    spki,
  );
  const signature = new Uint8Array(sign('sha256', signedPart, pair.privateKey));
  const bits = writeElement(tags.bitString, new Uint8Array(1), signature);
  return {
    pem: armour('CERTIFICATE', writeElement(tags.sequence, signedPart, rsaWithSha256, bits)),
    privateKey: pair.privateKey,
  };
}

/** The modulus of an RSA key. */
export function modulusOf(key: KeyObject): Uint8Array {
  return new Uint8Array(Buffer.from(key.export({ format: 'jwk' }).n as string, 'base64url'));
}

/** The SubjectPublicKeyInfo inside a PEM text. */
export function spkiOf(pem: string): Uint8Array {
  const der = new Uint8Array(Buffer.from(pem.replace(/-----[^-]+-----|\s/g, ''), 'base64'));
  if (readSequence(der) === undefined) throw new Error('no sequence');
  return der;
}

function utcTime(instant: number): Uint8Array {
  const text = new Date(instant).toISOString().replace(/[-:T]|\.\d+/g, '');
  return writeElement(tags.utcTime, bytes(text.slice(2)));
}

function armour(kind: string, der: Uint8Array): string {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${kind}-----\n${lines.join('\n')}\n-----END ${kind}-----\n`;
}

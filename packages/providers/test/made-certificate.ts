/** A self-signed certificate of an RSA key, put together byte by byte, for tests that need one of a certain name. */

import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';

const oid = (hex: string) => element(0x06, Buffer.from(hex, 'hex'));
const rsaWithSha256 = element(0x30, oid('2a864886f70d01010b'), Buffer.of(5, 0));

/** Valid for a month, from yesterday on. */
export function makeCertificate(commonName: string): { readonly pem: string; readonly privateKey: KeyObject } {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const name = element(0x30, element(0x31, element(0x30, oid('550403'), element(0x0c, Buffer.from(commonName)))));
  const day = 86_400_000;
  const signedPart = element(
    0x30,
    element(0xa0, Buffer.of(2, 1, 2)),
    Buffer.of(2, 1, 1),
    rsaWithSha256,
    name,
    element(0x30, utcTime(Date.now() - day), utcTime(Date.now() + 30 * day)),
    name,
    Buffer.from(publicKey.export({ type: 'spki', format: 'der' })),
  );
  const signature = element(0x03, Buffer.of(0), sign('sha256', signedPart, privateKey));
  const text = element(0x30, signedPart, rsaWithSha256, signature).toString('base64');
  return { pem: `-----BEGIN CERTIFICATE-----\n${text}\n-----END CERTIFICATE-----\n`, privateKey };
}

function element(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const head = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 255];
  return Buffer.concat([Buffer.of(tag, ...head), content]);
}

function utcTime(instant: number): Buffer {
  const text = new Date(instant).toISOString().replace(/[-:T]|\.\d+/g, '');
  return element(0x17, Buffer.from(text.slice(2)));
}

/** Certificates for tests, written as DER here: no tool of the machine is needed. */

import { generateKeyPairSync, sign } from 'node:crypto';

/** A self-signed certificate, and the private key that signs for it. */
export interface OwnCertificate {
  readonly pem: string;
  readonly privateKey: string;
}

/** RSA with 2048 bits, X.509 version 1, for 2026 to 2045. @param commonName such as `sns.amazonaws.com` */
export function makeCertificate(commonName: string): OwnCertificate {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const name = sequence(set(sequence(objectId('550403'), element(0x0c, Buffer.from(commonName)))));
  // sha256WithRSAEncryption, 1.2.840.113549.1.1.11 (RFC 4055 section 5).
  const algorithm = sequence(objectId('2a864886f70d01010b'), element(0x05, Buffer.alloc(0)));
  const validity = sequence(...['260101000000Z', '460101000000Z'].map((time) => element(0x17, Buffer.from(time))));
  const spki = publicKey.export({ type: 'spki', format: 'der' });
  const content = sequence(element(0x02, Buffer.from([1])), algorithm, name, validity, name, spki);
  const signature = element(0x03, Buffer.concat([Buffer.from([0]), sign('sha256', content, privateKey)]));
  const text = sequence(content, algorithm, signature).toString('base64');
  return {
    pem: `-----BEGIN CERTIFICATE-----\n${text.replace(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`,
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

function element(tag: number, content: Uint8Array): Buffer {
  const { length } = content;
  const head =
    length < 128 ? [tag, length] : length < 256 ? [tag, 0x81, length] : [tag, 0x82, length >> 8, length & 255];
  return Buffer.concat([Buffer.from(head), content]);
}

function sequence(...parts: readonly Uint8Array[]): Buffer {
  return element(0x30, Buffer.concat(parts));
}

function set(...parts: readonly Uint8Array[]): Buffer {
  return element(0x31, Buffer.concat(parts));
}

function objectId(hex: string): Buffer {
  return element(0x06, Buffer.from(hex, 'hex'));
}

import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { publicKeyCrypto } from '#public-key';
import { readJwk, readKeyBytes, readKeyText } from '../src/crypto/public-key-info.ts';
import { isSignatureLength, type SignatureAlgorithm } from '../src/crypto/signature-algorithm.ts';

const folder = new URL('../../../../shared/wycheproof/', import.meta.url);
const isHere = existsSync(folder);
const bytes = (hex: string) => new Uint8Array(Buffer.from(hex, 'hex'));

interface Group {
  readonly publicKeyDer: string;
  readonly publicKeyPem: string;
  readonly publicKeyJwk?: Record<string, unknown>;
  readonly tests: readonly {
    readonly tcId: number;
    readonly msg: string;
    readonly sig: string;
    readonly result: 'valid' | 'invalid' | 'acceptable';
    readonly flags: readonly string[];
  }[];
}

const ecdsa = (
  namedCurve: 'P-256' | 'P-384' | 'P-521',
  hash: 'SHA-256' | 'SHA-384' | 'SHA-512',
  format: 'der' | 'p1363',
) => ({ name: 'ECDSA', namedCurve, hash, format }) as const;

const sets: readonly (readonly [file: string, algorithm: SignatureAlgorithm, count: number])[] = [
  ['ed25519_test.json', { name: 'Ed25519' }, 151],
  ['ecdsa_secp256r1_sha256_test.json', ecdsa('P-256', 'SHA-256', 'der'), 484],
  ['ecdsa_secp256r1_sha256_p1363_test.json', ecdsa('P-256', 'SHA-256', 'p1363'), 262],
  ['ecdsa_secp384r1_sha384_p1363_test.json', ecdsa('P-384', 'SHA-384', 'p1363'), 280],
  ['ecdsa_secp521r1_sha512_p1363_test.json', ecdsa('P-521', 'SHA-512', 'p1363'), 318],
  ['rsa_signature_2048_sha256_test.json', { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }, 259],
  ['rsa_pss_2048_sha256_mgf1_32_test.json', { name: 'RSA-PSS', hash: 'SHA-256', saltLength: 32 }, 108],
];

describe(`Wycheproof public keys on ${publicKeyCrypto.name}`, () => {
  it.skipIf(!isHere).each(sets)('gives every verdict of %s', async (file, algorithm, count) => {
    const groups = JSON.parse(readFileSync(new URL(file, folder), 'utf8')).testGroups as Group[];
    const wrong: string[] = [];
    const acceptable: string[] = [];
    let seen = 0;
    for (const group of groups) {
      const readings = [
        readKeyBytes(bytes(group.publicKeyDer), algorithm),
        readKeyText(group.publicKeyPem, algorithm, undefined),
      ];
      if (group.publicKeyJwk !== undefined) readings.push(readJwk(group.publicKeyJwk, algorithm));
      for (const { spki } of readings) expect(spki).toEqual(readings[0]?.spki);
      const [{ spki }] = readings as [{ spki?: Uint8Array }];
      for (const { tcId, msg, sig, result, flags } of group.tests) {
        seen++;
        const signature = bytes(sig);
        let matches = false;
        if (spki !== undefined && isSignatureLength(algorithm, signature.length)) {
          const key = await publicKeyCrypto.importKey(algorithm, spki);
          matches = await key.matches([bytes(msg)], [signature]);
        }
        if (result === 'acceptable') acceptable.push(`${tcId} ${flags} ${matches}`);
        else if (matches !== (result === 'valid')) wrong.push(`${tcId} ${flags} ${matches}`);
      }
    }
    expect(wrong).toEqual([]);
    // A hash identifier without its NULL, which RFC 8017 forbids and some old signers wrote.
    expect(acceptable).toEqual(algorithm.name === 'RSASSA-PKCS1-v1_5' ? ['8 MissingNull false'] : []);
    expect(seen).toBe(count);
  });
});

/** Signatures by public keys on node:crypto. */

import { constants, createPublicKey, type KeyObject, verify } from 'node:crypto';
import { joinChunks } from './chunks.ts';
import { type PublicKeyBackend, type SignatureAlgorithm, toFixedForm } from './signature-algorithm.ts';

const hashNames = { 'SHA-1': 'sha1', 'SHA-256': 'sha256', 'SHA-384': 'sha384', 'SHA-512': 'sha512' } as const;

export const publicKeyCrypto: PublicKeyBackend = {
  name: 'node:crypto',
  importKey(algorithm, spki) {
    const key = createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' });
    return {
      matches(chunks, candidates) {
        const text = joinChunks(chunks);
        let matched = false;
        for (const candidate of candidates) if (isSignature(algorithm, key, text, candidate)) matched = true;
        return matched;
      },
    };
  },
};

function isSignature(algorithm: SignatureAlgorithm, key: KeyObject, text: Uint8Array, candidate: Uint8Array): boolean {
  const signature = toFixedForm(algorithm, candidate);
  if (signature === undefined) return false;
  switch (algorithm.name) {
    case 'Ed25519':
      return verify(null, text, key, signature);
    case 'ECDSA':
      return verify(hashNames[algorithm.hash], text, { key, dsaEncoding: 'ieee-p1363' }, signature);
    case 'RSASSA-PKCS1-v1_5':
      return verify(hashNames[algorithm.hash], text, { key, padding: constants.RSA_PKCS1_PADDING }, signature);
    case 'RSA-PSS': {
      const { hash, saltLength } = algorithm;
      return verify(hashNames[hash], text, { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength }, signature);
    }
  }
}

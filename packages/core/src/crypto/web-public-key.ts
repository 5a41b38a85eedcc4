/** Signatures by public keys on Web Crypto. */

import { joinChunks } from './chunks.ts';
import { type PublicKeyBackend, toFixedForm } from './signature-algorithm.ts';

export const publicKeyCrypto: PublicKeyBackend = {
  name: 'web-crypto',
  async importKey(algorithm, spki) {
    const { subtle } = globalThis.crypto;
    const { name } = algorithm;
    const form =
      algorithm.name === 'ECDSA'
        ? { name, namedCurve: algorithm.namedCurve }
        : { name, ...('hash' in algorithm && { hash: algorithm.hash }) };
    const key = await subtle.importKey('spki', new Uint8Array(spki), form, false, ['verify']);
    const rule = {
      name,
      ...(algorithm.name === 'ECDSA' && { hash: algorithm.hash }),
      ...(algorithm.name === 'RSA-PSS' && { saltLength: algorithm.saltLength }),
    };
    return {
      async matches(chunks, candidates) {
        const text = joinChunks(chunks);
        let matched = false;
        for (const candidate of candidates) {
          const signature = toFixedForm(algorithm, candidate);
          if (signature !== undefined && (await subtle.verify(rule, key, new Uint8Array(signature), text)))
            matched = true;
        }
        return matched;
      },
    };
  },
};

/** The HMAC interface on Web Crypto, for Workers and all other runtimes without node:crypto. */

export type { Chunk, CryptoBackend, HashName, MacKey } from './hmac.ts';

import { joinChunks } from './chunks.ts';
import type { Chunk, CryptoBackend, HashName, MacKey } from './hmac.ts';

export const crypto: CryptoBackend = {
  name: 'web-crypto',
  createMacKey(hash, secret, derive) {
    const bytes = new Uint8Array(secret);
    // The imported key, not a promise of it: on Workers a promise belongs to the request that made it, and dies with it.
    let key: CryptoKey | undefined;
    return keyOf(async (chunks) => {
      key ??= await importKey(hash, bytes, derive);
      return new Uint8Array(await globalThis.crypto.subtle.sign('HMAC', key, joinChunks(chunks)));
    });
  },
  createPrefixKey(hash, secret) {
    const bytes = new Uint8Array(secret);
    return keyOf((chunks) => digest(hash, [bytes, ...chunks]));
  },
  digest,
  equalBytes,
};

async function digest(hash: HashName, chunks: readonly Chunk[]): Promise<Uint8Array> {
  return new Uint8Array(await globalThis.crypto.subtle.digest(hash, joinChunks(chunks)));
}

function keyOf(mac: (chunks: readonly Chunk[]) => Promise<Uint8Array>): MacKey {
  return {
    mac,
    async matches(chunks, candidates) {
      const expected = await mac(chunks);
      let matched = false;
      for (const candidate of candidates) if (equalBytes(candidate, expected)) matched = true;
      return matched;
    },
  };
}

/** No early exit: the loop reads every byte and checks the sum of the differences once. */
function equalBytes(left: Uint8Array, right: Uint8Array): boolean {
  if (left.length !== right.length) return false;
  let difference = 0;
  for (let at = 0; at < left.length; at++) difference |= (left[at] as number) ^ (right[at] as number);
  return difference === 0;
}

async function importKey(
  hash: HashName,
  secret: Uint8Array<ArrayBuffer>,
  derive: HashName | undefined,
): Promise<CryptoKey> {
  const { subtle } = globalThis.crypto;
  const key = derive === undefined ? secret : await subtle.digest(derive, secret);
  return subtle.importKey('raw', key, { name: 'HMAC', hash }, false, ['sign']);
}

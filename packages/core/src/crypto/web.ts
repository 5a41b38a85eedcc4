/** The HMAC interface on Web Crypto, for Workers and all other runtimes without node:crypto. */

export type { Chunk, CryptoBackend, HashName, MacKey } from './hmac.ts';

import { joinChunks } from './chunks.ts';
import type { Chunk, CryptoBackend, HashName, MacKey } from './hmac.ts';

export const crypto: CryptoBackend = {
  name: 'web-crypto',
  createMacKey: (hash, secret, derive) => new WebMacKey(hash, secret, derive),
  createPrefixKey: (hash, secret) => new WebPrefixKey(hash, new Uint8Array(secret)),
  async digest(hash, chunks) {
    return new Uint8Array(await globalThis.crypto.subtle.digest(hash, joinChunks(chunks)));
  },
  equalBytes,
};

/** Keeps the imported key, not a promise of it: on Workers a promise belongs to the request that made it, and dies with it. */
class WebMacKey implements MacKey {
  readonly #hash: HashName;
  readonly #secret: Uint8Array<ArrayBuffer>;
  readonly #derive: HashName | undefined;
  #key: CryptoKey | undefined;

  constructor(hash: HashName, secret: Uint8Array, derive: HashName | undefined) {
    this.#hash = hash;
    this.#secret = new Uint8Array(secret);
    this.#derive = derive;
  }

  async matches(chunks: readonly Chunk[], candidates: readonly Uint8Array[]): Promise<boolean> {
    const expected = await this.mac(chunks);
    let matched = false;
    for (const candidate of candidates) if (equalBytes(candidate, expected)) matched = true;
    return matched;
  }

  async mac(chunks: readonly Chunk[]): Promise<Uint8Array> {
    this.#key ??= await importKey(this.#hash, this.#secret, this.#derive);
    return new Uint8Array(await globalThis.crypto.subtle.sign('HMAC', this.#key, joinChunks(chunks)));
  }
}

/** No early exit: the loop reads every byte and checks the sum of the differences once. */
function equalBytes(left: Uint8Array, right: Uint8Array): boolean {
  if (left.length !== right.length) return false;
  let difference = 0;
  for (let at = 0; at < left.length; at++) difference |= (left[at] as number) ^ (right[at] as number);
  return difference === 0;
}

class WebPrefixKey implements MacKey {
  readonly #hash: HashName;
  readonly #secret: Uint8Array;

  constructor(hash: HashName, secret: Uint8Array) {
    this.#hash = hash;
    this.#secret = secret;
  }

  async matches(chunks: readonly Chunk[], candidates: readonly Uint8Array[]): Promise<boolean> {
    const expected = await this.mac(chunks);
    let matched = false;
    for (const candidate of candidates) if (equalBytes(candidate, expected)) matched = true;
    return matched;
  }

  async mac(chunks: readonly Chunk[]): Promise<Uint8Array> {
    return crypto.digest(this.#hash, [this.#secret, ...chunks]);
  }
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

/** The HMAC interface on Web Crypto, for Workers and every other runtime without node:crypto. */

export type { Chunk, CryptoBackend, HashName, MacKey } from './hmac.ts';

import { encodeUtf8 } from '../encoding.ts';
import type { Chunk, CryptoBackend, HashName, MacKey } from './hmac.ts';

export const crypto: CryptoBackend = {
  name: 'web-crypto',
  createMacKey: (hash, secret, derive) => new WebMacKey(hash, secret, derive),
  async digest(hash, chunks) {
    return new Uint8Array(await globalThis.crypto.subtle.digest(hash, join(chunks)));
  },
  equalBytes,
};

class WebMacKey implements MacKey {
  readonly #key: Promise<CryptoKey>;

  constructor(hash: HashName, secret: Uint8Array, derive: HashName | undefined) {
    this.#key = importKey(hash, new Uint8Array(secret), derive);
    // A refused key shows when it is first used; until then it must not count as an unhandled rejection.
    this.#key.catch(() => undefined);
  }

  async matches(chunks: readonly Chunk[], candidates: readonly Uint8Array[]): Promise<boolean> {
    const expected = new Uint8Array(await globalThis.crypto.subtle.sign('HMAC', await this.#key, join(chunks)));
    let matched = false;
    for (const candidate of candidates) if (equalBytes(candidate, expected)) matched = true;
    return matched;
  }
}

/** No early exit: the loop reads every byte and looks at the sum of the differences once. */
function equalBytes(left: Uint8Array, right: Uint8Array): boolean {
  if (left.length !== right.length) return false;
  let difference = 0;
  for (let at = 0; at < left.length; at++) difference |= (left[at] as number) ^ (right[at] as number);
  return difference === 0;
}

/** Web Crypto takes one buffer, so anything but a bare body has to be copied together. */
function join(chunks: readonly Chunk[]): Uint8Array<ArrayBuffer> {
  const parts = chunks.map((chunk) => (typeof chunk === 'string' ? encodeUtf8(chunk) : chunk));
  const [only] = parts;
  if (parts.length === 1 && only !== undefined) return only as Uint8Array<ArrayBuffer>;
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
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

/** The small interface behind which node:crypto and Web Crypto stand; chosen by the export condition of `#crypto`. */

/** Hash functions by their Web Crypto names. */
export type HashName = 'SHA-1' | 'SHA-256' | 'SHA-384' | 'SHA-512';

/** A piece of the signed text: bytes as they are, or text to be taken as UTF-8. */
export type Chunk = string | Uint8Array;

/** Output and block length of each hash in bytes (FIPS 180-4, section 1, figure 1). */
export const hashSizes: Readonly<Record<HashName, { readonly output: number; readonly block: number }>> = {
  'SHA-1': { output: 20, block: 64 },
  'SHA-256': { output: 32, block: 64 },
  'SHA-384': { output: 48, block: 128 },
  'SHA-512': { output: 64, block: 128 },
};

/** A secret made ready to check signatures. While verifying, the expected MAC never leaves it. */
export interface MacKey {
  /**
   * True if one of the candidates is the MAC (RFC 2104) over the chunks, each compared in constant time.
   *
   * Every candidate is compared, also after a match. A candidate of another length than the hash's output never matches.
   */
  matches(chunks: readonly Chunk[], candidates: readonly Uint8Array[]): boolean | Promise<boolean>;
  /** The MAC itself, to answer a sender that asks for one. Verifying never needs it. */
  mac(chunks: readonly Chunk[]): Uint8Array | Promise<Uint8Array>;
}

/** What a runtime has to provide. */
export interface CryptoBackend {
  readonly name: 'node:crypto' | 'web-crypto';
  /** @param derive when given, the key is this hash of the secret */
  createMacKey(hash: HashName, secret: Uint8Array, derive?: HashName): MacKey;
  /** The plain hash of the secret followed by the text: no HMAC, and weaker. */
  createPrefixKey(hash: HashName, secret: Uint8Array): MacKey;
  digest(hash: HashName, chunks: readonly Chunk[]): Uint8Array | Promise<Uint8Array>;
  /** Compares in a time that depends on the lengths alone. */
  equalBytes(left: Uint8Array, right: Uint8Array): boolean;
}

/** The interface that node:crypto and Web Crypto implement; the export condition of `#crypto` selects one. */

/** Hash functions by their Web Crypto names. */
export type HashName = 'SHA-1' | 'SHA-256' | 'SHA-384' | 'SHA-512';

/** A piece of the signed text: raw bytes, or text encoded as UTF-8. */
export type Chunk = string | Uint8Array;

/** Output and block length of each hash in bytes (FIPS 180-4, section 1, figure 1). */
export const hashSizes: Readonly<Record<HashName, { readonly output: number; readonly block: number }>> = {
  'SHA-1': { output: 20, block: 64 },
  'SHA-256': { output: 32, block: 64 },
  'SHA-384': { output: 48, block: 128 },
  'SHA-512': { output: 64, block: 128 },
};

/** A secret prepared to check signatures. During verification, the expected MAC never leaves it. */
export interface MacKey {
  /**
   * True if one of the candidates is the MAC (RFC 2104) of the chunks; each is compared in constant time.
   *
   * Every candidate is compared, even after a match. A candidate whose length differs from the hash's output never matches.
   */
  matches(chunks: readonly Chunk[], candidates: readonly Uint8Array[]): boolean | Promise<boolean>;
  /** The MAC itself, for a sender that asks for one. Verification never needs it. */
  mac(chunks: readonly Chunk[]): Uint8Array | Promise<Uint8Array>;
}

/** The functions that a runtime provides. */
export interface CryptoBackend {
  readonly name: 'node:crypto' | 'web-crypto';
  /** @param derive if given, the key is this hash of the secret */
  createMacKey(hash: HashName, secret: Uint8Array, derive?: HashName): MacKey;
  /** The plain hash of the secret followed by the text: not an HMAC, and weaker. */
  createPrefixKey(hash: HashName, secret: Uint8Array): MacKey;
  digest(hash: HashName, chunks: readonly Chunk[]): Uint8Array | Promise<Uint8Array>;
  /** Compares in a time that depends only on the lengths. */
  equalBytes(left: Uint8Array, right: Uint8Array): boolean;
}

/** Public keys of tokens: parsed by the same strict code as all others, then passed to jose. */

import type { SignatureAlgorithm } from '../crypto/signature-algorithm.ts';
import type { Delivery } from '../delivery/delivery.ts';
import { WebhookError } from '../errors.ts';
import { importKey, isRecord, kidOf, readKey } from '../keys/inline-keys.ts';
import type { PublicKeyAlgorithm } from '../schemes/jwt-description.ts';
import { signatureAlgorithmOf } from './algorithms.ts';
import type { CompactToken } from './compact.ts';

/** A key for one algorithm, and its name in a proof. */
export interface NamedKey {
  readonly id: string;
  /** The key for jose. */
  readonly key: CryptoKey;
  /** The same key, for signatures that jose does not check. */
  readonly spki: Uint8Array;
}

/** @returns the keys that may have signed a token, at least one. @throws key_unknown, key_unavailable, secret_invalid */
export type KeyFinder = (token: CompactToken, now: number, delivery: Delivery) => Promise<readonly NamedKey[]>;

/** A key, or the reason why it is refused. */
export type TokenKeyReading =
  | { readonly key: TokenKey; readonly problem?: never; readonly isOtherKind?: never }
  | { readonly problem: string; readonly isOtherKind: boolean; readonly key?: never };

/** A checked key, ready for the algorithms that it fits. */
export class TokenKey {
  readonly id: string;
  /** Its `kid`, or the id given for it. */
  readonly name: string | undefined;
  readonly #spkis: ReadonlyMap<PublicKeyAlgorithm, Uint8Array>;
  /** Imported keys, not promises of them: on Workers a promise may belong to a request that was cut off. */
  readonly #imported = new Map<PublicKeyAlgorithm, CryptoKey>();

  constructor(id: string, name: string | undefined, spkis: ReadonlyMap<PublicKeyAlgorithm, Uint8Array>) {
    this.id = id;
    this.name = name;
    this.#spkis = spkis;
  }

  /** True if it can check signatures of an algorithm. */
  fits(algorithm: PublicKeyAlgorithm): boolean {
    return this.#spkis.has(algorithm);
  }

  /**
   * Imports it into the runtime, which checks whether its point is on its curve; this package's own parser cannot.
   *
   * @throws secret_invalid synchronously on Node; on runtimes that import later, {@link ready} throws
   */
  check(at: string): void {
    for (const [algorithm, spki] of this.#spkis) {
      const key = importKey(signatureAlgorithmOf(algorithm), spki, at);
      if (key instanceof Promise) key.catch(() => undefined);
    }
  }

  /** @throws secret_invalid if the runtime refuses the key */
  async ready(algorithm: PublicKeyAlgorithm, at: string): Promise<NamedKey> {
    const spki = this.#spkis.get(algorithm) as Uint8Array;
    const key = this.#imported.get(algorithm) ?? (await importForJose(spki, algorithm, at));
    this.#imported.set(algorithm, key);
    return { id: this.id, key, spki };
  }
}

/**
 * Parses a key in any of its forms: PEM, hex, base64, a JWK, or `{ id, key }`.
 *
 * @param id its name in a proof if it has none of its own
 */
export function readTokenKey(given: unknown, algorithms: readonly PublicKeyAlgorithm[], id: string): TokenKeyReading {
  const isNamed = isRecord(given) && 'key' in given && given.kty === undefined;
  const key = isNamed ? given.key : given;
  const name = isNamed && typeof given.id === 'string' && given.id !== '' ? given.id : kidOf(key);
  const spkis = new Map<PublicKeyAlgorithm, Uint8Array>();
  const problems: { readonly problem: string; readonly isOtherKind: boolean }[] = [];
  for (const algorithm of algorithms) {
    // RFC 7517 section 4.4: a key that names its algorithm is only for that one.
    if (isRecord(key) && key.alg !== undefined && key.alg !== algorithm) {
      problems.push({ problem: `Its alg is not ${algorithms.join(' or ')}.`, isOtherKind: true });
      continue;
    }
    const reading = readKey(key, signatureAlgorithmOf(algorithm));
    if (reading.problem === undefined) spkis.set(algorithm, reading.spki);
    else problems.push({ problem: reading.problem, isOtherKind: reading.isOtherKind === true });
  }
  // A key that is unsound for one algorithm is not used for another.
  const worst = problems.find(({ isOtherKind }) => !isOtherKind) ?? problems[0];
  if (worst !== undefined && (spkis.size === 0 || !worst.isOtherKind)) return worst;
  return { key: new TokenKey(name ?? id, name, spkis) };
}

/** @throws secret_invalid */
export async function importForJose(spki: Uint8Array, algorithm: PublicKeyAlgorithm, at: string): Promise<CryptoKey> {
  const row: SignatureAlgorithm = signatureAlgorithmOf(algorithm);
  const form = {
    name: row.name,
    ...('namedCurve' in row ? { namedCurve: row.namedCurve } : 'hash' in row ? { hash: row.hash } : {}),
  };
  try {
    return await globalThis.crypto.subtle.importKey('spki', new Uint8Array(spki), form, false, ['verify']);
  } catch {
    throw new WebhookError('secret_invalid', {
      at,
      hint: `It is not a public key that can be used with ${algorithm}.`,
    });
  }
}

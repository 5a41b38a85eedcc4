/** Public keys as an app gives them. */

import type { UnverifiedDelivery } from '../delivery/delivery.ts';

/**
 * A public key: text (PEM; for `publicKey()` also hex, base64 and `whpk_`), a JWK, a JWK Set, one with a name, or where to
 * fetch a set.
 */
export type Key =
  | string
  | Readonly<Record<string, unknown>>
  | {
      /** Names the key in `event.secretId`, and in a signature that says by `keyid` which key made it. */
      readonly id: string;
      readonly key: string | Readonly<Record<string, unknown>>;
    }
  | {
      /** An https URL that answers with a JWK Set. */
      readonly url: string;
      /** Used in place of the global fetch. */
      readonly fetch?: typeof globalThis.fetch;
      /** Least time between two fetches, also after a failure. Default 30 s. */
      readonly cooldownSeconds?: number;
      /** How long a fetched set counts as fresh. Default 600 s. A stale set is used on while the URL fails. */
      readonly maxAgeSeconds?: number;
      /** Longest time for one fetch. Default 5 s. */
      readonly timeoutSeconds?: number;
      /** Allows http, loopback and private addresses, for tests. */
      readonly dangerouslyAllowInsecureUrl?: boolean;
    };

/**
 * Finds keys by the name that a delivery gives, which nobody has verified; undefined where it gives none.
 *
 * An empty array says "I know no such key": 401. One that throws or does not answer within five seconds is an outage: 503.
 * Keep what was found: it is asked at each delivery.
 */
export type KeyResolver = (
  keyId: string | undefined,
  delivery: UnverifiedDelivery,
) => Key | readonly Key[] | Promise<Key | readonly Key[]>;

/** One key or several, or a function that finds them. */
export type KeyInput = Key | readonly Key[] | KeyResolver;

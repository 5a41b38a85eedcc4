/** Public keys as an app gives them. */

import type { UnverifiedDelivery } from '../delivery/delivery.ts';

/**
 * A public key: text (PEM; for `publicKey()` also hex, base64 and `whpk_`), a JWK, a JWK Set, a key with an id, or a
 * URL to fetch a set from.
 */
export type Key =
  | string
  | Readonly<Record<string, unknown>>
  | {
      /** Names the key in `event.secretId`, and in a signature that names its key with `keyid`. */
      readonly id: string;
      readonly key: string | Readonly<Record<string, unknown>>;
    }
  | {
      /** An https URL that returns a JWK Set. */
      readonly url: string;
      /** Used instead of the global fetch. */
      readonly fetch?: typeof globalThis.fetch;
      /** Minimum time between two fetches, in seconds, also after a failure. Default 30. */
      readonly cooldownSeconds?: number;
      /**
       * Time for which a fetched set counts as fresh, in seconds. Default 600. While the URL is failing, the last
       * fetched key set stays in use.
       */
      readonly maxAgeSeconds?: number;
      /** Maximum time for one fetch, in seconds. Default 5. */
      readonly timeoutSeconds?: number;
      /** Allows http, loopback and private addresses, for tests. */
      readonly dangerouslyAllowInsecureUrl?: boolean;
    };

/**
 * Finds keys by the unverified name that a delivery gives; undefined if it gives none.
 *
 * An empty array says "I know no such key": 401. If it throws or does not settle within five seconds, that is an
 * outage: 503. Cache its results: it is called for each delivery.
 */
export type KeyResolver = (
  keyId: string | undefined,
  delivery: UnverifiedDelivery,
) => Key | readonly Key[] | Promise<Key | readonly Key[]>;

/** One key or several, or a function that looks them up. */
export type KeyInput = Key | readonly Key[] | KeyResolver;

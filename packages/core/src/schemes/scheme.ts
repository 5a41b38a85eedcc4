/** What every way of signing has in common, seen from the receiver. */

import type { Delivery, DeliveryHead, UnverifiedDelivery } from '../delivery.ts';
import type { ReplayTolerance } from '../replay-window.ts';
import type { SecretMarks } from '../secret-mark.ts';
import type { SecretInput } from '../secrets.ts';

/** What a scheme verifies with: shared secrets or stored tokens, public keys, both, or nothing the user has to keep. */
export type KeyMaterial = 'secrets' | 'keys' | 'both' | 'none';

/** Which parts of a delivery a scheme binds to the secret or key. A bearer token binds none. */
export interface SignedParts {
  readonly body: boolean;
  /** Whether an id outside the body is signed. An id inside the body is as safe as the body. */
  readonly id: boolean;
  readonly timestamp: boolean;
}

/** What a scheme found out: which secret, which time, which parts are signed. */
export interface Proof {
  /** `'0'`, `'1'`, ... unless the secret or key has an id. */
  readonly secretId: string;
  /** Milliseconds since 1970; undefined where no time is signed. */
  readonly signedAt: number | undefined;
  /** The id that is signed outside the body, in a header. */
  readonly id: string | undefined;
  readonly signed: SignedParts;
  /** The tenant whose secret matched, where a resolver of secrets named one. */
  readonly tenant?: string | undefined;
  /** By which a record tells the secret that proved its event from others; absent where keys are public. */
  readonly marks?: SecretMarks | undefined;
  /** The payload where the body is not it: in a token, or the signed part of the body alone; `value` is parsed. */
  readonly payload?: { readonly value: unknown } | undefined;
  /** The headers whose values are signed, in lower case: an id or type from one of them is as safe as the body. */
  readonly headers?: ReadonlySet<string>;
  /** The values of signed headers as they were signed, by name in lower case, where a reader could see them otherwise. */
  readonly headerValues?: ReadonlyMap<string, string>;
  /** The signed bytes that stand for the event where they are not the body; their digest is the identity without an id. */
  readonly content?: Uint8Array | undefined;
  /** What stands for the event where an app is strict: a signed nonce or token id, though it may differ between attempts. */
  readonly strict?: Uint8Array | undefined;
  /** The spelling of the URL that was signed, where several were tried. */
  readonly url?: string | undefined;
  /** The URL that was signed, as it was signed; its query is the payload of a request without a body. */
  readonly signedUrl?: string | undefined;
  /** Like `content`, for each event of a batch whose events are signed one by one. */
  readonly elements?: readonly Uint8Array[];
}

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

/** What a receiver gives a scheme to verify with. */
export interface SchemeOptions {
  readonly secrets: SecretInput | undefined;
  readonly keys: KeyInput | undefined;
  readonly toleranceSeconds: ReplayTolerance;
  readonly ignoreTimestamp: boolean;
  readonly allowWeakSecrets: boolean;
  /**
   * Whether a handshake of the provider would sign this text for a stranger. Such a text is refused as a delivery, whatever
   * its signature. Absent where no handshake signs.
   */
  readonly isReserved?: (text: string) => boolean;
  /** Whether the receiver has the option `publicUrl`, so that claims about the URL can be compared. */
  readonly hasPublicUrl: boolean;
  /** Turns a delivery's request target into the public URL that the sender signed. */
  readonly publicUrlOf: (delivery: DeliveryHead) => string;
}

/** A scheme with its secrets or keys, ready to verify. */
export interface BoundScheme {
  /** Looks at the headers alone. @throws WebhookError for what can be refused before the body is read */
  screen(head: DeliveryHead, now: number): void;
  /** @throws WebhookError */
  verify(delivery: Delivery, now: number): Proof | Promise<Proof>;
  /**
   * The MAC of a text, for senders that ask for one. Absent where no MAC is used.
   *
   * @param secretId the secret that signed the question, where it was signed; otherwise the newest active one is used
   */
  mac?(text: string, delivery: Delivery, now: number, secretId?: string): Promise<Uint8Array>;
  /** The bytes of secrets that are known from the start, to notice one that serves two endpoints. */
  readonly fixedSecrets: readonly Uint8Array[];
}

/** How a sender's signature is computed and carried: a description, and what verifies by it. */
export interface Scheme<Material extends KeyMaterial = KeyMaterial> {
  /** Short name that takes part in the dedupe key: `hmac`, `shared_token`, `jwt`. */
  readonly kind: string;
  readonly material: Material;
  readonly signed: SignedParts;
  /** How old a delivery may be, in seconds, where the scheme says so itself and no replay window does. */
  readonly maxAgeSeconds?: number | undefined;
  /** The data this scheme was made from, for signers, docs and linters. */
  readonly description: unknown;
  /** @throws secret_invalid, options_invalid */
  bind(options: SchemeOptions): BoundScheme;
}

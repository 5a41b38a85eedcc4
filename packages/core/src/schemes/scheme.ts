/** What every way of signing has in common, seen from the receiver. */

import type { Delivery, DeliveryHead } from '../delivery/delivery.ts';
import type { UrlOptions } from '../delivery/public-url.ts';
import type { KeyInput } from '../keys/key.ts';
import type { SecretInput } from '../keys/secret.ts';
import type { SecretMarks } from '../keys/secret-mark.ts';
import type { ReplayTolerance } from './replay-window.ts';
import type { OwnSchemeKind, SchemeDescription, SchemeKind } from './scheme-description.ts';
import type { SignedParts } from './signed-parts.ts';

/** What a scheme verifies with: shared secrets or stored tokens, public keys, both, or nothing the user has to keep. */
export type KeyMaterial = 'secrets' | 'keys' | 'both' | 'none';

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

/** What a receiver gives a scheme to verify with. */
export interface SchemeOptions extends UrlOptions {
  readonly secrets: SecretInput | undefined;
  readonly keys: KeyInput | undefined;
  readonly toleranceSeconds: ReplayTolerance;
  readonly ignoreTimestamp: boolean;
  readonly allowWeakSecrets: boolean;
  /**
   * True if a handshake of the provider would sign this text for a stranger. Such a text is refused as a delivery, whatever
   * its signature. Absent where no handshake signs.
   */
  readonly isReserved?: (text: string) => boolean;
}

/** A delivery whose head was read; what it says of signatures and times is not read again. */
export interface OpenedDelivery {
  /** @throws WebhookError */
  verify(body: Uint8Array): Proof | Promise<Proof>;
}

/** A scheme with its secrets or keys, ready to verify. */
export interface BoundScheme {
  /**
   * Reads the head, before a byte of the body is there.
   *
   * @param now milliseconds since 1970
   * @throws WebhookError for a signature that is missing, repeated, too long or malformed, and a time outside of the window
   */
  open(head: DeliveryHead, now: number): OpenedDelivery;
  /**
   * The MAC of a text, for senders that ask for one. Absent where no MAC is used.
   *
   * @param secretId the secret that signed the question, where it was signed; otherwise the newest active one is used
   */
  mac?(text: string, delivery: Delivery, now: number, secretId?: string): Promise<Uint8Array>;
  /** The bytes of secrets that are known from the start, to notice one that serves two endpoints. */
  readonly fixedSecrets: readonly Uint8Array[];
}

/** What every scheme has, whatever its kind. */
export interface SchemeMembers<Material extends KeyMaterial = KeyMaterial> {
  readonly material: Material;
  readonly signed: SignedParts;
  /** How old a delivery may be, in seconds, where the scheme says so itself and no replay window does. */
  readonly maxAgeSeconds?: number | undefined;
  /** The path of the events in a body, where they are signed one by one. */
  readonly each?: string | undefined;
  /** Whether a signature without a time is accepted, where the scheme would read one. */
  readonly isTimeOptional?: boolean;
  /** @throws secret_invalid, options_invalid */
  bind(options: SchemeOptions): BoundScheme;
}

/**
 * How a sender's signature is computed and carried: a description, and what verifies by it. `kind` narrows `description`.
 *
 * A scheme of your own is an object with a `kind` that begins with `custom_`.
 */
export type Scheme<
  Material extends KeyMaterial = KeyMaterial,
  Kind extends SchemeKind = SchemeKind,
> = SchemeMembers<Material> & Extract<SchemeDescription, { readonly kind: Kind }>;

/** A scheme of your own, of whose description nothing is known. */
export type OwnScheme = Scheme<KeyMaterial, OwnSchemeKind>;

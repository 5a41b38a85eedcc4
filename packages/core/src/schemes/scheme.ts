/** The interface of all schemes, for the receiver. */

import type { Delivery, DeliveryHead } from '../delivery/delivery.ts';
import type { UrlOptions } from '../delivery/public-url.ts';
import type { KeyInput } from '../keys/key.ts';
import type { SecretInput } from '../keys/secret.ts';
import type { SecretMarks } from '../keys/secret-mark.ts';
import type { ReplayTolerance } from './replay-window.ts';
import type { OwnSchemeKind, SchemeDescription, SchemeKind } from './scheme-description.ts';
import type { SignedParts } from './signed-parts.ts';

/** The material that a scheme verifies with: shared secrets or stored tokens, public keys, both, or none. */
export type KeyMaterial = 'secrets' | 'keys' | 'both' | 'none';

/** The result of a scheme: the secret, the time, the signed parts. */
export interface Proof {
  /** `'0'`, `'1'`, ... unless the secret or key has an id. */
  readonly secretId: string;
  /** Milliseconds since 1970; undefined if no time is signed. */
  readonly signedAt: number | undefined;
  /** The id that is signed outside the body, in a header. */
  readonly id: string | undefined;
  readonly signed: SignedParts;
  /** The tenant whose secret matched, if a resolver of secrets named one. */
  readonly tenant?: string | undefined;
  /** The mark by which a record distinguishes the secret that proved its event from others; absent if keys are public. */
  readonly marks?: SecretMarks | undefined;
  /** The payload if it is not the body: in a token, or only the signed part of the body; `value` is parsed. */
  readonly payload?: { readonly value: unknown } | undefined;
  /** The headers whose values are signed, in lower case: an id or type from one of them is as safe as the body. */
  readonly headers?: ReadonlySet<string>;
  /** The values of signed headers as signed, by name in lower case, if a reader could see them differently. */
  readonly headerValues?: ReadonlyMap<string, string>;
  /** The signed bytes that identify the event if they are not the body; their digest is the identity without an id. */
  readonly content?: Uint8Array | undefined;
  /** The identity of the event if an app is strict: a signed nonce or token id, although it may differ between attempts. */
  readonly strict?: Uint8Array | undefined;
  /** The spelling of the URL that was signed, if several were tried. */
  readonly url?: string | undefined;
  /** The URL as signed; its query is the payload of a request without a body. */
  readonly signedUrl?: string | undefined;
  /** Like `content`, for each event of a batch whose events are signed individually. */
  readonly elements?: readonly Uint8Array[];
}

/** The receiver's input to a scheme. */
export interface SchemeOptions extends UrlOptions {
  readonly secrets: SecretInput | undefined;
  readonly keys: KeyInput | undefined;
  readonly toleranceSeconds: ReplayTolerance;
  readonly ignoreTimestamp: boolean;
  readonly allowWeakSecrets: boolean;
  /**
   * True if a handshake of the provider would sign this text for a stranger. Such a text is refused as a delivery, whatever its signature.
   * Absent if no handshake signs.
   */
  readonly isReserved?: (text: string) => boolean;
}

/** A delivery whose head was read; its signatures and times are not read again. */
export interface OpenedDelivery {
  /** @throws WebhookError */
  verify(body: Uint8Array): Proof | Promise<Proof>;
}

/** A scheme with its secrets or keys, ready to verify. */
export interface BoundScheme {
  /**
   * Reads the head, before any byte of the body has arrived.
   *
   * @param now milliseconds since 1970
   * @throws WebhookError for a signature that is missing, repeated, too long or malformed, and a time outside the window
   */
  open(head: DeliveryHead, now: number): OpenedDelivery;
  /**
   * The MAC of a text, for senders that ask for one. Absent if no MAC is used.
   *
   * @param secretId the secret that signed the request, if it was signed; otherwise the newest active one is used
   */
  mac?(text: string, delivery: Delivery, now: number, secretId?: string): Promise<Uint8Array>;
  /** The bytes of secrets that are known in advance, to detect one that serves two endpoints. */
  readonly fixedSecrets: readonly Uint8Array[];
}

/** The members of all schemes. */
export interface SchemeMembers<Material extends KeyMaterial = KeyMaterial> {
  readonly material: Material;
  readonly signed: SignedParts;
  /** Maximum age of a delivery, in seconds, if the scheme defines it itself and has no replay window. */
  readonly maxAgeSeconds?: number | undefined;
  /** The path of the events in a body, if they are signed individually. */
  readonly each?: string | undefined;
  /** True if a signature without a time is accepted although the scheme would read one. */
  readonly isTimeOptional?: boolean;
  /** @throws secret_invalid, options_invalid */
  bind(options: SchemeOptions): BoundScheme;
}

/**
 * The way a sender computes and carries its signature: a description, and the code that verifies it. `kind` narrows `description`.
 *
 * Your own scheme is an object with a `kind` that begins with `custom_`.
 */
export type Scheme<
  Material extends KeyMaterial = KeyMaterial,
  Kind extends SchemeKind = SchemeKind,
> = SchemeMembers<Material> & Extract<SchemeDescription, { readonly kind: Kind }>;

/** Your own scheme; its description is unknown. */
export type OwnScheme = Scheme<KeyMaterial, OwnSchemeKind>;

/** A verified delivery as an event. Its fields are computed only on first use. */

import type { Provider } from '../provider/provider.ts';
import type { SignedParts } from '../schemes/signed-parts.ts';

/** The key under which an event is remembered, and its origin. */
export interface Identity {
  /** A hash of namespace, tenant, provider, scheme and identity, as base64url text. */
  readonly key: string;
  /**
   * `id`: an id the sender signed. `digest`: the signed body. `app`: the app's own `dedupe.identity`. `none`: two
   * events of this sender can have the same bytes and nothing tells them apart, so each delivery counts, including
   * retries.
   */
  readonly from: 'id' | 'digest' | 'app' | 'none';
  /**
   * The unsigned header value that is part of the key, because two events of this sender can have the same signed
   * bytes. Anyone who replays a captured delivery can change it; `dedupe: { identity: 'strict' }` leaves it out.
   */
  readonly joined?: 'id' | 'type';
}

/**
 * A verified delivery. Its body is what the sender signed, unless `signed.body` is false.
 *
 * For a handler of one event: `(event: WebhookEvent<'order.paid', Order>) => ...`.
 */
export interface WebhookEvent<Type = string | undefined, Payload = unknown, Id = string | undefined> {
  /** The provider's name. */
  readonly provider: string;
  /** The sender's event id, the same in every attempt; check `signed.id` before you trust one from a header. */
  readonly id: Id;
  /** The sender's name for what happened, such as `invoice.paid`. */
  readonly type: Type;
  /** The sender's time when the event was created. For ordering only. */
  readonly createdAt: Date | undefined;
  /** The time of signing; undefined if the scheme signs no timestamp. */
  readonly signedAt: Date | undefined;
  /** The secret or key that matched: its id, or its position in the list (`'0'`). */
  readonly secretId: string;
  /** The spelling of the URL that was signed, if the scheme tries several; otherwise undefined. */
  readonly signedUrl: string | undefined;
  /**
   * The parts that the sender's signature covers. `id` is true if the value of `id` was read from signed data,
   * including the body.
   */
  readonly signed: SignedParts;
  /** The key under which the event is remembered; computed on first use. */
  identity(): Promise<Identity>;
  /** The received bytes. */
  readonly body: Uint8Array;
  /** The body as text. @throws payload_malformed if it is not strict UTF-8 */
  text(): string;
  /**
   * The parsed body, or one event of a batch; parsed on first use, then kept. For a request without a body (GET,
   * DELETE) the fields of the signed query, or `{}`. @throws payload_malformed
   */
  readonly payload: Payload;
  /**
   * The events in a delivery, each with its own id, type, payload and identity; the event itself if the sender reports
   * one at a time. `receive` passes them to the handler one after the other.
   *
   * @throws payload_malformed
   */
  split(): readonly WebhookEvent<Type, Payload, Id>[];
}

/** An event of any type and payload. */
export type AnyEvent = WebhookEvent<unknown, unknown>;

/** Identifies the receiver, with the app's own rule for identities. */
export interface EventContext {
  readonly provider: Provider;
  readonly namespace: string;
  readonly identityOf: ((event: WebhookEvent) => string | undefined) | undefined;
  /** True if the sender's facts allow an unsigned id or type in the key. */
  readonly joinsUnsigned: boolean;
  /** The shared secrets that are known when the receiver is built, for the seal of what leaves the process. */
  readonly fixedSecrets: readonly Uint8Array[];
  /** Headers whose values are secrets, besides the signature, with these values. */
  readonly requiredHeaders: readonly (readonly [name: string, value: Uint8Array])[];
  readonly clock: (() => Date) | undefined;
  /** The entity under `ordering`. */
  readonly entityOf: ((event: WebhookEvent) => string | undefined) | undefined;
}

/** What a verified delivery reports. Nothing in it is computed before somebody asks for it. */

import type { Provider } from '../provider/provider.ts';
import type { SignedParts } from '../schemes/signed-parts.ts';

/** The key under which an event is remembered, and what it was made from. */
export interface Identity {
  /** A hash of namespace, tenant, provider, scheme and identity, as base64url text. */
  readonly key: string;
  /**
   * `id`: an id the sender signed. `digest`: the signed body. `app`: the app's own `dedupe.identity`. `none`: two events of this
   * sender can have the same bytes and nothing tells them apart, so each delivery counts, retries too.
   */
  readonly from: 'id' | 'digest' | 'app' | 'none';
  /**
   * What of the unsigned head joined the digest, since two events of this sender can have the same signed bytes. Whoever
   * replays a captured delivery can change it; `dedupe: { identity: 'strict' }` leaves it out.
   */
  readonly joined?: 'id' | 'type';
}

/** A verified delivery. Its body is what the sender signed, unless `signed.body` is false. */
export interface WebhookEvent<Type = string, Payload = unknown> {
  /** The provider's name. */
  readonly provider: string;
  /** The sender's id of the event, the same in every attempt; see `signed.id` before trusting one from a header. */
  readonly id: string | undefined;
  readonly type: Type | undefined;
  /** When the event came about, by the sender. For ordering only. */
  readonly createdAt: Date | undefined;
  /** When the delivery was signed; undefined where the scheme signs no time. */
  readonly signedAt: Date | undefined;
  /** Which secret or key matched: its id, or its place in the list (`'0'`). */
  readonly secretId: string;
  /** The spelling of the address that was signed, where the scheme tries several; undefined for all others. */
  readonly signedUrl: string | undefined;
  /** What the sender's signature covers. `id` says whether the value of `id` was read where it is signed, body included. */
  readonly signed: SignedParts;
  /** The key under which the event is remembered; computed when first asked for. */
  identity(): Promise<Identity>;
  /** The received bytes. */
  readonly body: Uint8Array;
  /** The body as text. @throws payload_malformed where it is not strict UTF-8 */
  text(): string;
  /**
   * The parsed body, or one event of a batch; parsed when first read, then kept. Of a request without a body (GET, DELETE) the
   * fields of the signed query, or `{}`. @throws payload_malformed
   */
  readonly payload: Payload;
  /**
   * The events that a delivery reports, each with its own id, type, payload and identity; the event itself where the
   * sender reports one at a time. `receive` hands them to the handler one after the other.
   *
   * @throws payload_malformed
   */
  split(): readonly WebhookEvent<Type, Payload>[];
}

/** An event of any type and payload. */
export type AnyEvent = WebhookEvent<unknown, unknown>;

/** What identifies the receiver and the app's own rule for identities. */
export interface EventContext {
  readonly provider: Provider;
  readonly namespace: string;
  readonly identityOf: ((event: WebhookEvent) => string | undefined) | undefined;
  /** Whether an unsigned id or type may join the digest where the sender's facts say so. */
  readonly joinsUnsigned: boolean;
}

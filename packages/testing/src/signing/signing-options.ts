/** The inputs of a signed delivery, and the result. */

import type { KeyObject } from 'node:crypto';
import { type Delivery, type EventOf, type EventTypeOf, type Provider, WebhookError } from '@countersign/core';

/** A private key: PEM text, a JWK, or Node's own. */
export type PrivateKey = string | KeyObject | Readonly<Record<string, unknown>>;

/** Any text, in addition to types that an editor still suggests. */
export type OtherType = string & Record<never, never>;

/** The payload of an event type, if the provider is typed; otherwise any object. */
export type EventBody<P extends Provider, Type extends string> =
  string extends EventTypeOf<P>
    ? object
    : Type extends EventTypeOf<P>
      ? ObjectOf<Extract<EventOf<P>, { readonly type: Type }>['payload']>
      : object;

type ObjectOf<Payload> = Payload extends object ? Payload : object;

/** A part of a payload. Lists are complete. */
export type PartOf<Payload> = Payload extends readonly unknown[]
  ? Payload
  : Payload extends object
    ? { readonly [Name in keyof Payload]?: PartOf<Payload[Name]> | undefined }
    : Payload;

/**
 * Options of {@link signDelivery}. Everything except the secret or the key has a default.
 *
 * With a typed provider (`defineProvider<Events>`), `body` and `payload` have the payload type that belongs to
 * `type`; an unknown type accepts any object.
 */
export interface SigningOptions<P extends Provider = Provider, Type extends string = string> {
  /**
   * The shared secret or stored token, in the same form as for the receiver. With several, the delivery is signed with
   * each, as a sender does during a rotation, if its scheme has room for that.
   */
  readonly secret?: string | Uint8Array | readonly (string | Uint8Array)[];
  /** For senders that sign with a private key; several as with secrets. */
  readonly privateKey?: PrivateKey | readonly PrivateKey[];
  /** The name of the secret or key, for schemes that send one (`kid`, `keyid`). */
  readonly keyId?: string;
  /** The time of signing; sign with old times to test the replay window. Default now. */
  readonly at?: Date;
  /**
   * Bytes or text that are sent unchanged, or an object that is sent as JSON or as a form, as the sender does. Default:
   * the sample of the type, if the preset has one, otherwise a small event; `id`, `type` and the time of creation are
   * where the sender puts them. If a scheme keeps values inside the body, it is serialised again.
   */
  readonly body?: string | Uint8Array | EventBody<P, Type>;
  /**
   * Values for the default body, in addition to or instead of its own: objects are merged name by name,
   * other values replace the existing ones, and `undefined` removes them. In a batch it is the one event. Not together
   * with `body`.
   */
  readonly payload?: PartOf<EventBody<P, Type>>;
  /** The event id in a default body, and in the header if the sender puts it there. Default: a new one each time. */
  readonly id?: string;
  /** The event type in a default body, or in its header. Default: the first with a sample, or the first of all. */
  readonly type?: Type | EventTypeOf<P>;
  /** The URL that the sender posts to and signs. Default `https://example.com/webhooks/<provider>`. */
  readonly url?: string;
  /** Default `POST`; for a sender that never posts, the first of its methods. */
  readonly method?: string;
  /** Additional headers; they are set before the signed text is built, so they may be signed. */
  readonly headers?: Readonly<Record<string, string>>;
  /** For tokens: claims in addition to or instead of those the scheme requires. `undefined` leaves one out. */
  readonly claims?: Readonly<Record<string, unknown>>;
  /** For tokens: additional fields of the JOSE header, such as `x5c`. */
  readonly joseHeader?: Readonly<Record<string, unknown>>;
  /** For senders that name the URL of their certificate. */
  readonly certificateUrl?: string;
}

/** A delivery as a sender posts it: an absolute URL, and header names in lower case. */
export interface SignedDelivery extends Delivery {
  readonly url: string;
  readonly method: string;
  readonly headers: Record<string, string>;
}

/** The error for options with which nothing can be signed. */
export function refuseSigning(at: string, hint: string): WebhookError {
  return new WebhookError('options_invalid', { at: `signDelivery() ${at}`, hint });
}

/** The secrets, always as a list. @throws options_invalid if there are none */
export function secretsOf({ name }: Provider, { secret }: SigningOptions): readonly (string | Uint8Array)[] {
  const list = typeof secret === 'string' || secret instanceof Uint8Array ? [secret] : (secret ?? []);
  if (list.length === 0 || list.some((one) => one.length === 0))
    throw refuseSigning('secret', `${name} signs with a shared secret; pass the one that the receiver has.`);
  return list;
}

/** The private keys, always as a list. @throws options_invalid if there are none */
export function privateKeysOf({ name }: Provider, { privateKey }: SigningOptions): readonly PrivateKey[] {
  const list = Array.isArray(privateKey) ? (privateKey as readonly PrivateKey[]) : [privateKey as PrivateKey];
  if (list.length > 0 && list[0] !== undefined) return list;
  throw refuseSigning('privateKey', `${name} signs with a private key; pass one, and its public key to the receiver.`);
}

/** The one private key, for schemes that have room for one signature. @throws options_invalid */
export function privateKeyOf(provider: Provider, options: SigningOptions): PrivateKey {
  const [key, ...more] = privateKeysOf(provider, options);
  if (more.length > 0) throw refuseSigning('privateKey', `${provider.name} has room for one signature.`);
  return key as PrivateKey;
}

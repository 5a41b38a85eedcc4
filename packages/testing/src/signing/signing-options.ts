/** What a delivery is signed with and made of, and what comes of it. */

import type { KeyObject } from 'node:crypto';
import { type Delivery, type EventOf, type Provider, WebhookError } from '@countersign/core';

/** A private key: PEM text, a JWK, or Node's own. */
export type PrivateKey = string | KeyObject | Readonly<Record<string, unknown>>;

/** The types of events that a provider is typed with; `string` where it names none. */
export type EventTypeOf<P extends Provider> = NonNullable<EventOf<P>['type']> & string;

/** Any text, beside types that an editor then still suggests. */
export type OtherType = string & Record<never, never>;

/** The payload of a type of event, as the provider is typed; any object where nothing is known of it. */
export type EventBody<P extends Provider, Type extends string> =
  string extends EventTypeOf<P>
    ? object
    : Type extends EventTypeOf<P>
      ? ObjectOf<Extract<EventOf<P>, { readonly type: Type | undefined }>['payload']>
      : object;

type ObjectOf<Payload> = Payload extends object ? Payload : object;

/** A part of a payload. Lists are whole. */
export type PartOf<Payload> = Payload extends readonly unknown[]
  ? Payload
  : Payload extends object
    ? { readonly [Name in keyof Payload]?: PartOf<Payload[Name]> | undefined }
    : Payload;

/**
 * Options of {@link signDelivery}. Everything but the secret or the key has a default.
 *
 * With a provider that is typed (`defineProvider<Events>`), `body` and `payload` have the type of the payload that belongs to
 * `type`; a type it does not know takes any object.
 */
export interface SigningOptions<P extends Provider = Provider, Type extends string = string> {
  /**
   * The shared secret or stored token, in the form the receiver is given it. Several sign one delivery with each, as a
   * sender does while a secret is replaced, where its scheme has room for that.
   */
  readonly secret?: string | Uint8Array | readonly (string | Uint8Array)[];
  /** For senders that sign with a private key; several as with secrets. */
  readonly privateKey?: PrivateKey | readonly PrivateKey[];
  /** The name of the secret or key, for schemes that send one (`kid`, `keyid`). */
  readonly keyId?: string;
  /** When the delivery is signed; sign with old times to test the replay window. Default now. */
  readonly at?: Date;
  /**
   * Bytes or text that are sent as they are, or an object that is sent as JSON or as a form, as the sender does. Default: a
   * small event with `id` and `type` at the sender's places. Where a scheme keeps values inside the body, it is written anew.
   */
  readonly body?: string | Uint8Array | EventBody<P, Type>;
  /**
   * What the default body has beside, or in place of, its `id` and `type`: objects are merged name by name, everything else
   * takes the place of what was there, and `undefined` leaves it out. In a batch it is the one event. Not together with `body`.
   */
  readonly payload?: PartOf<EventBody<P, Type>>;
  /** The event's id in a default body, and in the header where the sender has it there. Default: a new one each time. */
  readonly id?: string;
  /** The event's type in a default body, or its header. Default: the first that the provider names. */
  readonly type?: Type | EventTypeOf<P>;
  /** The address the sender posts to, as it signs it. Default `https://example.com/webhooks/<provider>`. */
  readonly url?: string;
  /** Default `POST`; for a sender that never posts, the first of its methods. */
  readonly method?: string;
  /** Further headers; they come before what is signed is read, so a signed one may be among them. */
  readonly headers?: Readonly<Record<string, string>>;
  /** For tokens: claims beside, or in place of, those the scheme asks for. `undefined` leaves one out. */
  readonly claims?: Readonly<Record<string, unknown>>;
  /** For tokens: further fields of the JOSE header, such as `x5c`. */
  readonly joseHeader?: Readonly<Record<string, unknown>>;
  /** For senders that name the address of their certificate. */
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

/** The secrets, always as a list. @throws options_invalid where there is none */
export function secretsOf({ name }: Provider, { secret }: SigningOptions): readonly (string | Uint8Array)[] {
  const list = typeof secret === 'string' || secret instanceof Uint8Array ? [secret] : (secret ?? []);
  if (list.length === 0 || list.some((one) => one.length === 0))
    throw refuseSigning('secret', `${name} signs with a shared secret; give the one that the receiver has.`);
  return list;
}

/** The private keys, always as a list. @throws options_invalid where there is none */
export function privateKeysOf({ name }: Provider, { privateKey }: SigningOptions): readonly PrivateKey[] {
  const list = Array.isArray(privateKey) ? (privateKey as readonly PrivateKey[]) : [privateKey as PrivateKey];
  if (list.length > 0 && list[0] !== undefined) return list;
  throw refuseSigning('privateKey', `${name} signs with a private key; give one, and its public key to the receiver.`);
}

/** The one private key, for schemes that have room for one signature. @throws options_invalid */
export function privateKeyOf(provider: Provider, options: SigningOptions): PrivateKey {
  const [key, ...more] = privateKeysOf(provider, options);
  if (more.length > 0) throw refuseSigning('privateKey', `${provider.name} has room for one signature.`);
  return key as PrivateKey;
}

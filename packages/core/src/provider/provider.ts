/** The description of a sender, as data. */

import type { ReplayTolerance, TimestampUnit } from '../schemes/replay-window.ts';
import type { KeyMaterial, Scheme } from '../schemes/scheme.ts';
import type { EventList, IdentityFacts, ValueSource } from './event-source.ts';
import type { BatchProtocol, batchesKey, FormProtocol, formsKey } from './features.ts';
import type { Handshakes } from './handshake.ts';
import type { PayloadFormat } from './payload-format.ts';
import type { RetryFacts } from './retry-facts.ts';
import type { SourceFact } from './source-fact.ts';

/** Event names of a sender, each with the type of its payload. `unknown` if the sender's documentation does not show one. */
export type EventMap = object;

/** A value that is not documented but that the preset uses. */
export interface Assumption {
  /** The assumption, such as `the signature is hexadecimal`. */
  readonly what: string;
  /** The reason, and how to check it. */
  readonly because: string;
}

/**
 * The confidence in the facts of a description, that of the weakest essential one.
 *
 * `documented`: read on a page of the sender. `sdk_source`: read in the sender's own package. `integration_code`: read in public code of
 * others. `unconfirmed`: from memory or a single mention; a receiver warns about it.
 */
export type Confidence = 'documented' | 'sdk_source' | 'integration_code' | 'unconfirmed';

/** A sender whose deliveries contain nothing to verify. A receiver for it cannot be built, and the error says why. */
export interface UnverifiableProvider {
  readonly name: string;
  readonly title: string;
  /** The reason why verification is impossible, as one sentence. */
  readonly unverifiable: string;
  /** The alternative. */
  readonly instead: string;
  readonly source: SourceFact;
}

/** The argument of {@link defineProvider}. Omit unknown facts. */
export interface ProviderDescription<Material extends KeyMaterial = KeyMaterial> {
  /** Lower case, digits and `-`; part of the dedupe key, so it must not change once in use. */
  readonly name: string;
  /** The sender's own spelling of its name. */
  readonly title?: string;
  readonly scheme: Scheme<Material>;
  /** The place of the id that stays the same when an event is sent again. */
  readonly eventId?: ValueSource;
  readonly eventType?: ValueSource;
  /** The way to tell events apart if no id is signed. Default: only the digest of the signed data. */
  readonly identity?: IdentityFacts;
  /**
   * The place of the events if one delivery reports several.
   *
   * The paths of `eventId`, `eventType` and `eventCreatedAt` then start at each event. Each is handled and remembered separately, so a
   * retry only runs those that are not done. The payload of an event is its element; with `keepsShape`, it is the whole body with only that
   * element in its lists, for senders whose events need the surrounding data. The paths of `eventType` and `eventCreatedAt` then start at
   * the body.
   */
  readonly batch?: EventList & { readonly keepsShape?: boolean };
  /** The time when the event was created, for ordering. Not a proof of freshness. */
  readonly eventCreatedAt?: ValueSource & { readonly unit: TimestampUnit };
  /**
   * The replay window, in seconds: the sender's own number, or one for the past and one for the future.
   *
   * If retries are known to carry the first signature (`retries.resigns: false`), the past side covers all of them.
   */
  readonly toleranceSeconds?: number | ReplayTolerance;
  /** Default `json`. */
  readonly payload?: PayloadFormat;
  /**
   * Content-Type of deliveries if it differs from the one that `payload` implies: JSON as `text/plain`. It is unsigned, so it decides
   * nothing.
   */
  readonly contentType?: string;
  /** Maximum time that the sender waits for a response, in seconds. */
  readonly responseDeadlineSeconds?: number;
  readonly retries?: RetryFacts;
  /** Request methods of deliveries. Default `POST`. */
  readonly methods?: readonly string[];
  /** The response to a successful delivery if the handler returns none; default an empty 200. */
  readonly acknowledgement?: { readonly status?: number; readonly body?: string };
  /** The sender's requests before or between deliveries, answered without a handler: `handshakes([...])`. */
  readonly handshakes?: Handshakes;
  /** Names of the events, for tools and docs; the type parameter has their payloads. */
  readonly events?: readonly string[];
  /**
   * Fields of events that tools invent, in addition to id, type and time, by type: the fields that the types promise. `*`: those of any
   * other type.
   */
  readonly samples?: Readonly<Record<string, object>>;
  /** The place where the user finds the secret or key, and its form. */
  readonly secretHelp?: string;
  /**
   * Beginnings of values that people confuse with the secret, each with its meaning: `{ sk_: 'an API key' }`. A receiver refuses them by
   * name when it is built.
   */
  readonly wrongSecrets?: Readonly<Record<string, string>>;
  /** The way the sender replaces a secret: several signatures, several headers, or a moment when the old one ends. */
  readonly rotation?: string;
  readonly source?: SourceFact;
  /** The confidence in the facts. */
  readonly confidence?: Confidence;
  /** Unconfirmed fields of this description, in words: `the place of the event's id`. */
  readonly unverified?: readonly string[];
  readonly assumptions?: readonly Assumption[];
  /** Facts missing in the documentation, for docs. */
  readonly unsaid?: readonly string[];
  /** The code for `batch`; `defineProvider` adds it. */
  readonly [batchesKey]?: BatchProtocol;
  /** The code for `payload`; `defineProvider` adds it. */
  readonly [formsKey]?: FormProtocol;
}

declare const eventMap: unique symbol;

/** A checked description of one sender. Plain data: `{ ...provider, toleranceSeconds: 60 }` is a provider too. */
export interface Provider<Events extends EventMap = EventMap, Material extends KeyMaterial = KeyMaterial>
  extends ProviderDescription<Material> {
  /** Exists for the type checker only. */
  readonly [eventMap]?: Events;
}

/** The description of a sender, as data. */

import type { ReplayTolerance, TimestampUnit } from '../schemes/replay-window.ts';
import type { KeyMaterial, Scheme } from '../schemes/scheme.ts';
import type { EventList, IdentityFacts, ValueSource } from './event-source.ts';
import type { Handshakes } from './handshake.ts';
import type { PayloadFormat } from './payload-format.ts';

/** Event names of a sender, each with the type of its payload. `unknown` where the sender's page shows none. */
export type EventMap = object;

/** A status, or a class of them. */
export type StatusPattern = number | '3xx' | '4xx' | '5xx';

/** How a sender repeats a delivery that was not answered with success. */
export interface RetryFacts {
  /** When each retry comes, in seconds after the one before it. */
  readonly delaysSeconds?: readonly number[];
  /** From the first attempt to the last, in seconds. */
  readonly horizonSeconds?: number;
  /** True if a retry carries a new timestamp and signature, or those of the first attempt. Left out where it is not known. */
  readonly resigns?: boolean;
  /** True if the body of a retry has the bytes of the first attempt. Left out where it is not known. */
  readonly keepsBody?: boolean;
  /** The only statuses after which the sender comes again; empty where it never does. Left out where it is not known. */
  readonly retriedOn?: readonly StatusPattern[];
  /** Statuses after which the sender does not come again, though they are no success. */
  readonly finalOn?: readonly StatusPattern[];
  /** What the page says in words where it gives no figures. */
  readonly note?: string;
  /** What the sender makes of a redirect (3xx). Left out where no page says it. */
  readonly redirects?: RedirectFact;
}

/** What a sender makes of an answer with a 3xx status. */
export interface RedirectFact {
  /** `failure`: as of any failure, with its retries. `final`: as a failure that it does not retry. `success`: the delivery counts as taken. `followed`. */
  readonly count: 'failure' | 'final' | 'success' | 'followed';
  /** Which of them, or how far, where the page says so. */
  readonly note?: string;
  readonly source: SourceFact;
}

/** Where the facts of a description were read. */
export interface SourceFact {
  readonly url?: string;
  /** What was read, where it has no public address. */
  readonly title?: string;
  /** `YYYY-MM-DD`. */
  readonly readOn: string;
}

/** A value that no page states and that the preset takes all the same. */
export interface Assumption {
  /** What is assumed, such as `the signature is hexadecimal`. */
  readonly what: string;
  /** Why, and how to check it. */
  readonly because: string;
}

/**
 * How well the facts of a description are known, the weakest of its essential ones.
 *
 * `documented`: read on a page of the sender. `sdk_source`: read in the sender's own package. `integration_code`: read in
 * public code of others. `unconfirmed`: from memory or a single mention; a receiver warns of it.
 */
export type Confidence = 'documented' | 'sdk_source' | 'integration_code' | 'unconfirmed';

/** A sender whose deliveries carry nothing that could be verified. A receiver refuses to be built for it, and says why. */
export interface UnverifiableProvider {
  readonly name: string;
  readonly title: string;
  /** Why no verification is possible, as one sentence. */
  readonly unverifiable: string;
  /** What can be done instead. */
  readonly instead: string;
  readonly source: SourceFact;
}

/** What {@link defineProvider} takes. Facts that are not known are left out. */
export interface ProviderDescription<Material extends KeyMaterial = KeyMaterial> {
  /** Lower case, digits and `-`; takes part in the dedupe key, so it must not change once it is in use. */
  readonly name: string;
  /** How the sender writes its own name. */
  readonly title?: string;
  readonly scheme: Scheme<Material>;
  /** Where the id stands that stays the same when an event is sent again. */
  readonly eventId?: ValueSource;
  readonly eventType?: ValueSource;
  /** What tells events apart where no id is signed. Left out: the digest of what is signed does, alone. */
  readonly identity?: IdentityFacts;
  /**
   * Where the events stand when one delivery reports several.
   *
   * The paths of `eventId`, `eventType` and `eventCreatedAt` then start at each of them. Each is handled and remembered on
   * its own, so that a retry runs only what was not done. The payload of an event is its element; with `keepsShape`, the body
   * as it is with that element alone in its lists, for senders whose events need what stands around them. The paths of
   * `eventType` and `eventCreatedAt` then start at the body.
   */
  readonly batch?: EventList & { readonly keepsShape?: boolean };
  /** When the event came about, for ordering. Not a proof of freshness. */
  readonly eventCreatedAt?: ValueSource & { readonly unit: TimestampUnit };
  /**
   * The replay window, in seconds: the sender's own figure, or one for the past and one for the future.
   *
   * Where retries are known to carry the first signature (`retries.resigns: false`), the past side covers all of them.
   */
  readonly toleranceSeconds?: number | ReplayTolerance;
  /** Default `json`. */
  readonly payload?: PayloadFormat;
  /** Content-Type of deliveries where it is another than `payload` suggests: JSON as `text/plain`. Nobody signs it, so it decides nothing. */
  readonly contentType?: string;
  /** How long the sender waits for an answer, in seconds. */
  readonly responseDeadlineSeconds?: number;
  readonly retries?: RetryFacts;
  /** Request methods of deliveries. Default `POST`. */
  readonly methods?: readonly string[];
  /** What a successful delivery is answered with where the handler says nothing; default an empty 200. */
  readonly acknowledgement?: { readonly status?: number; readonly body?: string };
  /** What the sender asks before or beside deliveries, answered without a handler: `handshakes([...])`. */
  readonly handshakes?: Handshakes;
  /** Names of the events, for tools and docs; the type parameter has their payloads. */
  readonly events?: readonly string[];
  /** What events that tools make up have beside id, type and time, by type: the fields that the types promise. `*`: those of any other type. */
  readonly samples?: Readonly<Record<string, object>>;
  /** Where the user finds the secret or key, and what it looks like. */
  readonly secretHelp?: string;
  /**
   * Beginnings of values that people give in place of the secret, each with what it is: `{ sk_: 'an API key' }`. A receiver refuses
   * them by name when it is built.
   */
  readonly wrongSecrets?: Readonly<Record<string, string>>;
  /** How the sender replaces a secret: several signatures, several headers, or a moment when the old one ends. */
  readonly rotation?: string;
  readonly source?: SourceFact;
  /** How well the facts are known. */
  readonly confidence?: Confidence;
  /** Fields of this description, in words, that nobody has confirmed: `the place of the event's id`. */
  readonly unverified?: readonly string[];
  readonly assumptions?: readonly Assumption[];
  /** What the page leaves unsaid, for docs. */
  readonly unsaid?: readonly string[];
}

declare const eventMap: unique symbol;

/** A checked description of one sender. Plain data: `{ ...provider, toleranceSeconds: 60 }` is a provider too. */
export interface Provider<Events extends EventMap = EventMap, Material extends KeyMaterial = KeyMaterial>
  extends ProviderDescription<Material> {
  /** Exists for the type checker only. */
  readonly [eventMap]?: Events;
}

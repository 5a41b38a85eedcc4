/** The description of a sender, as data. */

import { WebhookError } from './errors.ts';
import { type Handshake, requireHandshakes } from './handshake.ts';
import { lintProvider } from './provider-lint.ts';
import type { TimestampUnit } from './replay-window.ts';
import type { KeyMaterial, Scheme } from './schemes/scheme.ts';

/**
 * Where a value stands: a path in the parsed payload (`data.object.id`), a header, or several paths whose values make one
 * text (`resource_type` and `action` as `payments.created`). A value put together is there when each of its parts is.
 */
export type ValueSource =
  | { readonly json: string }
  | { readonly header: string }
  | { readonly json: readonly string[]; readonly join: string };

/**
 * How the verified body is to be read. Never decided by a Content-Type, which nobody signs.
 *
 * `json`: strict UTF-8 JSON. `form`: application/x-www-form-urlencoded. `json_or_form`: by the first character.
 * `{ formField }`: JSON, or a form one of whose fields holds JSON, by the first characters. `text` and `bytes`: as is.
 */
export type PayloadFormat = 'json' | 'form' | 'json_or_form' | 'text' | 'bytes' | { readonly formField: string };

/** Event names of a sender, each with the type of its payload. `unknown` where the sender's page shows none. */
export type EventMap = object;

/** How a sender repeats a delivery that was not answered with success. */
export interface RetryFacts {
  /** When each retry comes, in seconds after the one before it. */
  readonly delaysSeconds?: readonly number[];
  /** From the first attempt to the last, in seconds. */
  readonly horizonSeconds?: number;
  /** Whether a retry carries a new timestamp and signature, or the bytes of the first attempt. */
  readonly resigns?: boolean;
  /** What the page says in words where it gives no figures. */
  readonly note?: string;
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
  /**
   * Where the events stand when one delivery reports several: `events.*`, or `*` for a body that is an array.
   *
   * The paths of `eventId`, `eventType` and `eventCreatedAt` then start at each of them. Each is handled and remembered on
   * its own, so that a retry runs only what was not done.
   */
  readonly batch?: { readonly json: string };
  /** When the event came about, for ordering. Not a proof of freshness. */
  readonly eventCreatedAt?: ValueSource & { readonly unit: TimestampUnit };
  /** The sender's own figure for the replay window, in seconds. */
  readonly toleranceSeconds?: number;
  /** Default `json`. */
  readonly payload?: PayloadFormat;
  /** How long the sender waits for an answer, in seconds. */
  readonly responseDeadlineSeconds?: number;
  readonly retries?: RetryFacts;
  /** Request methods of deliveries. Default `POST`. */
  readonly methods?: readonly string[];
  /** What a successful delivery is answered with where the handler says nothing; default an empty 200. */
  readonly acknowledgement?: { readonly status?: number; readonly body?: string };
  /** What the sender asks before or beside deliveries, answered without a handler. */
  readonly handshakes?: readonly Handshake[];
  /** Names of the events, for tools and docs; the type parameter has their payloads. */
  readonly events?: readonly string[];
  /** Where the user finds the secret or key, and what it looks like. */
  readonly secretHelp?: string;
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

/**
 * Checks a description and gives it the type of its events.
 *
 * `defineProvider<Events>` is for shared secrets; schemes with public keys say so by the second type parameter,
 * `defineProvider<Events, 'keys'>` or `'both'`. Where `NODE_ENV` is `development`, doubts about a description of your own
 * are printed; see {@link lintProvider}.
 *
 * @throws options_invalid when a field contradicts another or has a form that nothing can match
 */
export function defineProvider<Events extends EventMap = EventMap, Material extends KeyMaterial = 'secrets'>(
  description: ProviderDescription<Material>,
): Provider<Events, Material> {
  requireProvider(description);
  if (description.confidence === undefined && isDevelopment()) {
    for (const { message } of lintProvider(description)) console.warn(`countersign: ${description.name}: ${message}`);
  }
  return description;
}

function isDevelopment(): boolean {
  const runtime = globalThis as { process?: { readonly env?: Readonly<Record<string, string | undefined>> } };
  return runtime.process?.env?.NODE_ENV === 'development';
}

/** @throws options_invalid */
export function requireProvider(value: unknown): asserts value is Provider {
  const refuse = (at: string, hint: string) => new WebhookError('options_invalid', { at, hint });
  if (typeof value === 'function') {
    throw refuse(
      'provider',
      `This preset has to be called: ${value.name}({ ... }). It asks for what the page of the sender leaves unsaid.`,
    );
  }
  if (typeof value !== 'object' || value === null)
    throw refuse('provider', 'It takes a preset or defineProvider({ ... }).');
  if ('unverifiable' in value) {
    const { name, unverifiable, instead } = value as UnverifiableProvider;
    throw refuse('provider', `${name} cannot be verified: ${unverifiable} ${instead}`);
  }
  const { name, scheme, toleranceSeconds, retries, responseDeadlineSeconds } = value as Partial<ProviderDescription>;
  if (typeof name !== 'string' || !/^[a-z0-9][a-z0-9-]{0,63}$/.test(name)) {
    throw refuse('provider.name', 'It takes lower-case letters, digits and -.');
  }
  if (typeof scheme?.bind !== 'function') {
    throw refuse('provider.scheme', 'It takes hmac(), sharedToken(), jwt() or one of the shortcuts.');
  }
  const { eventId, eventType, eventCreatedAt } = value as Partial<ProviderDescription>;
  for (const [field, source] of Object.entries({ eventId, eventType, eventCreatedAt })) {
    if (source === undefined) continue;
    const place = 'json' in source ? source.json : source.header;
    const places: readonly unknown[] = Array.isArray(place) && 'join' in source ? place : [place];
    if (places.length === 0 || places.some((one) => typeof one !== 'string' || one === '' || one.includes('*'))) {
      throw refuse(
        `provider.${field}`,
        'It takes { json: path }, { header: name } or { json: [...], join }, for one value.',
      );
    }
  }
  requireHandshakes((value as Partial<ProviderDescription>).handshakes);
  const figures = { toleranceSeconds, responseDeadlineSeconds, horizonSeconds: retries?.horizonSeconds };
  for (const [field, figure] of Object.entries(figures)) {
    if (figure !== undefined && !(Number.isFinite(figure) && figure > 0)) {
      throw refuse(`provider.${field}`, 'It takes a positive number of seconds.');
    }
  }
}

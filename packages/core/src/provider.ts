/** The description of a sender, as data. */

import { WebhookError } from './errors.ts';
import type { TimestampUnit } from './replay-window.ts';
import type { KeyMaterial, Scheme } from './schemes/scheme.ts';

/** Where a value stands: a path in the parsed payload (`data.object.id`), or a header. */
export type ValueSource = { readonly json: string } | { readonly header: string };

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
  /** Names of the events, for tools and docs; the type parameter has their payloads. */
  readonly events?: readonly string[];
  readonly source?: SourceFact;
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
 * `defineProvider<Events, 'keys'>` or `'both'`.
 *
 * @throws options_invalid when a field contradicts another or has a form that nothing can match
 */
export function defineProvider<Events extends EventMap = EventMap, Material extends KeyMaterial = 'secrets'>(
  description: ProviderDescription<Material>,
): Provider<Events, Material> {
  requireProvider(description);
  return description;
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
    if (typeof place !== 'string' || place === '' || place.includes('*')) {
      throw refuse(`provider.${field}`, 'It takes { json: path } or { header: name }, for one value.');
    }
  }
  const figures = { toleranceSeconds, responseDeadlineSeconds, horizonSeconds: retries?.horizonSeconds };
  for (const [field, figure] of Object.entries(figures)) {
    if (figure !== undefined && !(Number.isFinite(figure) && figure > 0)) {
      throw refuse(`provider.${field}`, 'It takes a positive number of seconds.');
    }
  }
}

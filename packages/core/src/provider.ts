/** The description of a sender, as data. */

import { WebhookError } from './errors.ts';
import type { EventList, IdentityFacts, ValueSource } from './event-source.ts';
import { type Handshake, requireHandshakes, signedGrammars } from './handshake.ts';
import { requireDisjoint } from './handshake-grammar.ts';
import { requireKnownNames } from './option-values.ts';
import type { PayloadFormat } from './payload.ts';
import { lintProvider } from './provider-lint.ts';
import { type ReplayTolerance, requireTolerance, type TimestampUnit } from './replay-window.ts';
import type { KeyMaterial, Scheme } from './schemes/scheme.ts';
import type { SignatureDescription } from './schemes/signature-description.ts';

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
  /** Whether a retry carries a new timestamp and signature, or those of the first attempt. Left out where it is not known. */
  readonly resigns?: boolean;
  /** Whether the body of a retry has the bytes of the first attempt. Left out where it is not known. */
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
  /** What the sender asks before or beside deliveries, answered without a handler. */
  readonly handshakes?: readonly Handshake[];
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

const fields = new Set(
  'name title scheme eventId eventType identity batch eventCreatedAt toleranceSeconds payload contentType responseDeadlineSeconds retries methods acknowledgement handshakes events samples secretHelp wrongSecrets rotation source confidence unverified assumptions unsaid'.split(
    ' ',
  ),
);

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
  // A misspelled name would be left out in silence: the window, the place of the id.
  requireKnownNames(value, fields, 'provider.');
  const { name, scheme, payload, methods, toleranceSeconds, retries, responseDeadlineSeconds } =
    value as Partial<ProviderDescription>;
  if (typeof name !== 'string' || !/^[a-z0-9][a-z0-9-]{0,63}$/.test(name)) {
    throw refuse('provider.name', 'It takes lower-case letters, digits and -.');
  }
  if (typeof scheme?.bind !== 'function') {
    throw refuse('provider.scheme', 'It takes hmac(), sharedToken(), jwt() or one of the shortcuts.');
  }
  const { eventId, eventType, eventCreatedAt } = value as Partial<ProviderDescription>;
  for (const [field, source] of Object.entries({ eventId, eventType, eventCreatedAt })) {
    if (source === undefined) continue;
    if (typeof source !== 'object' || source === null)
      throw refuse(`provider.${field}`, 'It takes { json: path } or { header: name }.');
    const place = 'json' in source ? source.json : source.header;
    const places: readonly unknown[] = Array.isArray(place) && 'join' in source ? place : [place];
    const optional: readonly unknown[] = 'join' in source ? (source.optional ?? []) : [];
    if (optional.some((one) => !places.includes(one)))
      throw refuse(`provider.${field}.optional`, 'Expected paths that json lists.');
    if (places.length === 0 || places.some((one) => typeof one !== 'string' || one === '' || one.includes('*'))) {
      throw refuse(
        `provider.${field}`,
        'It takes { json: path }, { header: name } or { json: [...], join }, for one value.',
      );
    }
  }
  const { handshakes, identity } = value as Partial<ProviderDescription>;
  requireHandshakes(handshakes);
  for (const grammar of signedGrammars(handshakes)) {
    requireDisjoint(grammar, scheme, { payload, methods }, 'provider.handshakes');
  }
  requirePlaces(value as ProviderDescription);
  requireSamePlaces(value as ProviderDescription);
  if (identity?.bytesRepeat === true && identity.source === undefined) {
    throw refuse('provider.identity.source', 'Say where it was read that two events can have the same bytes.');
  }
  if (toleranceSeconds !== undefined) requireTolerance(toleranceSeconds, 'provider.toleranceSeconds');
  for (const field of ['retriedOn', 'finalOn'] as const) {
    if ((retries?.[field] ?? []).every(isStatusPattern)) continue;
    throw refuse(`provider.retries.${field}`, "It takes statuses from 300 to 599, and '3xx', '4xx', '5xx'.");
  }
  const figures = { responseDeadlineSeconds, horizonSeconds: retries?.horizonSeconds };
  for (const [field, figure] of Object.entries(figures)) {
    if (figure !== undefined && !(Number.isFinite(figure) && figure > 0)) {
      throw refuse(`provider.${field}`, 'It takes a positive number of seconds.');
    }
  }
}

function isStatusPattern(value: unknown): boolean {
  const isStatus = Number.isInteger(value) && (value as number) >= 300 && (value as number) <= 599;
  return isStatus || value === '3xx' || value === '4xx' || value === '5xx';
}

/** @throws options_invalid for places in JSON where the body is not read as JSON: they would find nothing, in silence */
function requirePlaces({ scheme, payload, eventId, eventType, eventCreatedAt, batch }: ProviderDescription): void {
  // A token brings its own payload, whatever the body is.
  if ((payload !== 'bytes' && payload !== 'text') || scheme.kind === 'jwt') return;
  for (const [field, source] of Object.entries({ eventId, eventType, eventCreatedAt, batch })) {
    if (source !== undefined && 'json' in source) {
      throw new WebhookError('options_invalid', {
        at: `provider.${field}`,
        hint: `It names a place in JSON, and payload: '${payload}' leaves the body unread.`,
      });
    }
  }
}

/** @throws options_invalid where what is signed and what is handed over stand at different places of the body */
function requireSamePlaces({ scheme, payload, batch }: ProviderDescription): void {
  const { each, signs = [], ambiguous: isAmbiguous } = (scheme.description ?? {}) as Partial<SignatureDescription>;
  if (each !== undefined && batch !== undefined && (batch.json !== each || batch.each !== undefined)) {
    throw new WebhookError('options_invalid', {
      at: 'provider.batch',
      hint: `The events at ${each} are signed one by one, so the batch has to be the same list: { json: '${each}' }.`,
    });
  }
  if (batch !== undefined && each === undefined && isAmbiguous === true) {
    throw new WebhookError('options_invalid', {
      at: 'provider.batch',
      hint: 'The signed text can be cut in several ways (ambiguous: true), so a list in it could be given other elements. Leave batch out, or say what stands between the signed parts.',
    });
  }
  for (const part of signs) {
    if (typeof part !== 'object' || !('form' in part) || part.orBody !== true) continue;
    if (typeof payload === 'object' && payload.formField === part.form) continue;
    throw new WebhookError('options_invalid', {
      at: 'provider.payload',
      hint: `The field ${part.form} or the body is signed, so the payload has to be read the same way: { formField: '${part.form}' }.`,
    });
  }
}

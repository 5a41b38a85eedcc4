/** What a verified delivery reports. Nothing in it is computed before somebody asks for it. */

import { crypto } from '#crypto';
import { type Delivery, parseForm, parseJson } from './delivery.ts';
import { decodeUtf8, encodeBase64Url } from './encoding.ts';
import { WebhookError } from './errors.ts';
import { findHeader } from './header-fields.ts';
import { entityKeyOf, identify } from './identity.ts';
import type { PayloadFormat, Provider, ValueSource } from './provider.ts';
import { parseTimestamp } from './replay-window.ts';
import type { Proof, SignedParts } from './schemes/scheme.ts';
import { textOf, valueAt, valuesAt } from './value-path.ts';

/** The key under which an event is remembered, and what it was made from. */
export interface Identity {
  /** A hash of endpoint, provider, scheme and identity, as base64url text. */
  readonly key: string;
  /** `id`: an id the sender signed. `digest`: the signed body. `app`: the app's own `dedupe.identity`. */
  readonly from: 'id' | 'digest' | 'app';
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
  /** What the sender's signature covers. `id` is true for an id in a signed body as well. */
  readonly signed: SignedParts;
  /** The key under which the event is remembered; computed when first asked for. */
  identity(): Promise<Identity>;
  /** The received bytes. */
  readonly body: Uint8Array;
  /** The body as text. @throws payload_malformed where it is not strict UTF-8 */
  text(): string;
  /** The parsed body, or one event of a batch; parsed when first read, then kept. @throws payload_malformed */
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

/** What identifies the endpoint and the app's own rule for identities. */
export interface EventContext {
  readonly provider: Provider;
  readonly endpointOf: (delivery: Delivery) => string;
  readonly identityOf: ((event: WebhookEvent) => string) | undefined;
}

const unparsed = Symbol('unparsed');

/** A verified delivery, before any of its content was looked at. */
export class VerifiedEvent implements WebhookEvent {
  readonly provider: string;
  readonly secretId: string;
  readonly #context: EventContext;
  readonly #delivery: Delivery;
  readonly #proof: Proof;
  /** The place in a batch; undefined for a delivery as a whole. */
  readonly #place: number | undefined;
  #payload: unknown = unparsed;
  #identity: Promise<Identity> | undefined;

  constructor(
    context: EventContext,
    delivery: Delivery,
    proof: Proof,
    element?: { readonly place: number; readonly payload: unknown },
  ) {
    this.#place = element?.place;
    if (element !== undefined) this.#payload = element.payload;
    this.provider = context.provider.name;
    this.secretId = proof.secretId;
    this.#context = context;
    this.#delivery = delivery;
    this.#proof = proof;
  }

  get body(): Uint8Array {
    return this.#delivery.body;
  }

  get signed(): SignedParts {
    const { signed, payload } = this.#proof;
    const eventId = this.#placed(this.#context.provider.eventId);
    const isPayloadSigned = signed.body || payload !== undefined;
    const isIdInPayload = eventId !== undefined && 'json' in eventId;
    return isPayloadSigned && isIdInPayload && !signed.id ? { ...signed, id: true } : signed;
  }

  get signedUrl(): string | undefined {
    return this.#proof.url;
  }

  get signedAt(): Date | undefined {
    const { signedAt } = this.#proof;
    return signedAt === undefined ? undefined : new Date(signedAt);
  }

  get id(): string | undefined {
    const id = this.#textAt(this.#context.provider.eventId);
    // The signed id of a delivery that holds several events is not the id of each of them.
    return this.#place === undefined ? (this.#proof.id ?? id) : id;
  }

  get type(): string | undefined {
    return this.#textAt(this.#context.provider.eventType);
  }

  get createdAt(): Date | undefined {
    const source = this.#context.provider.eventCreatedAt;
    const text = this.#textAt(source);
    if (source === undefined || text === undefined) return undefined;
    try {
      return new Date(parseTimestamp(text, source.unit, 'eventCreatedAt'));
    } catch {
      return undefined;
    }
  }

  get payload(): unknown {
    const value = this.#parsed();
    if (value === undefined) throw new WebhookError('payload_malformed', { at: 'body' });
    return value;
  }

  text(): string {
    const text = decodeUtf8(this.body);
    if (text === undefined) throw new WebhookError('payload_malformed', { at: 'body' });
    return text;
  }

  identity(): Promise<Identity> {
    this.#identity ??= identify(this, this.#context, this.#delivery, this.#proof, this.#place);
    return this.#identity;
  }

  /** The key of what the event is about, in the same namespace as its identity. */
  entityKey(entity: string): Promise<string> {
    return entityKeyOf(this.#context, this.#delivery, entity);
  }

  split(): readonly VerifiedEvent[] {
    const path = this.#context.provider.batch?.json;
    if (path === undefined || this.#place !== undefined) return [this];
    const { payload } = this;
    const listPath = path.slice(0, path.lastIndexOf('*')).replace(/\.$/, '');
    const lists = listPath === '' ? [payload] : valuesAt(payload, listPath);
    // A request that reports no list, such as a sender's test, is one event.
    if (!lists.some(Array.isArray)) return [this];
    const elements = valuesAt(payload, path);
    if (elements.includes(undefined)) throw new WebhookError('payload_malformed', { at: `body ${path}` });
    return elements.map(
      (element, place) => new VerifiedEvent(this.#context, this.#delivery, this.#proof, { place, payload: element }),
    );
  }

  /** Puts a schema's output in the place of the parsed payload. */
  replacePayload(payload: unknown): void {
    this.#payload = payload;
  }

  /** What logs may show: neither body nor payload. */
  toJSON(): object {
    const { provider, id, type, signedAt, secretId, signed } = this;
    return { provider, id, type, signedAt, secretId, signed, bodyBytes: this.body.byteLength };
  }

  [Symbol.for('nodejs.util.inspect.custom')](): object {
    return this.toJSON();
  }

  #parsed(): unknown {
    if (this.#payload === unparsed) {
      const { payload } = this.#proof;
      this.#payload = payload === undefined ? parsePayload(this.body, this.#context.provider.payload) : payload.value;
    }
    return this.#payload;
  }

  /** In a batch, the paths of a description start at each of its events and mean nothing for the whole. */
  #placed(source: ValueSource | undefined): ValueSource | undefined {
    const isWholeBatch = this.#context.provider.batch !== undefined && this.#place === undefined;
    return isWholeBatch && source !== undefined && 'json' in source ? undefined : source;
  }

  #textAt(given: ValueSource | undefined): string | undefined {
    const source = this.#placed(given);
    if (source === undefined) return undefined;
    if ('join' in source) {
      const texts = source.json.map((path) => textOf(valueAt(this.#parsed(), path)));
      return texts.includes(undefined) ? undefined : texts.join(source.join);
    }
    if ('json' in source) return textOf(valueAt(this.#parsed(), source.json));
    try {
      return findHeader(this.#delivery.headers, source.header.toLowerCase());
    } catch {
      return undefined;
    }
  }
}

/** Forty-eight bits of the body's hash: enough to report that a duplicate has other bytes. */
export async function fingerprintOf(event: WebhookEvent): Promise<string> {
  return encodeBase64Url(await crypto.digest('SHA-256', [event.body])).slice(0, 8);
}

/** The parsed body, or undefined where it is malformed. */
function parsePayload(body: Uint8Array, format: PayloadFormat = 'json'): unknown {
  if (format === 'bytes') return body;
  if (format === 'text') return decodeUtf8(body);
  if (format === 'json') return parseJson(body);
  if (format === 'form') return parseFields(body);
  if (format === 'json_or_form') return body[0] === 0x7b || body[0] === 0x5b ? parseJson(body) : parseFields(body);
  const prefix = `${format.formField}=`;
  const isForm = decodeUtf8(body.subarray(0, prefix.length)) === prefix;
  if (!isForm) return parseJson(body);
  const field = parseForm(body)?.get(format.formField);
  return field === undefined || field === null ? undefined : parseJsonText(field);
}

function parseJsonText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A form as a record; a repeated field becomes an array. */
function parseFields(body: Uint8Array): Record<string, string | string[]> | undefined {
  const form = parseForm(body);
  if (form === undefined) return undefined;
  const names = [...new Set(form.keys())];
  return Object.fromEntries(
    names.map((name) => {
      const values = form.getAll(name);
      return [name, values.length === 1 ? (values[0] as string) : values];
    }),
  );
}

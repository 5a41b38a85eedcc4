/** A verified delivery. Everything is computed on first use. */

import { parseJson } from '../delivery/body.ts';
import type { Delivery, DeliveryHead } from '../delivery/delivery.ts';
import { parseFields, queryOf, recordOf } from '../delivery/form-fields.ts';
import { findHeader } from '../delivery/header-fields.ts';
import { nameOf, valueAt } from '../delivery/value-path.ts';
import { decodeUtf8, encodeUtf8 } from '../encoding.ts';
import { WebhookError } from '../errors.ts';
import type { SecretMarks } from '../keys/secret-mark.ts';
import type { ValueSource } from '../provider/event-source.ts';
import { batchesKey, formsKey } from '../provider/features.ts';
import { parseTimestamp } from '../schemes/replay-window.ts';
import type { Proof } from '../schemes/scheme.ts';
import type { SignedParts } from '../schemes/signed-parts.ts';
import type { EventContext, Identity, WebhookEvent } from './event.ts';
import { entityKeyOf, type IdentityMaterial, identify, workKeyOf } from './identity.ts';

/** One event of a batch. */
export interface Element {
  readonly place: number;
  readonly root: unknown;
  readonly payload: unknown;
  readonly eventId: ValueSource | undefined;
}

/** An id or type as found: its parts if several fields form it, and whether they were read from signed data. */
export interface FoundName {
  readonly parts: readonly (string | undefined)[];
  readonly text: string;
  readonly isSigned: boolean;
}

export const unparsed = Symbol('unparsed');

/** An event gives its parts to code that stores it under this name; no printer shows them. The same in every copy of this package. */
export const partsKey: unique symbol = Symbol.for('countersign.event.parts');

/** The parts of which an event is made. */
export interface EventParts {
  readonly context: EventContext;
  readonly delivery: Delivery;
  readonly proof: Proof;
  readonly element: Element | undefined;
}

/** A verified delivery before its content is read. */
export class VerifiedEvent implements WebhookEvent {
  readonly provider: string;
  readonly secretId: string;
  readonly #context: EventContext;
  readonly #delivery: Delivery;
  readonly #proof: Proof;
  /** The element of a batch that this event is; undefined for a whole delivery. */
  readonly #element: Element | undefined;
  #payload: unknown = unparsed;
  /** A schema's output. Ids and types are still read from the signed data. */
  #validated: { readonly payload: unknown } | undefined;
  #identity: Promise<Identity> | undefined;
  #isWork = false;

  constructor(context: EventContext, delivery: Delivery, proof: Proof, element?: Element) {
    this.#element = element;
    if (element !== undefined) this.#payload = element.payload;
    this.provider = context.provider.name;
    this.secretId = proof.secretId;
    this.#context = context;
    this.#delivery = delivery;
    this.#proof = proof;
  }

  /** Method, URL and headers of the delivery. */
  get head(): DeliveryHead {
    return this.#delivery;
  }

  get body(): Uint8Array {
    return this.#delivery.body;
  }

  get signed(): SignedParts {
    const { signed } = this.#proof;
    const id = this.#id()?.isSigned === true;
    return id === signed.id ? signed : { ...signed, id };
  }

  get signedUrl(): string | undefined {
    return this.#proof.url;
  }

  get signedAt(): Date | undefined {
    const { signedAt } = this.#proof;
    return signedAt === undefined ? undefined : new Date(signedAt);
  }

  get id(): string | undefined {
    return this.#id()?.text;
  }

  get type(): string | undefined {
    const source = this.#placed(this.#context.provider.eventType);
    // Most handlers read it first, and most senders keep it in one field, so there is nothing to join.
    if (source !== undefined && 'json' in source && typeof source.json === 'string' && !('otherwise' in source))
      return nameOf(valueAt(this.#parsed(), source.json));
    return this.#find(source)?.text;
  }

  get createdAt(): Date | undefined {
    const source = this.#context.provider.eventCreatedAt;
    const text = this.#find(source)?.text;
    if (source === undefined || text === undefined) return undefined;
    try {
      return new Date(parseTimestamp(text, source.unit, 'eventCreatedAt'));
    } catch {
      return undefined;
    }
  }

  get payload(): unknown {
    if (this.#validated !== undefined) return this.#validated.payload;
    const value = this.#parsed();
    if (value === undefined) throw new WebhookError('payload_malformed', { at: 'body' });
    return value;
  }

  text(): string {
    const text = decodeUtf8(this.body);
    if (text === undefined) throw new WebhookError('payload_malformed', { at: 'body' });
    return text;
  }

  /**
   * Takes over the identity that it had when it arrived: of a stored event, not everything that decided it is left.
   *
   * @param isWork true for one that comes from a queue: it is claimed apart from the delivery that brought it
   */
  keepIdentity(identity: Identity, { isWork = false } = {}): void {
    this.#identity = Promise.resolve(identity);
    this.#isWork = isWork;
  }

  identity(): Promise<Identity> {
    this.#identity ??= identify(this, this.#context, this.#material());
    return this.#identity;
  }

  /** The key to claim: that of the identity, or in a worker one of its own. */
  async claimIdentity(): Promise<Identity> {
    const identity = await this.identity();
    if (!this.#isWork) return identity;
    // An event that nothing tells apart has a key of its own, which its job repeats: so it counts as one.
    return { key: await workKeyOf(this.#context, this.tenant, 'event', identity.key), from: 'app' };
  }

  /** The parts, for a job or an archive. */
  [partsKey](): EventParts {
    return { context: this.#context, delivery: this.#delivery, proof: this.#proof, element: this.#element };
  }

  /** Values in the unsigned head that are the same in each attempt of an event and differ between events; undefined if there are none. */
  get unsignedId(): string | undefined {
    const id = this.#id();
    return id === undefined || id.isSigned ? undefined : id.text;
  }

  /** The tenant whose secret matched, if tenants have names. */
  get tenant(): string | undefined {
    return this.#proof.tenant;
  }

  /** The mark by which a record distinguishes the secret that proved this event from others. */
  get secretMarks(): SecretMarks | undefined {
    return this.#proof.marks;
  }

  /** Parses the body now, unless it is passed on unparsed. @throws payload_malformed */
  requirePayload(): void {
    if (this.#parsed() === undefined) throw new WebhookError('payload_malformed', { at: 'body' });
  }

  /** The key of the event's entity, in the same namespace as its identity. */
  entityKey(entity: string): Promise<string> {
    const { tenant } = this.#proof;
    return this.#isWork
      ? workKeyOf(this.#context, tenant, 'entity', entity)
      : entityKeyOf(this.#context, tenant, entity);
  }

  split(): readonly VerifiedEvent[] {
    const { provider } = this.#context;
    const { batch } = provider;
    if (batch === undefined || this.#element !== undefined) return [this];
    const elements = provider[batchesKey]?.elementsOf(this.payload, batch);
    // A request without a list, such as a sender's test, is one event.
    if (elements === undefined) return [this];
    return elements.map(({ root, shape, eventId }, place) => {
      const payload = batch.keepsShape === true ? shape() : root;
      return new VerifiedEvent(this.#context, this.#delivery, this.#proof, { place, root, payload, eventId });
    });
  }

  /** Replaces the parsed payload by a schema's output. */
  replacePayload(payload: unknown): void {
    this.#validated = { payload };
  }

  /** The fields for logs: neither body nor payload. */
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
      this.#payload = payload === undefined ? this.#parseBody() : payload.value;
    }
    return this.#payload;
  }

  #parseBody(): unknown {
    const { provider } = this.#context;
    const { methods, payload = 'json' } = provider;
    const { body, method = 'POST' } = this.#delivery;
    if (body.byteLength === 0 && method !== 'POST' && methods?.includes(method) === true) {
      const fields = parseFields(queryOf(this.#bodylessUrl ?? '') ?? '');
      return fields && recordOf(fields);
    }
    if (payload === 'json') return parseJson(body);
    if (payload === 'bytes') return body;
    return payload === 'text' ? decodeUtf8(body) : provider[formsKey]?.parseBody(body, payload);
  }

  /** In a batch, a description's paths start at each of its events and mean nothing for the whole. */
  #placed(source: ValueSource | undefined): ValueSource | undefined {
    const { batch } = this.#context.provider;
    const isWholeBatch = batch !== undefined && batch.keepsShape !== true && this.#element === undefined;
    return isWholeBatch && source !== undefined && 'json' in source ? undefined : source;
  }

  /** The signed id of the delivery if there is one, otherwise the one from the description. */
  #id(): FoundName | undefined {
    const id = this.#element === undefined ? nameOf(this.#proof.id) : undefined;
    if (id !== undefined) return { parts: [id], text: id, isSigned: true };
    const source = this.#element?.eventId ?? this.#context.provider.eventId;
    // The id of a delivery with several events is not the id of each event.
    if (this.#element !== undefined && source !== undefined && 'header' in source) return undefined;
    return this.#find(source, this.#element?.root);
  }

  /** @param element start of the paths, instead of the payload */
  #find(given: ValueSource | undefined, element?: unknown): FoundName | undefined {
    const source = this.#placed(given);
    if (source === undefined) return undefined;
    if ('header' in source) {
      const name = source.header.toLowerCase();
      const text = this.#headerText(name);
      return text === undefined
        ? undefined
        : { parts: [text], text, isSigned: this.#proof.headers?.has(name) === true };
    }
    const paths = 'join' in source ? source.json : [source.json];
    const optional = 'join' in source ? (source.optional ?? []) : [];
    const parts: (string | undefined)[] = [];
    for (const path of paths) {
      const root = element ?? this.#parsed();
      const part =
        nameOf(valueAt(root, path)) ?? ('otherwise' in source ? nameOf(valueAt(root, source.otherwise)) : undefined);
      if (part === undefined && !optional.includes(path)) return undefined;
      parts.push(part);
    }
    const { signed, payload } = this.#proof;
    const isSigned = signed.body || payload !== undefined;
    const text = 'join' in source ? parts.filter((part) => part !== undefined).join(source.join) : (parts[0] as string);
    return text === '' ? undefined : { parts, text, isSigned };
  }

  #headerText(name: string): string | undefined {
    // As it was signed: RFC 9421 joins lines, and whitespace around them is not part of their value.
    const covered = this.#proof.headerValues?.get(name);
    if (covered !== undefined) return nameOf(covered);
    try {
      return nameOf(findHeader(this.#delivery.headers, name));
    } catch {
      return undefined;
    }
  }

  /**
   * The payload of a request without a body: the signed query, in the signed spelling. If the sender signs the URL without its query, the
   * received query, just like an unsigned body.
   */
  get #bodylessUrl(): string | undefined {
    const { signedUrl } = this.#proof;
    const query = signedUrl === undefined || signedUrl.includes('?') ? undefined : queryOf(this.#delivery.url ?? '');
    return query === undefined ? signedUrl : `${signedUrl}?${query}`;
  }

  /** The body, or the URL of a request without one. */
  get #wholeContent(): Uint8Array {
    const { body } = this.#delivery;
    const url = body.byteLength > 0 ? undefined : this.#bodylessUrl;
    return url === undefined ? body : encodeUtf8(url);
  }

  /** The input for the event's key. */
  #material(): IdentityMaterial {
    const id = this.#id();
    const { eventType } = this.#context.provider;
    // A type in a signed body is signed, so it need not be read.
    const isBodySigned = this.#proof.signed.body || this.#proof.payload !== undefined;
    const isSignedType = isBodySigned && eventType !== undefined && !('header' in eventType);
    const type = isSignedType ? undefined : this.#find(eventType);
    const content = this.#element === undefined ? undefined : this.#proof.elements?.[this.#element.place];
    return {
      tenant: this.#proof.tenant,
      signedId: id?.isSigned === true ? id.parts : undefined,
      unsignedId: id?.isSigned === false ? id.parts : undefined,
      unsignedType: type?.isSigned === false ? type.parts : undefined,
      content:
        (this.#context.joinsUnsigned ? undefined : this.#proof.strict) ??
        content ??
        this.#proof.content ??
        this.#wholeContent,
      // An individually signed event is the same anywhere in its batch.
      place: content === undefined ? this.#element?.place : undefined,
    };
  }
}

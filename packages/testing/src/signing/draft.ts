/** A delivery under construction: its parts can be read and written at the places in a description. */

import { createHash, randomUUID } from 'node:crypto';
import type { Delivery, Provider } from '@countersign/core';
import type { EventList, SignatureDescription, ValueSource } from '@countersign/core/describe';
import { elementsAt, emptyFor, mergeValues, putMissing, putValue, takeValue } from './body-values.ts';
import type { KnownEvents } from './known-events.ts';
import { refuseSigning, type SignedDelivery, type SigningOptions } from './signing-options.ts';

/** The place of a value. */
export type Place = { readonly header: string } | { readonly json: string } | { readonly form: string };

/** One delivery before it is sent. */
export class Draft {
  readonly provider: Provider;
  readonly at: Date;
  readonly id: string;
  readonly method: string;
  readonly headers: Record<string, string> = {};
  /** Absolute, the URL that the sender posts to. */
  url: string;
  #bytes: Uint8Array | undefined;
  #json: unknown;
  #form: URLSearchParams | undefined;
  readonly #known: KnownEvents;

  constructor(provider: Provider, options: SigningOptions, known: KnownEvents) {
    this.provider = provider;
    this.#known = known;
    this.at = options.at ?? new Date();
    if (!(this.at instanceof Date) || Number.isNaN(this.at.getTime()))
      throw refuseSigning('at', 'Expected a valid Date.');
    this.id = options.id ?? this.#newId(options.type);
    const { methods = ['POST'] } = provider;
    this.method = options.method ?? (methods.includes('POST') ? 'POST' : (methods[0] as string));
    this.url = options.url ?? `https://example.com/webhooks/${provider.name}`;
    if (!/^https?:\/\/[^/]/.test(this.url)) throw refuseSigning('url', 'Expected an absolute URL.');
    this.#setBody(options);
    this.#setHeaders(options);
  }

  /** The delivery in its current state. */
  get delivery(): SignedDelivery {
    const { method, url, headers } = this;
    return { method, url, headers: { ...headers }, body: this.body };
  }

  get body(): Uint8Array {
    if (this.#form !== undefined) return Buffer.from(this.#form.toString());
    return this.#bytes ?? Buffer.from(JSON.stringify(this.#json));
  }

  get isForm(): boolean {
    return this.#form !== undefined;
  }

  /** Only path and query, as a server sees it. */
  get received(): Delivery {
    return { ...this.delivery, url: this.url.replace(/^https?:\/\/[^/?#]*/, '') || '/' };
  }

  /** The events that are signed one by one, or the body as a whole. */
  elements(each: string | undefined): readonly unknown[] {
    return each === undefined ? [undefined] : elementsAt(this.json(each), each);
  }

  /** @param root one of the events, if paths start there */
  put(place: Place, value: string, root?: unknown): void {
    if ('header' in place) this.headers[place.header.toLowerCase()] = value;
    else if ('form' in place) this.form().set(place.form, value);
    else putValue(root ?? this.json(place.json), place.json, value);
  }

  take(place: Place, root?: unknown): unknown {
    if ('header' in place) return this.headers[place.header.toLowerCase()];
    if ('form' in place) return this.form().get(place.form) ?? undefined;
    return takeValue(root ?? this.json(place.json), place.json);
  }

  /** The body as JSON that may be changed. @throws options_invalid for a body that is not JSON */
  json(forPath: string): unknown {
    if (this.#json === undefined) {
      try {
        this.#json = this.#bytes === undefined ? emptyFor(forPath) : JSON.parse(Buffer.from(this.#bytes).toString());
      } catch {
        throw refuseSigning('body', `The scheme keeps ${forPath} in a JSON body.`);
      }
      this.#bytes = undefined;
    }
    return this.#json;
  }

  /** The body as a form that may be changed. */
  form(): URLSearchParams {
    if (this.#form === undefined) {
      this.#form = new URLSearchParams(this.#bytes === undefined ? '' : Buffer.from(this.#bytes).toString());
      this.#bytes = undefined;
    }
    return this.#form;
  }

  /** Replaces the body, for a body that is a token. */
  replaceBody(text: string): void {
    this.#bytes = Buffer.from(text);
    this.#json = undefined;
    this.#form = undefined;
  }

  #setBody({ body, type, payload: beside }: SigningOptions): void {
    const { payload = 'json' } = this.provider;
    if (body !== undefined && beside !== undefined)
      throw refuseSigning('payload', 'payload is merged into the default body; pass either body or payload.');
    if (typeof body === 'string') this.#bytes = Buffer.from(body);
    else if (body instanceof Uint8Array) this.#bytes = body;
    else {
      const event = body === undefined ? this.#event(type, beside) : structuredClone(body);
      // With several forms of body, events are the JSON one.
      if (typeof payload === 'object' && payload.otherwise === undefined)
        this.#form = new URLSearchParams({ [payload.formField]: JSON.stringify(event) });
      else if (payload === 'form' || signsForm(this.provider)) {
        const fields = Object.entries(event).flatMap(([name, value]) =>
          value === undefined ? [] : [[name, String(value)]],
        );
        this.#form = new URLSearchParams(fields);
        for (const { form, minLength = 0 } of signedFields(this.provider)) {
          if (!this.#form.has(form)) this.#form.set(form, 'example'.padEnd(minLength, '0'));
        }
      } else if (payload === 'text' || payload === 'bytes') this.#bytes = Buffer.from(JSON.stringify(event));
      else this.#json = event;
    }
  }

  /** The sample of the type, or the smallest event, with id, type and time where the description puts them. */
  #event(type: string | undefined, beside: object | undefined): object {
    const { batch, eventType, eventCreatedAt } = this.provider;
    const { each, signs = [] } = describedText(this.provider) ?? {};
    const innermost = batch === undefined ? undefined : innermostList(batch);
    const eventId = innermost?.eventId ?? this.provider.eventId;
    const list = each ?? innermost?.json;
    const at = (path: string) => (list === undefined ? path : `${list}.${path}`);
    // If the body has its own shape around an event, type and time are in the body.
    const ofBody = batch?.keepsShape === true ? (path: string) => path : at;
    const paths = [eventId, eventType, ...signs].flatMap((part) =>
      typeof part === 'object' && 'json' in part ? [part.json].flat() : [],
    );
    const tokenPath = tokenPathOf(this.provider);
    const name = this.#typeOf(type);
    const sample = sampleOf(this.#known, name);
    let root = emptyFor(batch?.keepsShape === true ? (list as string) : at(paths[0] ?? tokenPath ?? 'id'));
    // A sample is the payload of one event: in a batch its element, otherwise the body.
    if (sample !== undefined && (list === undefined || batch?.keepsShape === true)) root = sample;
    else if (sample !== undefined) putValue(root, list as string, sample);
    // The type first: some senders have no event id other than the id of an object together with the type.
    const put = new Set<string>();
    putSource(root, ofBody, eventType, name, put);
    putSource(root, at, eventId, this.id, put);
    if (eventCreatedAt !== undefined && 'json' in eventCreatedAt && !('join' in eventCreatedAt))
      putOnce(root, ofBody(eventCreatedAt.json), createdText(this.at, eventCreatedAt.unit), put);
    for (const part of signs) {
      if (typeof part === 'object' && 'json' in part && part.otherwise === undefined)
        putMissing(root, at(part.json), 'example');
    }
    this.#putOwnId(root, at('id'), eventId, sample !== undefined);
    if (beside === undefined) return root;
    if (list === undefined) return mergeValues(root, beside) as object;
    putValue(root, list, mergeValues(takeValue(root, list), beside));
    return root;
  }

  /**
   * Makes bodies of different events differ where the sender has no id in the body: a receiver that finds no signed id tells events apart
   * by their bodies.
   */
  #putOwnId(root: object, path: string, eventId: ValueSource | undefined, isSample: boolean): void {
    if (eventId !== undefined && !('header' in eventId)) return;
    // The ids of the objects in a sample stay as they are where they do not have to differ.
    if (isSample && this.provider.scheme.signed.id) return;
    const before = takeValue(root, path);
    if (typeof before !== 'number') {
      if (isSample) putValue(root, path, this.id);
      else putMissing(root, path, this.id);
      return;
    }
    const id = numberOf(this.id);
    putValue(root, path, id);
    // Shopify repeats the number in the id for its other API.
    for (const [name, value] of Object.entries(root))
      if (typeof value === 'string' && value.endsWith(`/${before}`))
        putValue(root, name, value.replace(`${before}`, `${id}`));
  }

  /** An id in the form of the sample's: a number for senders that count, such as Telegram. */
  #newId(type: string | undefined): string {
    const { eventId } = this.provider;
    const text = randomUUID().replaceAll('-', '');
    const place = eventId !== undefined && 'json' in eventId && !('join' in eventId) ? eventId.json : undefined;
    const isNumber =
      place !== undefined && typeof takeValue(sampleOf(this.#known, this.#typeOf(type)), place) === 'number';
    return isNumber ? `${numberOf(text)}` : `evt_${text}`;
  }

  #typeOf(type: string | undefined): string {
    return type ?? this.#known.usual ?? 'example.created';
  }

  #setHeaders({ headers = {}, type }: SigningOptions): void {
    const { eventId, eventType, eventCreatedAt, contentType } = this.provider;
    this.headers['content-type'] =
      contentType ?? (this.isForm ? 'application/x-www-form-urlencoded' : 'application/json');
    if (eventId !== undefined && 'header' in eventId) this.put(eventId, this.id);
    if (eventType !== undefined && 'header' in eventType) this.put(eventType, type ?? this.#known.usual ?? 'example');
    if (eventCreatedAt !== undefined && 'header' in eventCreatedAt)
      this.put(eventCreatedAt, `${createdText(this.at, eventCreatedAt.unit)}`);
    for (const [name, value] of Object.entries(headers)) this.headers[name.toLowerCase()] = value;
    // A line break in an id or a type would begin a header of its own.
    for (const [name, value] of Object.entries(this.headers))
      if (controlCharacters.test(value))
        throw refuseSigning('headers', `The value of ${JSON.stringify(name)} has control characters.`);
  }
}

/** All but the tab, which a header may have. */
const controlCharacters = /(?!\t)\p{Cc}/u;

/** A copy of the sample for a type, or of the one for any other type; undefined if there is none. */
function sampleOf({ samples }: KnownEvents, type: string): object | undefined {
  const name = Object.hasOwn(samples, type) ? type : '*';
  return Object.hasOwn(samples, name) ? structuredClone(samples[name] as object) : undefined;
}

/** The first list inside the first list, and so on: the place of a sample event in a nested batch. */
function innermostList({ json, each, eventId }: EventList): Pick<EventList, 'json' | 'eventId'> {
  const [first] = each ?? [];
  if (first === undefined) return { json, ...(eventId !== undefined && { eventId }) };
  const inner = innermostList(first);
  return { ...inner, json: `${json}.${inner.json}` };
}

function describedText({ scheme }: Provider): SignatureDescription | undefined {
  return scheme.kind === 'hmac' || scheme.kind === 'public_key' ? scheme.description : undefined;
}

/** The path of a token in the body. */
function tokenPathOf({ scheme }: Provider): string | undefined {
  if (scheme.kind !== 'shared_token' && scheme.kind !== 'jwt') return undefined;
  const { token } = scheme.description;
  return typeof token === 'object' && 'json' in token ? token.json : undefined;
}

function signsForm(provider: Provider): boolean {
  const { signs = [] } = describedText(provider) ?? {};
  return signs.some(
    (part) =>
      part === 'sorted_form' ||
      (typeof part === 'object' && (('form' in part && part.orBody !== true) || 'sortedFormOrQueryDigest' in part)),
  );
}

function signedFields(provider: Provider): { readonly form: string; readonly minLength?: number }[] {
  const { signs = [] } = describedText(provider) ?? {};
  return signs.flatMap((part) => (typeof part === 'object' && 'form' in part ? [part] : []));
}

/** Puts a text at its place, or the parts of a joined text at theirs. @param put the paths that already have their value */
function putSource(
  root: object,
  at: (path: string) => string,
  source: ValueSource | undefined,
  text: string,
  put: Set<string>,
): void {
  if (source === undefined || 'header' in source) return;
  const paths = 'join' in source ? source.json : [source.json];
  const parts = 'join' in source ? text.split(source.join) : [text];
  for (const [index, path] of paths.entries()) {
    const part = parts[index];
    if (part === undefined) putMissing(root, at(path), `${index}`);
    else putOnce(root, at(path), typeof takeValue(root, at(path)) === 'number' ? numberIn(part) : part, put);
  }
}

/** Puts a value in place of the sample's, unless an earlier one was put there. */
function putOnce(root: object, path: string, value: unknown, put: Set<string>): void {
  if (put.has(path)) return;
  put.add(path);
  putValue(root, path, value);
}

/** The number that a text spells, or the text. */
function numberIn(text: string): number | string {
  return /^\d{1,15}$/.test(text) ? Number(text) : text;
}

/** A number for a text, always the same: for ids that are numbers. */
function numberOf(text: string): number {
  return createHash('sha256').update(text).digest().readUIntBE(0, 6);
}

function createdText(at: Date, unit: 'seconds' | 'milliseconds' | 'iso8601'): string | number {
  if (unit === 'iso8601') return at.toISOString();
  return unit === 'seconds' ? Math.floor(at.getTime() / 1000) : at.getTime();
}

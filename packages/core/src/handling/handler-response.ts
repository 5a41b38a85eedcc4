/** Reads a handler's return value as the response to the sender. */

import { decodeUtf8 } from '../encoding.ts';
import { WebhookError } from '../errors.ts';
import { ignoreRejection } from '../options/option-values.ts';
import type { HandlerResponse } from '../response.ts';
import { isPromiseLike } from '../with-timeout.ts';
import type { FetchResponse } from './handler.ts';

/**
 * True if a status means that the event is done: success, and 410, with which an endpoint asks for no more events.
 *
 * Every other status releases the event. A redirect to a login page, or the 404 of a route that is not deployed yet, has handled nothing,
 * and whether to retry is up to the sender.
 */
export function isDone(status = 200): boolean {
  return (status >= 200 && status <= 299) || status === 410;
}

/**
 * Refuses return values whose work was never started, or that no one waits for: a generator, an Observable, an Effect, a function that was
 * not called, promises in a list or an object. Such an event is not done.
 *
 * @throws options_invalid
 */
export function requireStarted(value: unknown): void {
  const what =
    typeof value === 'function' ? 'a function that was not called' : (unstarted(value) ?? unstartedIn(value));
  if (what === undefined) return;
  throw new WebhookError('options_invalid', {
    at: 'handler',
    hint: `The handler returned ${what}. Return its work as a promise (for several, Promise.all), or nothing.`,
  });
}

function unstarted(value: unknown): string | undefined {
  // Reads only existing properties: some objects, such as assertions of test libraries, throw otherwise.
  const has = (name: PropertyKey) =>
    typeof value === 'object' && value !== null && name in value && typeof Reflect.get(value, name) === 'function';
  if (has('next') && (has(Symbol.iterator) || has(Symbol.asyncIterator))) return 'a generator that has not run';
  if (has('subscribe') && has('pipe')) return 'an Observable without a subscriber';
  return isEffect(value) ? 'an Effect that has not run, or has failed' : undefined;
}

/** The marks of the package `effect` in versions 3 and 4. */
const effects = [Symbol.for('effect/Effect'), '~effect/Effect'] as const;

/** An Option or a success is marked too, but is the result of work, with a tag. An error may be one to be returned as a value. */
function isEffect(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || value instanceof Error) return false;
  return effects.some((mark) => mark in value) && (!('_tag' in value) || value._tag === 'Failure');
}

/** Maximum number of values, and of levels, in which work is looked for: rows of a query may be many. */
const maxValues = 1000;
const maxLevels = 3;

/**
 * The first unfinished work in a list or a plain object. Not in a Map or a Set, which `set()` and `add()` return with what others have put
 * into them.
 */
function unstartedIn(value: unknown): string | undefined {
  let left = maxValues;
  const search = (one: unknown, level: number): string | undefined => {
    if (--left < 0 || typeof one !== 'object' || one === null) return undefined;
    if (level > 0 && isPromiseLike(one)) {
      // Its rejection must not end the process. A lazy query would be started by that, so it is left alone.
      if (one instanceof Promise) ignoreRejection(one);
      return 'a list or an object with promises that no one waits for';
    }
    const isList = Array.isArray(one);
    if (level === maxLevels || !(isList || isPlain(one))) return undefined;
    let found: string | undefined;
    // To the end: each promise in it may reject. A list of work is a mistake; an object may offer a generator.
    for (const part of isList ? one : Object.values(one)) {
      const what = search(part, level + 1) ?? (isList || isEffect(part) ? unstarted(part) : undefined);
      found ??= what;
    }
    return found;
  };
  try {
    return search(value, 0);
  } catch {
    // A getter of the value.
    return undefined;
  }
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  // The namespace of a module has no prototype, but a tag.
  return prototype === Object.prototype || (prototype === null && !(Symbol.toStringTag in value));
}

/**
 * A plain object with only status, headers and body is a response. Any other return value, such as the result of a query that a short arrow
 * function passes on, is not.
 *
 * @throws options_invalid for a response that cannot be sent
 */
export function responseOf(value: unknown): HandlerResponse | undefined {
  if (typeof value !== 'object' || value === null || !isPlain(value)) return undefined;
  const names = Object.keys(value);
  if (names.length === 0 || names.some((name) => name !== 'status' && name !== 'headers' && name !== 'body'))
    return undefined;
  const { status } = value as HandlerResponse;
  if (status !== undefined && !(Number.isInteger(status) && status >= 200 && status <= 599)) {
    throw new WebhookError('options_invalid', {
      at: 'response.status',
      hint: 'Expected a whole number from 200 to 599. An object with only status, headers or body is a response, so do not return such a row.',
    });
  }
  requireSendable(value as HandlerResponse);
  return value as HandlerResponse;
}

/** Detects a response that cannot be sent before the event counts as done. @throws options_invalid */
function requireSendable({ headers, body }: HandlerResponse): void {
  for (const [name, text] of Object.entries(headers ?? {})) {
    // RFC 9110 sections 5.1 and 5.5; characters beyond Latin-1 cannot be written into a header.
    if (
      !/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name) ||
      typeof text !== 'string' ||
      !/^[\t\x20-\x7e\x80-\xff]*$/.test(text)
    ) {
      throw new WebhookError('options_invalid', {
        at: `response.headers['${name}']`,
        hint: 'The name or value is not a valid header field.',
      });
    }
  }
  if (body === undefined || typeof body === 'string' || body instanceof Uint8Array) return;
  try {
    if (typeof body === 'object' && body !== null && JSON.stringify(body) !== undefined) return;
  } catch {
    // A cycle or a BigInt: reported below.
  }
  throw new WebhookError('options_invalid', {
    at: 'response.body',
    hint: 'The body is not a string or bytes, and cannot be sent as JSON.',
  });
}

/**
 * A `Response` of the Fetch standard, including one of another realm or of a package with its own class. Reads nothing else from the value,
 * since some objects (assertions of test libraries) throw when a missing property is read.
 */
export function isResponse(value: unknown): value is FetchResponse {
  return typeof value === 'object' && value !== null && Object.prototype.toString.call(value) === '[object Response]';
}

/** Maximum number of bytes in the body of a response. */
const bodyLimit = 1_048_576;

/** @throws options_invalid for a body beyond the limit; reading stops there */
async function readBody(response: FetchResponse): Promise<Uint8Array> {
  // Packages with their own Response may use another kind of stream.
  const reader = (response.body as Partial<ReadableStream<Uint8Array>> | null | undefined)?.getReader?.();
  if (reader === undefined) return new Uint8Array(await response.arrayBuffer());
  const chunks: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    chunks.push(value);
    length += value.length;
    if (length <= bodyLimit) continue;
    reader.cancel().catch(() => undefined);
    throw new WebhookError('options_invalid', {
      at: 'response',
      hint: 'The body of the Response is larger than 1 MiB. Return a short one, or nothing.',
    });
  }
  const body = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    body.set(chunk, at);
    at += chunk.length;
  }
  return body;
}

/**
 * Converts a `Response`: status, headers and body. Reads its body to the end.
 *
 * @throws options_invalid if it was read before, or is larger than 1 MiB
 */
export async function readResponse(response: FetchResponse): Promise<HandlerResponse> {
  if (response.bodyUsed)
    throw new WebhookError('options_invalid', {
      at: 'response',
      hint: 'The body of the Response has already been read. Return another one, or nothing.',
    });
  const headers: Record<string, string> = {};
  response.headers.forEach((value, name) => {
    // The body of a fetched response is decoded when it is read.
    if (name !== 'content-encoding' || response.url === '') headers[name] = value;
  });
  const body = await readBody(response);
  return { status: response.status, headers, body: decodeUtf8(body) ?? body };
}

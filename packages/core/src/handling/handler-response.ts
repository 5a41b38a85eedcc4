/** What a handler returned, read as the answer it wants given to the sender. */

import { decodeUtf8 } from '../encoding.ts';
import { WebhookError } from '../errors.ts';
import { ignoreRejection } from '../options/option-values.ts';
import type { HandlerResponse } from '../response.ts';
import { isPromiseLike } from '../with-timeout.ts';
import type { FetchResponse } from './handler.ts';

/**
 * True if a status says that the event is done: success, and 410, by which an endpoint says that it wants no more of them.
 *
 * Everything else releases the event. A redirect to a login page, or 404 of a route that is not deployed yet, has handled
 * nothing, and whether the sender comes again is its own affair.
 */
export function isDone(status = 200): boolean {
  return (status >= 200 && status <= 299) || status === 410;
}

/**
 * What a handler returned and nobody will ever start: a generator, an Observable, or a function that was not called. An event
 * whose work was not begun is not done.
 *
 * @throws options_invalid
 */
export function requireStarted(value: unknown): void {
  // Only what is there is asked for: some objects, such as assertions of test libraries, throw otherwise.
  const has = (name: PropertyKey) =>
    typeof value === 'object' && value !== null && name in value && typeof Reflect.get(value, name) === 'function';
  const what =
    typeof value === 'function'
      ? 'a function that was not called'
      : isListOfPromises(value)
        ? 'a list of promises that no one waits for'
        : has('next') && (has(Symbol.iterator) || has(Symbol.asyncIterator))
          ? 'a generator that has not run'
          : has('subscribe') && has('pipe')
            ? 'an Observable without a subscriber'
            : undefined;
  if (what === undefined) return;
  throw new WebhookError('options_invalid', {
    at: 'handler',
    hint: `The handler returned ${what}. Return its work as a promise (for several, Promise.all), or nothing.`,
  });
}

function isListOfPromises(value: unknown): boolean {
  if (!Array.isArray(value) || !value.some(isPromiseLike)) return false;
  // Nobody hears how they end; one that rejects must not end the process.
  for (const one of value) ignoreRejection(one);
  return true;
}

/**
 * A plain object with nothing but status, headers and body is an answer. Whatever else a handler returns, such as the
 * result of a query that a short arrow function passes on, is not.
 *
 * @throws options_invalid for an answer that cannot be sent
 */
export function responseOf(value: unknown): HandlerResponse | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return undefined;
  const names = Object.keys(value);
  if (names.length === 0 || names.some((name) => name !== 'status' && name !== 'headers' && name !== 'body'))
    return undefined;
  const { status } = value as HandlerResponse;
  if (status !== undefined && !(Number.isInteger(status) && status >= 200 && status <= 599)) {
    throw new WebhookError('options_invalid', {
      at: 'response.status',
      hint: 'Expected a whole number from 200 to 599.',
    });
  }
  requireSendable(value as HandlerResponse);
  return value as HandlerResponse;
}

/** An answer that cannot be sent has to show before the event counts as done. @throws options_invalid */
function requireSendable({ headers, body }: HandlerResponse): void {
  for (const [name, text] of Object.entries(headers ?? {})) {
    // RFC 9110 sections 5.1 and 5.5; what lies beyond Latin-1 cannot be written into a header.
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
    // A circle or a BigInt: said below.
  }
  throw new WebhookError('options_invalid', {
    at: 'response.body',
    hint: 'The body is not a string or bytes, and cannot be sent as JSON.',
  });
}

/**
 * A `Response` of the Fetch standard, also one of another realm or of a package that brings its own. Nothing else is asked of
 * the value, since some objects (assertions of test libraries) throw when they are asked for what they do not have.
 */
export function isResponse(value: unknown): value is FetchResponse {
  return typeof value === 'object' && value !== null && Object.prototype.toString.call(value) === '[object Response]';
}

/** Most bytes that the body of an answer may have. */
const bodyLimit = 1_048_576;

/** @throws options_invalid for a body beyond the limit, of which no more is read */
async function readBody(response: FetchResponse): Promise<Uint8Array> {
  // Packages that bring a Response of their own may have another kind of stream.
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
      hint: 'The body of the Response that the handler returned is larger than 1 MiB. Senders only read the status; return a short body, or nothing.',
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
 * The answer that a `Response` is: status, headers and body. Its body is read to the end.
 *
 * @throws options_invalid for one whose body was read before, or is larger than 1 MiB
 */
export async function readResponse(response: FetchResponse): Promise<HandlerResponse> {
  if (response.bodyUsed)
    throw new WebhookError('options_invalid', {
      at: 'response',
      hint: 'The body of the Response that the handler returned has already been read. Return another one, or nothing.',
    });
  const headers: Record<string, string> = {};
  response.headers.forEach((value, name) => {
    // The body of a fetched response is decoded when it is read.
    if (name !== 'content-encoding' || response.url === '') headers[name] = value;
  });
  const body = await readBody(response);
  return { status: response.status, headers, body: decodeUtf8(body) ?? body };
}

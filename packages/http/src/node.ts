/** The edge for Node's own requests and responses, which Express, Koa and plain servers share. */

import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  type AnyEvent,
  type Delivery,
  type DeliveryHead,
  type Handler,
  isWebhookError,
  type Outcome,
  type Receiver,
  WebhookError,
} from '@countersign/core';
import { announcedLength, type BodyLimits, readNodeBody } from './node-body.ts';
import { holdResponse } from './node-response.ts';
import { responseTo, responseToError, type WebhookResponse } from './statuses.ts';

/** A Node request, with what frameworks and cloud functions put on it. */
export interface NodeRequest extends IncomingMessage {
  /** What a body parser has left. Bytes are used, anything else is not. */
  body?: unknown;
  /** The bytes as some cloud functions keep them. */
  rawBody?: unknown;
  /** The request target before a router took the mount path off. */
  originalUrl?: string;
}

/** Options of an adapter. */
export interface WebhookOptions {
  /** Longest time for the body to arrive, in seconds. Default 10. */
  readonly bodyTimeoutSeconds?: number;
}

/** A finished handler of a request. Settles when the response is under way; never rejects. */
export type NodeHandler = (request: NodeRequest, response: ServerResponse) => Promise<void>;

/** Verifies, lets the app's own handler answer, and sees to the claim. */
export type NodeMiddleware = (request: NodeRequest, response: ServerResponse, next: (error?: unknown) => void) => void;

/** A body of at most this many bytes is read to its end after an early refusal, so that the connection can be used again. */
const drainLimit = 65_536;
const defaultBodyTimeoutSeconds = 10;

/** Serves a webhook address: verifies each request, runs the handler, answers. @throws options_invalid */
export function nodeHandler<Event extends AnyEvent>(
  receiver: Receiver<Event>,
  handle: Handler<Event>,
  options: WebhookOptions = {},
): NodeHandler {
  if (typeof handle !== 'function') {
    throw new WebhookError('options_invalid', {
      at: 'handle',
      hint: 'It takes a function, or what handlers({ ... }) gives.',
    });
  }
  const limits = limitsOf(receiver, options);
  return async (request, response) => {
    const delivery = await readDelivery(receiver, request, response, limits);
    if (delivery === undefined) return;
    const outcome = await receiver.receive(delivery, handle as Parameters<typeof receiver.receive>[1]);
    send(response, responseTo(outcome));
  };
}

/**
 * Verifies each request and hands it on with `request.webhook`; the app's own handler answers.
 *
 * The answer is held back until its claim is completed (a status below 500) or released (500 and above), so no 2xx
 * leaves before the event is on record. Duplicates, and deliveries that are refused, never reach the app's handler.
 */
export function nodeMiddleware<Event extends AnyEvent>(
  receiver: Receiver<Event>,
  options: WebhookOptions = {},
): NodeMiddleware {
  const limits = limitsOf(receiver, options);
  const run = async (request: NodeRequest, response: ServerResponse, next: (error?: unknown) => void) => {
    const delivery = await readDelivery(receiver, request, response, limits);
    if (delivery === undefined) return;
    const held = holdResponse(response);
    const outcome = await receiver.receive(delivery, (event) => {
      (request as { webhook?: unknown }).webhook = event;
      next();
      return held.answered;
    });
    // With an answer of the app's own, it goes out as it is, unless the claim was lost meanwhile.
    if (held.isAnswered && isAnsweredByApp(outcome)) held.send();
    else held.replace(() => send(response, responseTo(outcome)));
  };
  return (request, response, next) => {
    run(request, response, next).catch(next);
  };
}

/** Screens the head, then reads the body. @returns undefined when the request has been answered with a refusal */
async function readDelivery(
  receiver: Receiver<AnyEvent>,
  request: NodeRequest,
  response: ServerResponse,
  limits: BodyLimits,
): Promise<Delivery | undefined> {
  const head = headOf(request);
  const refusal = receiver.screen(head);
  if (refusal !== undefined) {
    receiver.refuse(refusal);
    respondEarly(request, response, responseToError(refusal));
    return undefined;
  }
  try {
    return { ...head, body: await readNodeBody(request, limits) };
  } catch (error) {
    const reason = isWebhookError(error) ? error : new WebhookError('body_not_raw', { cause: error });
    receiver.refuse(reason);
    respondEarly(request, response, responseToError(reason));
    return undefined;
  }
}

function headOf(request: NodeRequest): DeliveryHead {
  return {
    // Node's `headers` keeps the first of a repeated Authorization and drops the rest; here every line is seen.
    headers: request.headersDistinct ?? request.headers,
    url: request.originalUrl ?? request.url ?? '/',
    method: request.method ?? 'POST',
  };
}

/**
 * Answers while the body may still be arriving. A small rest is left to Node, which reads it and keeps the connection;
 * a large or unbounded one ends with the connection, so that nobody can make us read on.
 */
function respondEarly(request: NodeRequest, response: ServerResponse, message: WebhookResponse): void {
  const isComplete = request.complete === true;
  const isChunked = request.headers['transfer-encoding'] !== undefined;
  if (isComplete || (!isChunked && announcedLength(request) <= drainLimit && message.status !== 408)) {
    send(response, message);
    return;
  }
  send(response, { ...message, headers: { ...message.headers, connection: 'close' } });
}

function send(response: ServerResponse, { status, headers, body }: WebhookResponse): void {
  // A handler that has answered by itself, or a client that is gone.
  if (response.headersSent || response.destroyed) return;
  response.statusCode = status;
  for (const name of Object.keys(headers)) response.setHeader(name, headers[name] as string);
  response.setHeader('content-length', String(typeof body === 'string' ? Buffer.byteLength(body) : body.byteLength));
  response.end(body);
}

function isAnsweredByApp(outcome: Outcome<AnyEvent>): boolean {
  return outcome.kind === 'handled' || (outcome.kind === 'failed' && outcome.answer !== undefined);
}

function limitsOf(
  receiver: Receiver<AnyEvent>,
  { bodyTimeoutSeconds = defaultBodyTimeoutSeconds }: WebhookOptions,
): BodyLimits {
  if (typeof receiver?.verify !== 'function') {
    throw new WebhookError('options_invalid', { at: 'receiver', hint: 'It takes what createReceiver({ ... }) gives.' });
  }
  if (!(bodyTimeoutSeconds > 0 && bodyTimeoutSeconds <= 600)) {
    throw new WebhookError('options_invalid', {
      at: 'bodyTimeoutSeconds',
      hint: 'It takes seconds above 0 and up to 600.',
    });
  }
  return { maxBodyBytes: receiver.maxBodyBytes, bodyTimeoutSeconds };
}

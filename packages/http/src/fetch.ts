/** The edge for Request and Response: Workers, Deno, Bun, and every framework that hands its routes a Request. */

import {
  type AnyEvent,
  type Delivery,
  type DeliveryHead,
  type Handler,
  isWebhookError,
  type Receiver,
  WebhookError,
} from '@countersign/core';
import { createDiagnoser, type Diagnoser } from './diagnoser.ts';
import { answerToRecord, sendable } from './fetch-answer.ts';
import { dropBody, readFetchBody } from './fetch-body.ts';
import { takeServedBody } from './node-server-body.ts';
import type { ParserNames } from './raw-body.ts';
import { responseTo, responseToError, type WebhookResponse } from './statuses.ts';
import { keepVerified } from './verified-event.ts';
import { type BodyLimits, limitsOf, requireHandler, type WebhookOptions } from './webhook-options.ts';

export type { ParserNames } from './raw-body.ts';
export { handlerContext, verifiedEvent } from './verified-event.ts';
export type { WebhookOptions } from './webhook-options.ts';

/**
 * Answers a Request. Never rejects.
 *
 * Whatever a platform passes behind the request may follow; where one of it has `waitUntil` (the context of Workers,
 * Netlify and Vercel), work that goes on past the answer is given to it.
 */
export type FetchHandler = (request: Request, ...platform: readonly unknown[]) => Promise<Response>;

/** Verifies a Request, lets the app answer it, and sees to the claim. Never rejects. */
export type FetchMiddleware<Event extends AnyEvent> = (
  request: Request,
  answer: (event: Event) => Response | Promise<Response>,
  ...platform: readonly unknown[]
) => Promise<Response>;

/** How body parsers are called where an adapter does not know better. */
const anyParsers: ParserNames = {
  json: 'request.json()',
  form: 'request.formData()',
  text: 'request.text()',
  fix: 'Give webhook() the request before request.json(), text() or formData(), or give it request.clone().',
};

/**
 * Serves a webhook address: verifies each request, runs the handler, answers.
 *
 * @example
 * export default { fetch: fetchHandler(receiver, (event) => console.log(event.type)) };
 *
 * @param parsers for adapters: how their framework's body parsers are called in a hint
 * @throws options_invalid
 */
export function fetchHandler<Event extends AnyEvent>(
  receiver: Receiver<Event>,
  handle: Handler<Event>,
  options: WebhookOptions = {},
  parsers: ParserNames = anyParsers,
): FetchHandler {
  requireHandler(handle);
  const limits = limitsOf(receiver, options);
  const diagnose = createDiagnoser(receiver, options, parsers.framework ?? 'fetch');
  return async (request, ...platform) => {
    const body = await takeServedBody(request, platform[0], limits);
    const delivery =
      body === undefined
        ? await readDelivery(receiver, request, limits, parsers, diagnose, platform)
        : { ...headOf(request), body };
    if (delivery instanceof Response) return delivery;
    const outcome = await receiver.receive(delivery, handle, waiting(platform));
    diagnose?.(outcome, delivery, waiting(platform));
    return toResponse(responseTo(outcome));
  };
}

/**
 * Verifies each request and lets the app answer it.
 *
 * The app's response is returned once its claim is completed (2xx and 410) or released (any other status), so no 2xx leaves before
 * the event is on record. Duplicates, and deliveries that are refused, never reach the app.
 *
 * @param parsers for adapters: how their framework's body parsers are called in a hint
 * @throws options_invalid
 */
export function fetchMiddleware<Event extends AnyEvent>(
  receiver: Receiver<Event>,
  options: WebhookOptions = {},
  parsers: ParserNames = anyParsers,
): FetchMiddleware<Event> {
  const limits = limitsOf(receiver, options);
  const diagnose = createDiagnoser(receiver, options, parsers.framework ?? 'fetch');
  return async (request, answer, ...platform) => {
    const delivery = await readDelivery(receiver, request, limits, parsers, diagnose, platform);
    if (delivery instanceof Response) return delivery;
    let response: Response | undefined;
    const outcome = await receiver.receive(
      delivery,
      async (event, context) => {
        keepVerified(request, receiver, event, context);
        response = await answer(event);
        return answerToRecord(response);
      },
      // The app answers once for a request, whatever the request reports.
      { split: false, ...waiting(platform) },
    );
    // An event that went to the dead letter counts as handled, whatever the app has said of it.
    const isAnsweredByApp =
      (outcome.kind === 'handled' && outcome.deadLettered === undefined) ||
      (outcome.kind === 'failed' && outcome.answer !== undefined);
    // Unless the claim was lost meanwhile, the app's answer goes out as it is.
    if (response !== undefined && isAnsweredByApp) return sendable(response);
    diagnose?.(outcome, delivery, waiting(platform));
    return toResponse(responseTo(outcome));
  };
}

/**
 * Screens the head, then reads the body; for a diagnosis also that of a request whose head is refused.
 *
 * @returns a Response where the request is refused
 */
async function readDelivery(
  receiver: Receiver<AnyEvent>,
  request: Request,
  limits: BodyLimits,
  parsers: ParserNames,
  diagnose: Diagnoser | undefined,
  platform: readonly unknown[],
): Promise<Delivery | Response> {
  const head = headOf(request);
  const refuse = (reason: WebhookError) => {
    receiver.refuse(reason);
    const dropped = dropBody(request);
    const message = responseToError(reason);
    return dropped === undefined ? toResponse(message) : heldResponse(message, dropped);
  };
  const refusal = receiver.screen(head);
  if (refusal !== undefined && diagnose === undefined) return refuse(refusal);
  let delivery: Delivery;
  try {
    delivery = { ...head, body: await readFetchBody(request, limits, parsers) };
  } catch (error) {
    // Nothing of an unknown error goes along: it might quote the body.
    return refuse(refusal ?? (isWebhookError(error) ? error : new WebhookError('body_not_raw', { at: 'request' })));
  }
  if (refusal === undefined) return delivery;
  diagnose?.(refusal, delivery, waiting(platform));
  return refuse(refusal);
}

/** The target without the authority, as every other edge has it: the Host header is the sender's word. */
function headOf({ headers, method, url }: Request): DeliveryHead {
  const start = url.indexOf('/', url.indexOf('://') + 3);
  return { headers, method, url: start < 0 ? '/' : url.slice(start) };
}

function toResponse({ status, headers, body }: WebhookResponse): Response {
  // RFC 9110 sections 15.3.5, 15.3.6, 15.4.5: these have no content, and Response refuses one.
  const hasContent = status !== 204 && status !== 205 && status !== 304;
  return new Response(hasContent ? (body as BodyInit) : null, { status, headers });
}

/**
 * A response that is sent at once and ends only when the body was read to its end.
 *
 * Servers close a connection whose request is unread when its response is over, and the sender, still writing, sees a reset in place of the response
 * (RFC 9112 section 9.6).
 */
function heldResponse({ status, headers, body }: WebhookResponse, until: Promise<void>): Response {
  const held = new ReadableStream<Uint8Array>({
    async start(controller) {
      controller.enqueue(typeof body === 'string' ? new TextEncoder().encode(body) : body);
      await until;
      controller.close();
    },
  });
  return new Response(held, { status, headers });
}

/** The first thing with `waitUntil` among what the platform passed. */
function waiting(platform: readonly unknown[]): { waitUntil?: (work: Promise<unknown>) => void } {
  for (const entry of platform) {
    const context = entry as { waitUntil?: (work: Promise<unknown>) => void } | null | undefined;
    if (typeof context?.waitUntil === 'function') return { waitUntil: (work) => context.waitUntil?.(work) };
  }
  return {};
}

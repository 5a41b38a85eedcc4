/** The entry point for Request and Response: Workers, Deno, Bun, and every framework whose routes get a Request. */

import { type AnyEvent, type Handle, handlerOf, type Outcome, type ReadBody, type Receiver } from '@countersign/core';
import { takeServed } from '../node/server-body.ts';
import { createDiagnoser, watchDelivery } from '../pipeline/diagnoser.ts';
import type { FrameworkWords } from '../pipeline/framework-facts.ts';
import { anyFetchWords } from '../pipeline/framework-words.ts';
import { responseTo, type WebhookResponse } from '../pipeline/responses.ts';
import { keepVerified } from '../pipeline/verified-event.ts';
import { requireOptions, type WebhookOptions } from '../pipeline/webhook-options.ts';
import { answerToRecord, sendable } from './answer.ts';
import { dropBody, readFetchBody } from './body.ts';
import { headOf } from './request.ts';

export type { FrameworkFacts, FrameworkWords } from '../pipeline/framework-facts.ts';
export type { Report, ReportOptions } from '../pipeline/report.ts';
export { handlerContext, verifiedEvent } from '../pipeline/verified-event.ts';
export type { WebhookOptions } from '../pipeline/webhook-options.ts';
export { type FetchReport, reportFetch } from './report.ts';

/**
 * Answers a Request. Never rejects.
 *
 * You can pass on the platform's other arguments after the request. If one of them has `waitUntil` (the context of
 * Workers, Netlify and Vercel), it gets the work that continues after the response.
 */
export type FetchHandler = (request: Request, ...platform: readonly unknown[]) => Promise<Response>;

/** Verifies a Request, lets the app respond, and completes or releases the claim. Never rejects. */
export type FetchMiddleware<Event extends AnyEvent> = (
  request: Request,
  answer: (event: Event) => Response | Promise<Response>,
  ...platform: readonly unknown[]
) => Promise<Response>;

/**
 * Makes a handler for a webhook route: it verifies each request, runs your handler, and responds.
 *
 * @example
 * export default { fetch: fetchHandler(receiver, (event) => console.log(event.type)) };
 *
 * @param handle a function, or an object of functions by event type
 * @param words for adapters: what errors say of their framework
 * @throws options_invalid
 */
export function fetchHandler<Event extends AnyEvent>(
  receiver: Receiver<Event>,
  handle: NoInfer<Handle<Event>>,
  options: WebhookOptions = {},
  words: FrameworkWords = anyFetchWords,
): FetchHandler {
  requireOptions(receiver, options);
  const handler = handlerOf(handle);
  const diagnose = createDiagnoser(receiver, options, words);
  return async (request, ...platform) => {
    const reading = readingOf(request, words);
    const served = await takeServed(request, platform[0], receiver.maxBodyBytes, reading.body);
    const delivery = served ?? { ...headOf(request), body: reading.body };
    const watched = diagnose && watchDelivery(delivery);
    const outcome = await receiver.receive(watched ?? delivery, handler, {
      ...waiting(platform),
      readRefused: diagnose !== undefined,
    });
    diagnose?.(outcome, watched?.whole(), waiting(platform));
    return respond(request, outcome, typeof delivery.body === 'function' && reading.isOpen());
  };
}

/**
 * Verifies each request and lets the app respond.
 *
 * The app's response is returned once its claim is completed (2xx and 410) or released (any other status), so no 2xx is
 * sent before the event is on record. Duplicates and refused deliveries never reach the app.
 *
 * @example
 * const verify = fetchMiddleware(receiver);
 * export default { fetch: (request: Request) => verify(request, async (event) => Response.json({ id: event.id })) };
 *
 * @param words for adapters: what errors say of their framework
 * @throws options_invalid
 */
export function fetchMiddleware<Event extends AnyEvent>(
  receiver: Receiver<Event>,
  options: WebhookOptions = {},
  words: FrameworkWords = anyFetchWords,
): FetchMiddleware<Event> {
  requireOptions(receiver, options);
  const diagnose = createDiagnoser(receiver, options, words);
  return async (request, answer, ...platform) => {
    const reading = readingOf(request, words);
    const delivery = { ...headOf(request), body: reading.body };
    const watched = diagnose && watchDelivery(delivery);
    let response: Response | undefined;
    const outcome = await receiver.receive(
      watched ?? delivery,
      async (event, context) => {
        keepVerified(request, receiver, event, context);
        response = await answer(event);
        return answerToRecord(response);
      },
      // The app responds once per request, no matter how many events the request reports.
      { split: false, ...waiting(platform), readRefused: diagnose !== undefined },
    );
    // An event in the dead letter counts as handled, whatever the app has responded.
    const isAnsweredByApp =
      (outcome.kind === 'handled' && outcome.deadLettered === undefined) ||
      (outcome.kind === 'failed' && outcome.response !== undefined);
    // Unless the claim has been lost, the app's response is sent unchanged.
    if (response !== undefined && isAnsweredByApp) return sendable(response);
    diagnose?.(outcome, watched?.whole(), waiting(platform));
    return respond(request, outcome, reading.isOpen());
  };
}

/** The body of a request, and whether there may still be some of it on the connection. */
function readingOf(request: Request, words: FrameworkWords) {
  let isOpen = true;
  const body: ReadBody = async (limits) => {
    const bytes = await readFetchBody(request, limits, words);
    isOpen = false;
    return bytes;
  };
  return { body, isOpen: () => isOpen };
}

function respond(request: Request, outcome: Outcome<AnyEvent>, isOpen: boolean): Response {
  const message = responseTo(outcome);
  const dropped = isOpen ? dropBody(request) : undefined;
  return dropped === undefined ? toResponse(message) : heldResponse(message, dropped);
}

function toResponse({ status, headers, body }: WebhookResponse): Response {
  // RFC 9110 sections 15.3.5, 15.3.6, 15.4.5: these statuses have no content, and Response rejects one.
  const hasContent = status !== 204 && status !== 205 && status !== 304;
  return new Response(hasContent ? (body as BodyInit) : null, { status, headers });
}

/**
 * A response that is sent immediately and ends only when the body has been read to its end.
 *
 * Servers close a connection when the response ends before the request is read, and a sender that is still writing then
 * sees a reset instead of the response (RFC 9112 section 9.6).
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

/** The first of the platform's arguments that has `waitUntil`. */
function waiting(platform: readonly unknown[]): { waitUntil?: (work: Promise<unknown>) => void } {
  for (const entry of platform) {
    const context = entry as { waitUntil?: (work: Promise<unknown>) => void } | null | undefined;
    if (typeof context?.waitUntil === 'function') return { waitUntil: (work) => context.waitUntil?.(work) };
  }
  return {};
}

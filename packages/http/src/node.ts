/** The edge for Node's own requests and responses, which Express, Koa and plain servers share. */

import type { ServerResponse } from 'node:http';
import {
  type AnyEvent,
  type Delivery,
  type Handler,
  isWebhookError,
  type Outcome,
  type Receiver,
  WebhookError,
  withCause,
} from '@countersign/core';
import { createDiagnoser, type Diagnoser } from './diagnoser.ts';
import { failureOf } from './failure-note.ts';
import { readNodeBody, takeArrivedBody } from './node-body.ts';
import { HeldResponse } from './node-held-response.ts';
import { sendRefusal, sendResponse } from './node-refusal.ts';
import { headOf, type NodeRequest } from './node-request.ts';
import type { ParserNames } from './raw-body.ts';
import { responseTo, responseToError } from './statuses.ts';
import { keepVerified } from './verified-event.ts';
import { type BodyLimits, limitsOf, requireHandler, type WebhookOptions } from './webhook-options.ts';

export { noteFailure } from './failure-note.ts';
export type { NodeRequest } from './node-request.ts';
export type { ParserNames } from './raw-body.ts';
export { handlerContext, verifiedEvent } from './verified-event.ts';
export type { WebhookOptions } from './webhook-options.ts';

/** A finished handler of a request. Settles when the response is under way; never rejects. */
export type NodeHandler = (request: NodeRequest, response: ServerResponse) => Promise<void>;

/** Verifies, lets the app's own handler answer, and sees to the claim. */
export type NodeMiddleware = (request: NodeRequest, response: ServerResponse, next: (error?: unknown) => void) => void;

type HandlerResult = Awaited<ReturnType<Handler<AnyEvent>>>;

/** How body parsers are called where an adapter does not know better. */
const anyParsers: ParserNames = {
  json: 'A JSON body parser',
  form: 'A form parser',
  text: 'A body parser',
  fix: 'Mount the webhook before every body parser (in Koa, before koa-bodyparser; in Nest, use @countersign/nest).',
};

/**
 * Serves a webhook address: verifies each request, runs the handler, answers.
 *
 * @param parsers for adapters: how their framework's body parsers are called in a hint
 * @throws options_invalid
 */
export function nodeHandler<Event extends AnyEvent>(
  receiver: Receiver<Event>,
  handle: Handler<Event>,
  options: WebhookOptions = {},
  parsers: ParserNames = anyParsers,
): NodeHandler {
  requireHandler(handle);
  const limits = limitsOf(receiver, options);
  const diagnose = createDiagnoser(receiver, options, parsers.framework ?? 'node');
  return async (request, response) => {
    const body = await takeArrivedBody(request, limits);
    const delivery =
      body === undefined
        ? await readDelivery(receiver, request, response, limits, parsers, diagnose)
        : { ...headOf(request), body };
    if (delivery === undefined) return;
    let isRunning = false;
    let late: HeldResponse | undefined;
    // A handler may have had the response at hand and answered by itself; then that is what counts, and not what a sender was
    // told that waited in vain.
    const chosen = (answer: HandlerResult): HandlerResult | Promise<HandlerResult> => {
      if (late !== undefined) return late.isAnswered ? late.answered : answer;
      return response.headersSent ? { status: response.statusCode } : answer;
    };
    const outcome = await receiver.receive(delivery, (event, context) => {
      const answer: unknown = handle(event, context);
      if (!isPromiseLike(answer)) return chosen(answer as HandlerResult);
      isRunning = true;
      return Promise.resolve(answer as PromiseLike<HandlerResult>)
        .finally(() => {
          isRunning = false;
        })
        .then(chosen);
    });
    if (isRunning && !response.headersSent) {
      // What it says by the response from now on is heard, and goes nowhere.
      late = new HeldResponse(response);
      late.replace(() => respond(request, response, outcome));
    } else respond(request, response, outcome);
    diagnose?.(outcome, delivery);
  };
}

/**
 * Verifies each request and hands it on; the app's own handler gets the event by `verifiedEvent(receiver, request)` and answers.
 *
 * The answer is held back until its claim is completed (2xx and 410) or released (any other status), so no 2xx leaves before the
 * event is on record. Duplicates, and deliveries that are refused, never reach the app's handler.
 *
 * @param parsers for adapters: how their framework's body parsers are called in a hint
 * @throws options_invalid
 */
export function nodeMiddleware<Event extends AnyEvent>(
  receiver: Receiver<Event>,
  options: WebhookOptions = {},
  parsers: ParserNames = anyParsers,
): NodeMiddleware {
  const limits = limitsOf(receiver, options);
  const diagnose = createDiagnoser(receiver, options, parsers.framework ?? 'node');
  const run = async (request: NodeRequest, response: ServerResponse, next: (error?: unknown) => void) => {
    // A parser that stands behind passes on when the stream has ended, so its end is waited for.
    const delivery = await readDelivery(receiver, request, response, limits, parsers, diagnose);
    if (delivery === undefined) return;
    let held: HeldResponse | undefined;
    const outcome = await receiver.receive(
      delivery,
      (event, context) => {
        held = new HeldResponse(response);
        keepVerified(request, receiver, event, context);
        // `_body` is how body parsers tell each other that the body was read; one that stands behind passes on.
        Object.assign(request, { webhook: event, _body: true });
        next();
        return held.answered.then((answer) => {
          const failure = failureOf(request);
          return failure === undefined ? answer : withCause(answer as object, failure.cause);
        });
        // The app's own handler runs once for a request, whatever the request reports.
      },
      { split: false },
    );
    if (held === undefined) respond(request, response, outcome);
    // With an answer of the app's own, it goes out as it is, unless the claim was lost meanwhile.
    else if (held.isAnswered && isAnsweredByApp(outcome)) held.send();
    else held.replace(() => sendResponse(response, responseTo(outcome)));
    diagnose?.(outcome, delivery);
  };
  return (request, response, next) => {
    run(request, response, next).catch(next);
  };
}

/**
 * Screens the head, then reads the body; for a diagnosis also that of a request whose head is refused.
 *
 * @returns undefined when the request has been answered with a refusal
 */
async function readDelivery(
  receiver: Receiver<AnyEvent>,
  request: NodeRequest,
  response: ServerResponse,
  limits: BodyLimits,
  parsers: ParserNames,
  diagnose: Diagnoser | undefined,
): Promise<Delivery | undefined> {
  const head = headOf(request);
  const refuse = (reason: WebhookError) => {
    receiver.refuse(reason);
    sendRefusal(request, response, responseToError(reason));
    return undefined;
  };
  const refusal = receiver.screen(head);
  if (refusal !== undefined && diagnose === undefined) return refuse(refusal);
  let delivery: Delivery;
  try {
    delivery = { ...head, body: await readNodeBody(request, limits, parsers) };
  } catch (error) {
    // Nothing of an unknown error goes along: a getter for a parsed body throws what its parser says of the content.
    return refuse(
      refusal ?? (isWebhookError(error) ? error : new WebhookError('body_not_raw', { at: 'request.body' })),
    );
  }
  if (refusal === undefined) return delivery;
  refuse(refusal);
  diagnose?.(refusal, delivery);
  return undefined;
}

function respond(request: NodeRequest, response: ServerResponse, outcome: Outcome<AnyEvent>): void {
  // By the same way as an early refusal, so that nothing tells one from the other.
  if (outcome.kind === 'rejected') sendRefusal(request, response, responseTo(outcome));
  else sendResponse(response, responseTo(outcome));
}

function isAnsweredByApp(outcome: Outcome<AnyEvent>): boolean {
  // An event that went to the dead letter counts as handled, whatever the app has said of it.
  if (outcome.kind === 'handled') return outcome.deadLettered === undefined;
  return outcome.kind === 'failed' && outcome.answer !== undefined;
}

/** Whatever can be awaited: libraries bring promises of their own. */
function isPromiseLike(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as Partial<PromiseLike<unknown>> | null | undefined)?.then === 'function';
}

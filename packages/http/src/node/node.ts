/** The edge for Node's own requests and responses, which Express, Koa and plain servers share. */

import type { ServerResponse } from 'node:http';
import {
  type AnyEvent,
  type Handle,
  type Handler,
  handlerOf,
  type IncomingDelivery,
  inPlaceOf,
  type Outcome,
  type Receiver,
  withCause,
} from '@countersign/core';
import { createDiagnoser, watchDelivery } from '../pipeline/diagnoser.ts';
import { failureOf } from '../pipeline/failure-note.ts';
import type { FrameworkWords } from '../pipeline/framework-facts.ts';
import { anyNodeWords } from '../pipeline/framework-words.ts';
import { responseTo } from '../pipeline/statuses.ts';
import { keepVerified } from '../pipeline/verified-event.ts';
import { requireOptions, type WebhookOptions } from '../pipeline/webhook-options.ts';
import { readNodeBody, takeArrivedBody } from './body.ts';
import { HeldResponse } from './held-response.ts';
import { sendRefusal, sendResponse } from './refusal.ts';
import { headOf, type NodeRequest } from './request.ts';

export { noteFailure } from '../pipeline/failure-note.ts';
export type { FrameworkFacts, FrameworkWords } from '../pipeline/framework-facts.ts';
export { handlerContext, verifiedEvent } from '../pipeline/verified-event.ts';
export type { WebhookOptions } from '../pipeline/webhook-options.ts';
export type { NodeRequest } from './request.ts';

/** A finished handler of a request. Settles when the response is under way; never rejects. */
export type NodeHandler = (request: NodeRequest, response: ServerResponse) => Promise<void>;

/** Verifies, lets the app's own handler answer, and sees to the claim. */
export type NodeMiddleware = (request: NodeRequest, response: ServerResponse, next: (error?: unknown) => void) => void;

type HandlerResult = Awaited<ReturnType<Handler<AnyEvent>>>;

/**
 * Serves a webhook address: verifies each request, runs the handler, answers.
 *
 * @param handle a function, or an object of functions by event type
 * @param words for adapters: what errors say of their framework
 * @throws options_invalid
 */
export function nodeHandler<Event extends AnyEvent>(
  receiver: Receiver<Event>,
  handle: Handle<Event>,
  options: WebhookOptions = {},
  words: FrameworkWords = anyNodeWords,
): NodeHandler {
  requireOptions(receiver, options);
  const handler = handlerOf(handle);
  const diagnose = createDiagnoser(receiver, options, words);
  const serve: NodeHandler = async (request, response) => {
    const arrived = await takeArrivedBody(request, receiver.maxBodyBytes);
    const delivery = incomingOf(request, arrived ?? ((limits) => readNodeBody(request, limits, words)));
    const watched = diagnose && watchDelivery(delivery);
    let isRunning = false;
    let late: HeldResponse | undefined;
    // A handler may have had the response at hand and answered by itself; then that is what counts, and not what a sender was
    // told that waited in vain.
    const chosen = (answer: HandlerResult): HandlerResult | Promise<HandlerResult> => {
      if (late !== undefined) return late.isAnswered ? late.answered : answer;
      return response.headersSent ? { status: response.statusCode } : answer;
    };
    const outcome = await receiver.receive(
      watched ?? delivery,
      inPlaceOf(handler, (event, context) => {
        const answer: unknown = handler(event, context);
        if (!isPromiseLike(answer)) return chosen(answer as HandlerResult);
        isRunning = true;
        return Promise.resolve(answer as PromiseLike<HandlerResult>)
          .finally(() => {
            isRunning = false;
          })
          .then(chosen);
      }),
      { readRefused: diagnose !== undefined },
    );
    if (isRunning && !response.headersSent) {
      // What it says by the response from now on is heard, and goes nowhere.
      late = new HeldResponse(response);
      late.replace(() => respond(request, response, outcome));
    } else respond(request, response, outcome);
    diagnose?.(outcome, watched?.whole());
  };
  return async (request, response) => {
    try {
      await serve(request, response);
    } catch {
      // Of a request that nothing can be read of, such as one that a test has made up.
      response.destroy();
    }
  };
}

/**
 * Verifies each request and hands it on; the app's own handler gets the event by `verifiedEvent(receiver, request)` and answers.
 *
 * The answer is held back until its claim is completed (2xx and 410) or released (any other status), so no 2xx leaves before the
 * event is on record. Duplicates, and deliveries that are refused, never reach the app's handler.
 *
 * @param words for adapters: what errors say of their framework
 * @throws options_invalid
 */
export function nodeMiddleware<Event extends AnyEvent>(
  receiver: Receiver<Event>,
  options: WebhookOptions = {},
  words: FrameworkWords = anyNodeWords,
): NodeMiddleware {
  requireOptions(receiver, options);
  const diagnose = createDiagnoser(receiver, options, words);
  const run = async (request: NodeRequest, response: ServerResponse, next: (error?: unknown) => void) => {
    // A parser that stands behind passes on when the stream has ended, so its end is waited for.
    const delivery = incomingOf(request, (limits) => readNodeBody(request, limits, words));
    const watched = diagnose && watchDelivery(delivery);
    let held: HeldResponse | undefined;
    const outcome = await receiver.receive(
      watched ?? delivery,
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
      { split: false, readRefused: diagnose !== undefined },
    );
    if (held === undefined) respond(request, response, outcome);
    // With an answer of the app's own, it goes out as it is, unless the claim was lost meanwhile.
    else if (held.isAnswered && isAnsweredByApp(outcome)) held.send();
    else held.replace(() => sendResponse(response, responseTo(outcome)));
    diagnose?.(outcome, watched?.whole());
  };
  return (request, response, next) => {
    run(request, response, next).catch(next);
  };
}

function incomingOf(request: NodeRequest, body: IncomingDelivery['body']): IncomingDelivery {
  return { ...headOf(request), body };
}

function respond(request: NodeRequest, response: ServerResponse, outcome: Outcome<AnyEvent>): void {
  // The body may be unread, or still on its way.
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

/** The entry point for Node's own requests and responses, shared by Express, Koa and plain servers. */

import type { ServerResponse } from 'node:http';
import {
  type AnyEvent,
  type Handle,
  type Handler,
  handlerOf,
  inPlaceOf,
  logOf,
  type Outcome,
  type Receiver,
  withCause,
} from '@countersign/core';
import { createDiagnoser, watchDelivery } from '../pipeline/diagnoser.ts';
import { failureOf } from '../pipeline/failure-note.ts';
import type { FrameworkWords } from '../pipeline/framework-facts.ts';
import { anyNodeWords } from '../pipeline/framework-words.ts';
import { responseTo } from '../pipeline/responses.ts';
import { keepVerified } from '../pipeline/verified-event.ts';
import { requireOptions, type WebhookOptions } from '../pipeline/webhook-options.ts';
import { readNodeBody, takeArrivedBody } from './body.ts';
import { HeldResponse, wholeStatus } from './held-response.ts';
import { sendRefusal, sendResponse } from './refusal.ts';
import { deliveryOf, type NodeRequest } from './request.ts';

export { noteFailure } from '../pipeline/failure-note.ts';
export type { FrameworkFacts, FrameworkWords } from '../pipeline/framework-facts.ts';
export type { Report, ReportOptions } from '../pipeline/report.ts';
export { handlerContext, verifiedEvent } from '../pipeline/verified-event.ts';
export type { WebhookOptions } from '../pipeline/webhook-options.ts';
export { type NodeReport, reportNode } from './report.ts';
export type { NodeRequest } from './request.ts';

/** A complete request handler. Settles when the response has been started; never rejects. */
export type NodeHandler = (request: NodeRequest, response: ServerResponse) => Promise<void>;

/** Verifies, lets the app's own handler respond, and completes or releases the claim. */
export type NodeMiddleware = (request: NodeRequest, response: ServerResponse, next: (error?: unknown) => void) => void;

type HandlerResult = Awaited<ReturnType<Handler<AnyEvent>>>;

/**
 * Makes a handler for a webhook route: it verifies each request, runs your handler, and responds.
 *
 * @example
 * const handler = nodeHandler(receiver, (event) => console.log(event.type));
 * createServer((request, response) => void handler(request, response)).listen(3000);
 *
 * @param handle a function, or an object of functions by event type
 * @param words for adapters: what errors say of their framework
 * @throws options_invalid
 */
export function nodeHandler<Event extends AnyEvent>(
  receiver: Receiver<Event>,
  handle: NoInfer<Handle<Event>>,
  options: WebhookOptions = {},
  words: FrameworkWords = anyNodeWords,
): NodeHandler {
  requireOptions(receiver, options);
  const handler = handlerOf(handle);
  const diagnose = createDiagnoser(receiver, options, words);
  const log = logOf(receiver);
  const read = { readRefused: diagnose !== undefined };
  return async (request, response) => {
    try {
      const arrived = await takeArrivedBody(request, receiver.maxBodyBytes);
      const delivery = deliveryOf(request, arrived ?? ((limits) => readNodeBody(request, limits, words)));
      const watched = diagnose && watchDelivery(delivery);
      // Plain data: instances of a class with closures survived the collection of short-lived objects, which cost 3 % of the time
      // for a request (measured 2026-11-27).
      const run: NodeRun = { response, isRunning: false, late: undefined };
      const handleHere: Handler<Event> = (event, context) => runHandler(run, handler(event, context));
      const outcome = await receiver.receive(watched ?? delivery, inPlaceOf(handler, handleHere), read);
      if (run.isRunning && !response.headersSent) {
        // The handler goes on with a response that leads nowhere.
        run.late = new HeldResponse(response, log);
        run.late.replace(() => respond(request, response, outcome));
      } else respond(request, response, outcome);
      diagnose?.(outcome, watched?.whole());
    } catch {
      // Of a request that nothing can be read of, such as one that a test has made up.
      response.destroy();
    }
  };
}

/** One run of a handler that may have the response at hand, and answer by it. */
interface NodeRun {
  readonly response: ServerResponse;
  isRunning: boolean;
  /** Receives the handler's response if the sender was answered without it. */
  late: HeldResponse | undefined;
}

function runHandler(run: NodeRun, result: ReturnType<Handler<AnyEvent>>): ReturnType<Handler<AnyEvent>> {
  // Whatever can be awaited: libraries bring promises of their own.
  if (isPromiseLike(result)) return settled(run, result as PromiseLike<HandlerResult>);
  return run.response.headersSent ? chosen(run, result as HandlerResult) : result;
}

async function settled(run: NodeRun, result: PromiseLike<HandlerResult>): Promise<HandlerResult> {
  run.isRunning = true;
  try {
    return chosen(run, await result);
  } finally {
    run.isRunning = false;
  }
}

/** If the handler answered through the response, that answer counts, and not the one for a sender that no longer waited. */
function chosen({ response, late }: NodeRun, result: HandlerResult): HandlerResult | Promise<HandlerResult> {
  if (late !== undefined) return late.isAnswered ? late.answered : result;
  return response.headersSent ? { status: wholeStatus(response.statusCode) } : result;
}

/**
 * Verifies each request and passes it on; the app's own handler gets the event from `verifiedEvent(receiver, request)`
 * and responds.
 *
 * The response is held back until its claim is completed (2xx and 410) or released (any other status), so no 2xx is
 * sent before the event is on record. Duplicates and refused deliveries never reach the app's handler.
 *
 * @example
 * const verify = nodeMiddleware(receiver);
 * createServer((request, response) => {
 *   void verify(request, response, () => response.end(verifiedEvent(receiver, request).id));
 * }).listen(3000);
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
  const log = logOf(receiver);
  const run = async (request: NodeRequest, response: ServerResponse, next: (error?: unknown) => void) => {
    // A parser that runs later continues when the stream has ended, so wait for its end.
    const delivery = deliveryOf(request, (limits) => readNodeBody(request, limits, words));
    const watched = diagnose && watchDelivery(delivery);
    let held: HeldResponse | undefined;
    const outcome = await receiver.receive(
      watched ?? delivery,
      (event, context) => {
        const holding = new HeldResponse(response, log);
        held = holding;
        keepVerified(request, receiver, event, context);
        // `_body` tells other body parsers that the body has been read; a later parser then continues.
        Object.assign(request, { webhook: event, _body: true });
        const passedOn: unknown = next();
        // An async function in its place, as behind `createServer`: its rejection must not end the process.
        if (isPromiseLike(passedOn)) Promise.resolve(passedOn).catch((error) => holding.fail(error));
        return holding.answered.then((answer) => {
          const failure = failureOf(request);
          return failure === undefined ? answer : withCause(answer as object, failure.cause);
        });
        // The app's own handler runs once per request, no matter how many events the request reports.
      },
      { split: false, readRefused: diagnose !== undefined },
    );
    if (held === undefined) respond(request, response, outcome);
    // If the app has responded itself, its response is sent unchanged, unless the claim has been lost.
    else if (held.isAnswered && isAnsweredByApp(outcome)) held.send();
    else held.replace(() => sendResponse(response, responseTo(outcome)));
    diagnose?.(outcome, watched?.whole());
  };
  return (request, response, next) => {
    run(request, response, next)
      .catch(async (error) => next(error))
      .catch(() => response.destroy());
  };
}

function isPromiseLike(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as Partial<PromiseLike<unknown>> | null | undefined)?.then === 'function';
}

function respond(request: NodeRequest, response: ServerResponse, outcome: Outcome<AnyEvent>): void {
  const message = responseTo(outcome);
  // The body may be unread, or still on its way.
  if (outcome.kind === 'rejected') sendRefusal(request, response, message);
  else sendResponse(response, message);
}

function isAnsweredByApp(outcome: Outcome<AnyEvent>): boolean {
  // An event in the dead letter counts as handled, whatever the app has responded.
  if (outcome.kind === 'handled') return outcome.deadLettered === undefined;
  return outcome.kind === 'failed' && outcome.response !== undefined;
}

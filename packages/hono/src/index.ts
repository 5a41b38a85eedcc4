/** Countersign for Hono, on every runtime that Hono supports. */

import { type AnyEvent, type Handle, type HandlerContext, type Receiver, withCause } from '@countersign/core';
import {
  handlerContext as contextOnRequest,
  fetchHandler,
  fetchMiddleware,
  verifiedEvent as verifiedOnRequest,
  type WebhookOptions,
} from '@countersign/http/fetch';
import type { Context, MiddlewareHandler } from 'hono';
import { words } from './facts.ts';
import { hearLateAnswer, type LateAnswer } from './late-answer.ts';

export type { Report, ReportOptions, WebhookOptions } from '@countersign/http/fetch';
export { webhookReport } from './report.ts';

/**
 * A finished route: verifies each request, runs the handler, responds.
 *
 * Reads the raw body itself; one that was read before is answered with 500 and the reason.
 *
 * @example
 * app.post('/webhooks/stripe', webhook(receiver, { 'invoice.paid': (event) => console.log(event.payload) }));
 * @param handle a function, or an object of functions by event type
 * @throws options_invalid
 */
export function webhook<Event extends AnyEvent>(
  receiver: Receiver<Event>,
  handle: NoInfer<Handle<Event>>,
  options?: WebhookOptions,
): (c: Context) => Promise<Response> {
  const serve = fetchHandler(receiver, handle, options, words);
  return (c) => serve(c.req.raw, c.env, platformOf(c));
}

/**
 * Middleware: verifies each request and lets the app's own handler respond, which gets the event by `verifiedEvent(receiver, c)`.
 *
 * @example
 * app.post('/webhooks/github', webhookMiddleware(receiver), (c) => c.json({ id: verifiedEvent(receiver, c).id }));
 *
 * @throws options_invalid
 */
export function webhookMiddleware<Event extends AnyEvent>(
  receiver: Receiver<Event>,
  options?: WebhookOptions,
): MiddlewareHandler<{ Variables: { webhook: Event } }> {
  const verify = fetchMiddleware(receiver, options, words);
  return async (c, next) => {
    let isRunning = false;
    let late: LateAnswer | undefined;
    const answer = async (event: Event) => {
      c.set('webhook', event);
      isRunning = true;
      await next();
      isRunning = false;
      const response = late?.response ?? c.res;
      // If a handler has thrown, Hono's error handler has responded.
      return c.error === undefined ? response : withCause(response, c.error);
    };
    const response = await verify(c.req.raw, answer, platformOf(c));
    if (response === c.res) return;
    // Assigned directly, Hono would carry over the headers of the app's response.
    c.res = undefined;
    c.res = response;
    if (isRunning) late = hearLateAnswer(c);
  };
}

/**
 * Returns the event that a receiver has verified on this request, with the receiver's types.
 *
 * @example
 * app.post('/webhooks/github', webhookMiddleware(receiver), (c) => c.json({ id: verifiedEvent(receiver, c).id }));
 *
 * @throws event_not_verified if this receiver has not verified this request, or if something has replaced `c.req.raw`
 *   since
 */
export function verifiedEvent<Event extends AnyEvent>(receiver: Receiver<Event>, c: Context): Event {
  return verifiedOnRequest(receiver, c.req.raw);
}

/**
 * Returns what surrounds the run of a handler behind `webhookMiddleware(receiver)`: signal, attempt, deadline, tenant and, in mode
 * `transactional`, the open transaction.
 *
 * @example
 * app.post('/webhooks/github', webhookMiddleware(receiver), (c) => c.json({ attempt: handlerContext(receiver, c).attempt }));
 *
 * @throws event_not_verified if this receiver has not verified this request
 */
export function handlerContext(receiver: Receiver<AnyEvent>, c: Context): HandlerContext {
  return contextOnRequest(receiver, c.req.raw);
}

/**
 * The context that keeps the worker alive. Looked up only when needed: Hono throws if the runtime has none, which is
 * slow.
 */
function platformOf(c: Context): unknown {
  return { waitUntil: (work: Promise<unknown>) => c.executionCtx.waitUntil(work) };
}

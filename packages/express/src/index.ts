/** Countersign for Express 4 and 5: passes on the request's raw bytes and sends the response to the outcome. */

import type { AnyEvent, Handle, Receiver, WebhookEvent } from '@countersign/core';
import {
  type NodeHandler,
  type NodeMiddleware,
  nodeHandler,
  nodeMiddleware,
  type WebhookOptions,
} from '@countersign/http/node';
import { words } from './facts.ts';

export {
  handlerContext,
  type NodeHandler,
  type NodeMiddleware,
  noteFailure,
  type Report,
  type ReportOptions,
  verifiedEvent,
  type WebhookOptions,
} from '@countersign/http/node';
export { webhookReport } from './report.ts';

declare global {
  namespace Express {
    interface Request {
      /** The verified event, behind `webhookMiddleware(receiver)`. `verifiedEvent(receiver, request)` has its type, and throws where it is missing. */
      webhook?: WebhookEvent;
    }
  }
}

/**
 * A finished route: verifies each request, runs the handler, responds.
 *
 * Reads the raw body itself, so no body parser is needed; one that ran first is answered with 500 and named.
 *
 * @example
 * app.post('/webhooks/stripe', webhook(receiver, { 'invoice.paid': (event) => console.log(event.payload) }));
 *
 * @param handle a function, or an object of functions by event type
 * @throws options_invalid
 */
export function webhook<Event extends AnyEvent>(
  receiver: Receiver<Event>,
  handle: NoInfer<Handle<Event>>,
  options?: WebhookOptions,
): NodeHandler {
  return nodeHandler(receiver, handle, options, words);
}

/**
 * Middleware: verifies each request and lets the app's own handler respond, which gets the event by `verifiedEvent(receiver, request)`.
 *
 * @example
 * app.post('/webhooks/github', webhookMiddleware(receiver), (request, response) => {
 *   response.json({ id: verifiedEvent(receiver, request).id });
 * });
 *
 * @throws options_invalid
 */
export function webhookMiddleware<Event extends AnyEvent>(
  receiver: Receiver<Event>,
  options?: WebhookOptions,
): NodeMiddleware {
  return nodeMiddleware(receiver, options, words);
}

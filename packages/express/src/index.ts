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

export { noteFailure, verifiedEvent, type WebhookOptions } from '@countersign/http/node';

declare global {
  namespace Express {
    interface Request {
      /**
       * The verified event, after `webhook(receiver)` as middleware. `verifiedEvent(receiver, request)` returns it with
       * its type, and throws if it is missing.
       */
      webhook?: WebhookEvent;
    }
  }
}

/**
 * Middleware: verifies, and lets the app's own handler respond, which gets the event from `verifiedEvent(receiver,
 * request)`.
 *
 * @example
 * app.post('/webhooks/github', webhook(receiver), (request, response) => {
 *   response.json({ id: verifiedEvent(receiver, request).id });
 * });
 *
 * @throws options_invalid
 */
export function webhook<Event extends AnyEvent>(receiver: Receiver<Event>, options?: WebhookOptions): NodeMiddleware;
/**
 * A complete route: `app.post('/webhooks/stripe', webhook(receiver, handle))`.
 *
 * Reads the raw body itself, so no body parser is needed; if one has run first, the response is a 500 that names it.
 *
 * @example
 * app.post('/webhooks/stripe', webhook(receiver, (event) => console.log(event.type, event.id)));
 *
 * @example
 * app.post('/webhooks/stripe', webhook(receiver, { 'invoice.paid': (event) => console.log(event.payload) }));
 *
 * @param handle a function, or an object of functions by event type
 * @throws options_invalid
 */
export function webhook<Event extends AnyEvent>(
  receiver: Receiver<Event>,
  handle: Handle<Event>,
  options?: WebhookOptions,
): NodeMiddleware;
export function webhook<Event extends AnyEvent>(
  receiver: Receiver<Event>,
  ...rest: [(Handler<Event> | WebhookOptions)?, WebhookOptions?]
): NodeMiddleware {
  const [second, third] = rest;
  // A failed import must not turn a complete route into middleware without a handler after it.
  const isMiddleware = rest.length === 0 || (typeof second !== 'function' && second !== undefined);
  if (isMiddleware) return nodeMiddleware(receiver, second as WebhookOptions, parsers);
  const serve = nodeHandler(receiver, second as Handler<Event>, third, parsers);
  return (request, response, next) => void serve(request, response).catch(next);
}

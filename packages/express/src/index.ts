/** Countersign for Express 4 and 5: the request's raw bytes in, the outcome's response out. */

import type { AnyEvent, Handler, Receiver, WebhookEvent } from '@countersign/core';
import {
  type NodeMiddleware,
  nodeHandler,
  nodeMiddleware,
  type ParserNames,
  type WebhookOptions,
} from '@countersign/http/node';

export { noteFailure, verifiedEvent, type WebhookOptions } from '@countersign/http/node';

declare global {
  namespace Express {
    interface Request {
      /** The verified event, behind `webhook(receiver)` as middleware. `verifiedEvent(receiver, request)` has its type, and throws where it is missing. */
      webhook?: WebhookEvent;
    }
  }
}

const parsers: ParserNames = {
  json: 'express.json()',
  form: 'express.urlencoded()',
  text: 'express.text()',
  fix: 'Mount the webhook route before app.use(express.json()), or give the path to express.raw({ type: () => true }).',
  framework: 'express',
};

/**
 * Middleware: verifies and lets the app's own handler answer, which gets the event by `verifiedEvent(receiver, request)`.
 *
 * @throws options_invalid
 */
export function webhook<Event extends AnyEvent>(receiver: Receiver<Event>, options?: WebhookOptions): NodeMiddleware;
/**
 * A finished route: `app.post('/webhooks/stripe', webhook(receiver, handle))`.
 *
 * Reads the raw body itself, so no body parser is needed; one that ran first is answered with 500 and named.
 *
 * @throws options_invalid
 */
export function webhook<Event extends AnyEvent>(
  receiver: Receiver<Event>,
  handle: Handler<Event>,
  options?: WebhookOptions,
): NodeMiddleware;
export function webhook<Event extends AnyEvent>(
  receiver: Receiver<Event>,
  ...rest: [(Handler<Event> | WebhookOptions)?, WebhookOptions?]
): NodeMiddleware {
  const [second, third] = rest;
  // An import that came to nothing must not turn a finished route into middleware that no handler follows.
  const isMiddleware = rest.length === 0 || (typeof second !== 'function' && second !== undefined);
  if (isMiddleware) return nodeMiddleware(receiver, second as WebhookOptions, parsers);
  const serve = nodeHandler(receiver, second as Handler<Event>, third, parsers);
  return (request, response, next) => void serve(request, response).catch(next);
}

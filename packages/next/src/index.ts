/** Countersign for the App Router of Next.js: `export const POST = webhook(receiver, handle)`. */

import type { AnyEvent, Handle, Receiver } from '@countersign/core';
import { fetchHandler, fetchMiddleware, type WebhookOptions } from '@countersign/http/fetch';
import { after } from 'next/server.js';
import { words } from './facts.ts';

export { verifiedEvent, type WebhookOptions } from '@countersign/http/fetch';

/** A route handler of the App Router; `context` has `params`. */
export type RouteHandler = (request: Request, context?: unknown) => Promise<Response>;

/** Makes a route handler from your own function, which gets the verified event. */
export type Verified<Event extends AnyEvent> = (
  answer: (request: Request, event: Event, context: unknown) => Response | Promise<Response>,
) => RouteHandler;

const parsers: ParserNames = {
  json: 'request.json()',
  form: 'request.formData()',
  text: 'request.text()',
  fix: 'Export webhook(receiver, handle) itself as POST of app/.../route.ts; do not read the request before it.',
  framework: 'next',
};

/** Work that continues after the response, such as a handler past its deadline, keeps a serverless function alive. */
const platform = { waitUntil: (work: Promise<unknown>) => after(() => work) };

/**
 * Verifies, and lets your own function respond: `export const POST = webhook(receiver)(async (request, event) => ...)`.
 *
 * @example
 * export const POST = webhook(receiver)(async (_request, event) => Response.json({ received: event.id }));
 *
 * @throws options_invalid
 */
export function webhook<Event extends AnyEvent>(receiver: Receiver<Event>, options?: WebhookOptions): Verified<Event>;
/**
 * A complete route handler: `export const POST = webhook(receiver, handle)` in `app/webhooks/stripe/route.ts`.
 *
 * If the sender checks the URL with GET, export the same function as `GET`. Next.js answers other methods with 405.
 *
 * @example
 * export const POST = webhook(receiver, (event) => console.log(event.type, event.id));
 *
 * @example
 * export const POST = webhook(receiver, { 'invoice.paid': (event) => console.log(event.payload) });
 *
 * @param handle a function, or an object of functions by event type
 * @throws options_invalid
 */
export function webhook<Event extends AnyEvent>(
  receiver: Receiver<Event>,
  handle: Handle<Event>,
  options?: WebhookOptions,
): RouteHandler;
export function webhook<Event extends AnyEvent>(
  receiver: Receiver<Event>,
  ...rest: [(Handler<Event> | WebhookOptions)?, WebhookOptions?]
): RouteHandler | Verified<Event> {
  const [second, third] = rest;
  // A failed import must not turn a complete route into one that waits for a function.
  const isMiddleware = rest.length === 0 || (typeof second !== 'function' && second !== undefined);
  if (!isMiddleware) {
    const serve = fetchHandler(receiver, second as Handler<Event>, third, parsers);
    return (request: Request) => serve(request, platform);
  }
  const verify = fetchMiddleware(receiver, second as WebhookOptions | undefined, parsers);
  const withAnswer: Verified<Event> = (answer) => (request, context) =>
    verify(request, (event) => answer(request, event, context), platform);
  return withAnswer;
}

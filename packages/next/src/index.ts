/** Countersign for the App Router of Next.js: `export const POST = webhook(receiver, handle)`. */

import type { AnyEvent, Handler, Receiver } from '@countersign/core';
import { fetchHandler, fetchMiddleware, type ParserNames, type WebhookOptions } from '@countersign/http/fetch';
import { after } from 'next/server.js';

export { verifiedEvent, type WebhookOptions } from '@countersign/http/fetch';

/** A route handler of the App Router; `context` holds `params`. */
export type RouteHandler = (request: Request, context?: unknown) => Promise<Response>;

/** Makes a route handler of your own function, which gets the verified event. */
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

/** Work that goes on past the answer, such as a handler past its deadline, keeps a serverless function alive. */
const platform = { waitUntil: (work: Promise<unknown>) => after(() => work) };

/** Verifies and lets your own function answer: `export const POST = webhook(receiver)(async (request, event) => ...)`. @throws options_invalid */
export function webhook<Event extends AnyEvent>(receiver: Receiver<Event>, options?: WebhookOptions): Verified<Event>;
/**
 * A finished route handler: `export const POST = webhook(receiver, handle)` in `app/webhooks/stripe/route.ts`.
 *
 * For a sender that checks the address by GET, export the same as `GET`. Other methods are answered 405 by Next.js.
 *
 * @throws options_invalid
 */
export function webhook<Event extends AnyEvent>(
  receiver: Receiver<Event>,
  handle: Handler<Event>,
  options?: WebhookOptions,
): RouteHandler;
export function webhook<Event extends AnyEvent>(
  receiver: Receiver<Event>,
  ...rest: [(Handler<Event> | WebhookOptions)?, WebhookOptions?]
): RouteHandler | Verified<Event> {
  const [second, third] = rest;
  // An import that came to nothing must not turn a finished route into one that waits for a function.
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

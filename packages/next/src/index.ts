/** Countersign for the App Router of Next.js: `export const POST = webhook(receiver, handle)`. */

import type { AnyEvent, Handle, Receiver } from '@countersign/core';
import { fetchHandler, fetchMiddleware, type WebhookOptions } from '@countersign/http/fetch';
import { after } from 'next/server.js';
import { words } from './facts.ts';

export {
  handlerContext,
  type Report,
  type ReportOptions,
  verifiedEvent,
  type WebhookOptions,
} from '@countersign/http/fetch';
export { webhookReport } from './report.ts';

/** A route handler of the App Router; `context` has `params`. */
export type RouteHandler = (request: Request, context?: unknown) => Promise<Response>;

/** Makes a route handler from your own function, which gets the verified event. */
export type Verified<Event extends AnyEvent> = (
  answer: (request: Request, event: Event, context: unknown) => Response | Promise<Response>,
) => RouteHandler;

/** Work that goes on past the answer, such as a handler past its deadline, keeps a serverless function alive. */
const platform = { waitUntil: (work: Promise<unknown>) => after(() => work) };

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
  handle: NoInfer<Handle<Event>>,
  options?: WebhookOptions,
): RouteHandler {
  const serve = fetchHandler(receiver, handle, options, words);
  return (request) => serve(request, platform);
}

/**
 * Verifies each request and lets your own function respond.
 *
 * @example
 * export const POST = webhookMiddleware(receiver)(async (request, event) => Response.json({ id: event.id }));
 *
 * @throws options_invalid
 */
export function webhookMiddleware<Event extends AnyEvent>(
  receiver: Receiver<Event>,
  options?: WebhookOptions,
): Verified<Event> {
  const verify = fetchMiddleware(receiver, options, words);
  return (answer) => (request, context) => verify(request, (event) => answer(request, event, context), platform);
}

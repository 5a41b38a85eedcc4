/** Keeps a receiver's verified event on the request itself, and returns it only for that receiver. */

import { type AnyEvent, type HandlerContext, type Receiver, WebhookError } from '@countersign/core';

/** The event that one receiver has verified on one request. */
interface Verified {
  readonly receiver: object;
  readonly provider: string;
  readonly event: AnyEvent;
  readonly context: HandlerContext;
}

/** The same symbol in every copy of this package (ESM and CJS). Nothing that a request carries can name a symbol. */
const verifiedKey: unique symbol = Symbol.for('countersign.verified');

/** Records that a receiver has verified this request, with the event and its claim. */
export function keepVerified<Event extends AnyEvent>(
  request: object,
  receiver: Receiver<Event>,
  event: Event,
  context: HandlerContext,
): void {
  const value: readonly Verified[] = [
    { receiver, provider: receiver.provider, event, context },
    ...verifiedOn(request),
  ];
  // Not enumerable, so it is not copied when someone copies the request's fields to another object.
  Object.defineProperty(request, verifiedKey, { value, configurable: true });
}

/**
 * Returns the event that a receiver has verified on this request, with the receiver's types.
 *
 * For handlers behind `webhookMiddleware(receiver)`. Where that middleware did not run (another path, a prefix, a version, a route that was added
 * later) it throws, so an unsigned request never passes for a verified one.
 *
 * @example
 * app.post('/webhooks/github', webhookMiddleware(receiver), (request, response) => {
 *   response.json({ id: verifiedEvent(receiver, request).id });
 * });
 *
 * @param request the object that the middleware got, never a copy
 * @throws event_not_verified if this receiver has not verified this request, even if another one has
 */
export function verifiedEvent<Event extends AnyEvent>(receiver: Receiver<Event>, request: object): Event {
  return requireVerified(receiver, request, 'verifiedEvent()').event as Event;
}

/**
 * Returns what surrounds the run of a handler behind `webhookMiddleware(receiver)`: signal, attempt, deadline and, in mode `transactional`, the
 * open transaction.
 *
 * @example
 * const { attempt, signal } = handlerContext(receiver, request);
 *
 * @param request the object that the middleware got, never a copy
 * @throws event_not_verified if this receiver has not verified this request, even if another one has
 */
export function handlerContext(receiver: Receiver<AnyEvent>, request: object): HandlerContext {
  return requireVerified(receiver, request, 'handlerContext()').context;
}

/** @throws event_not_verified */
function requireVerified(receiver: object, request: object, at: string): Verified {
  const all = verifiedOn(request);
  const own = all.find((one) => one.receiver === receiver);
  if (own !== undefined) return own;
  const [other] = all;
  throw new WebhookError('event_not_verified', {
    at,
    ...(other !== undefined && {
      hint: `Another receiver (${other.provider}) has verified this request. Pass the receiver that webhookMiddleware() is mounted with on this route.`,
    }),
  });
}

/** Only own properties: a changed prototype verifies nothing. */
function verifiedOn(request: object): readonly Verified[] {
  const kept = Object.getOwnPropertyDescriptor(Object(request), verifiedKey)?.value as readonly Verified[] | undefined;
  return kept ?? [];
}

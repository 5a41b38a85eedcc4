/** Keeps what a receiver has verified on the request itself, and hands it out to nobody who asks with another receiver. */

import { type AnyEvent, type HandlerContext, type Receiver, WebhookError } from '@countersign/core';

/** What one receiver has verified on one request. */
interface Verified {
  readonly receiver: object;
  readonly provider: string;
  readonly event: AnyEvent;
  readonly context: HandlerContext;
}

/** The same in every copy of this package (ESM beside CJS). Nothing that a request carries can name a symbol. */
const verifiedKey: unique symbol = Symbol.for('countersign.verified');

/** Notes that a receiver has verified this request, what it found, and under which claim. */
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
  // Not enumerable, so it does not go along when somebody copies the request's fields onto another object.
  Object.defineProperty(request, verifiedKey, { value, configurable: true });
}

/**
 * Returns the event that a receiver has verified on this very request, typed by that receiver.
 *
 * For handlers behind `webhookMiddleware(receiver)`. Where that middleware did not run (another path, a prefix, a version, a route that was added
 * later) it throws, so an unsigned request never passes for a verified one.
 *
 * @example
 * app.post('/webhooks/github', webhookMiddleware(receiver), (request, response) => {
 *   response.json({ id: verifiedEvent(receiver, request).id });
 * });
 *
 * @param request the object that the middleware was given, never a copy
 * @throws event_not_verified where this receiver has verified nothing on this request, also where another one has
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
 * @param request the object that the middleware was given, never a copy
 * @throws event_not_verified where this receiver has verified nothing on this request, also where another one has
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

/** Own properties alone: whatever happened to a prototype, it verifies nothing. */
function verifiedOn(request: object): readonly Verified[] {
  const kept = Object.getOwnPropertyDescriptor(Object(request), verifiedKey)?.value as readonly Verified[] | undefined;
  return kept ?? [];
}

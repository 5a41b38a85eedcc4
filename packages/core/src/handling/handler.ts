/** The handlers of an app for verified events, and the choice between several by the event's type. */

import type { UnsignedRequest } from '../delivery/unsigned-request.ts';
import { WebhookError } from '../errors.ts';
import type { AnyEvent, WebhookEvent } from '../event/event.ts';
import type { UnlistedType } from '../event/event-of.ts';
import type { HandlerResponse } from '../response.ts';

/** The context of one run of a handler. */
export interface HandlerContext {
  /** Fires at the deadline and if the claim on the event is lost. Pass it to fetch and database clients. */
  readonly signal: AbortSignal;
  /** 1 on the first run of this event, then increasing; without a dedupe store always 1. */
  readonly attempt: number;
  /** The tenant whose secret matched, if `secretsByTenant` or a secrets function names tenants. */
  readonly tenant: string | undefined;
  /** Method, URL and headers of the request. They are not signed: a replayed delivery can carry others. */
  readonly unsigned: UnsignedRequest;
  /** The time when the sender stops waiting; undefined if neither the provider nor the options set it. */
  readonly deadline: Date | undefined;
  /**
   * The open transaction in mode `transactional`, as a client of the store's database; otherwise undefined. Typed by
   * `store.transactionOf(context)`. It ends with the handler: later calls are refused. A transaction that the handler
   * begins in it is a savepoint, and a COMMIT or ROLLBACK without one is refused.
   */
  readonly transaction: unknown;
}

/** The parts of a Fetch `Response` that are read; a handler may return one. */
export interface FetchResponse {
  readonly status: number;
  readonly headers: { forEach(each: (value: string, name: string) => void): void };
  /** Empty for a response that was constructed and not fetched. */
  readonly url: string;
  readonly bodyUsed: boolean;
  arrayBuffer(): Promise<ArrayBuffer>;
  readonly body?: unknown;
}

/** A value without the fields of a response: the result of `queue.add(...)` or of a query. It is ignored. */
export type IgnoredResult =
  | string
  | number
  | boolean
  | bigint
  | null
  | (object & { readonly [Field in 'status' | 'statusCode' | 'headers' | 'body' | 'call']?: never });

/** The values that a handler may return, directly or as a promise. */
export type HandlerResult = void | HandlerResponse | FetchResponse | IgnoredResult;

/**
 * Runs on a verified event. If it throws, or responds with neither 2xx nor 410, the event is released for the next
 * attempt. A
 * `Response` is used as the response: `return Response.json({ ok: true })`.
 *
 * It may run again for the same event (a crash, a lost lease): use `event.identity()` as an idempotency key downstream.
 */
export type Handler<Event extends AnyEvent = WebhookEvent> = (
  event: Event,
  context: HandlerContext,
) => HandlerResult | Promise<HandlerResult>;

/**
 * One handler for each event type, and `otherwise` for all others: `{ 'invoice.paid': (event) => ..., otherwise:
 * (event) => ... }`.
 *
 * Each handler's event has the payload of its type, if the provider knows its events. A type without a handler goes to
 * `otherwise`. If that is missing too, the event is acknowledged and not remembered: a new type at the sender is not an
 * outage on your side, and an event of that type that is sent again runs once there is a handler. An event without a
 * type needs `otherwise`.
 */
export type HandlersByType<Event extends AnyEvent = WebhookEvent> = {
  readonly [Type in Event['type'] & string as Type extends UnlistedType ? never : Type]?: Handler<
    // A sender without a list of names has events of type `string`, and none of a literal type.
    string extends Event['type'] ? Event : Extract<Event, { type: Type }>
  >;
} & { readonly otherwise?: Handler<Event> };

/** The handler of verified events: one function, or one for each event type. */
export type Handle<Event extends AnyEvent = WebhookEvent> = Handler<Event> | HandlersByType<Event>;

/**
 * Makes one function from a handler in any form.
 *
 * @throws options_invalid for anything other than a function or an object of functions, such as an undefined import
 */
export function handlerOf<Event extends AnyEvent>(handle: Handle<Event>): Handler<Event> {
  return typeof handle === 'function' ? handle : chooseByType(handlersIn(handle));
}

/**
 * The same for `receive`, which never rejects: an invalid handler fails once the delivery is verified, with a message
 * that says why.
 */
export function handlerOrFailure<Event extends AnyEvent>(handle: Handle<Event>): Handler<Event> {
  try {
    return handlerOf(handle);
  } catch (error) {
    return () => {
      throw error;
    };
  }
}

/** @throws options_invalid */
function handlersIn<Event extends AnyEvent>(byType: HandlersByType<Event>): ReadonlyMap<string, Handler<Event>> {
  const isObject = typeof byType === 'object' && !Array.isArray(byType);
  const entries = isObject ? Object.entries(Object(byType) as Record<string, Handler<Event>>) : [];
  const [name] = entries.find(([, handler]) => typeof handler !== 'function') ?? [];
  if (name === undefined && entries.length > 0) return new Map(entries);
  throw new WebhookError('options_invalid', {
    at: name === undefined ? 'handle' : `handle[${JSON.stringify(name)}]`,
    hint: "Expected a function, or an object of functions by event type. If it is imported, check the name of the import. For your framework's own handler, use webhookMiddleware(receiver, options).",
  });
}

function chooseByType<Event extends AnyEvent>(byType: ReadonlyMap<string, Handler<Event>>): Handler<Event> {
  const otherwise = byType.get('otherwise');
  const chosenFor = (type: unknown) =>
    typeof type !== 'string' || type === 'otherwise' ? otherwise : (byType.get(type) ?? otherwise);
  const handle: Handler<Event> = (event, context) => {
    const { type } = event;
    if (type === undefined && otherwise === undefined) {
      throw new WebhookError('options_invalid', {
        at: 'handle',
        hint: 'The event has no type. Add otherwise, or set { ...provider, eventType: { json: path } }.',
      });
    }
    return chosenFor(type)?.(event, context);
  };
  const leaves = ({ type }: AnyEvent) => type !== undefined && chosenFor(type) === undefined;
  return Object.defineProperty(handle, leavesKey, { value: leaves });
}

/** A handler marks events without a handler under this name; the same in every copy of this package. */
const leavesKey: unique symbol = Symbol.for('countersign.handler.leaves');

/** True if a handler of several has none for an event. Such an event is acknowledged without a claim. */
export function leavesAlone(handle: Handler, event: WebhookEvent): boolean {
  return (
    (handle as { readonly [leavesKey]?: (event: WebhookEvent) => boolean } | undefined)?.[leavesKey]?.(event) === true
  );
}

/** A handler that wraps another one, for adapters: it skips the same events. */
export function inPlaceOf<Event extends AnyEvent>(handle: Handler<Event>, instead: Handler<Event>): Handler<Event> {
  const leaves = Object.getOwnPropertyDescriptor(handle, leavesKey);
  return leaves === undefined ? instead : Object.defineProperty(instead, leavesKey, leaves);
}

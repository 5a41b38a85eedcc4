/** What an app gives to run on a verified event, and how several are chosen by the event's type. */

import { WebhookError } from '../errors.ts';
import type { AnyEvent, WebhookEvent } from '../event/event.ts';
import type { HandlerAnswer } from '../response.ts';

/** What surrounds one run of a handler. */
export interface HandlerContext {
  /** Fires at the deadline and when the claim on the event is lost. Hand it to fetch and database clients. */
  readonly signal: AbortSignal;
  /** 1 at the first run of this event, then rising; without a dedupe store always 1. */
  readonly attempt: number;
  /** Whose event it is: the tenant whose secret matched, where `secretsByTenant` or a resolver of secrets names tenants. */
  readonly tenant: string | undefined;
  /** When the sender stops waiting; undefined where neither the provider nor the options say. */
  readonly deadline: Date | undefined;
  /**
   * In mode `transactional` the open transaction, as the store's client knows it; otherwise undefined. Typed by
   * `store.transactionOf(context)`. It is over when the handler is: what is sent through it later is refused. A transaction that
   * the handler begins in it is a savepoint, and a COMMIT or ROLLBACK without one is refused.
   */
  readonly transaction: unknown;
}

/** What is read of a `Response` of the Fetch standard, which a handler may return as it is. */
export interface FetchResponse {
  readonly status: number;
  readonly headers: { forEach(each: (value: string, name: string) => void): void };
  /** Empty for one that was made and not fetched. */
  readonly url: string;
  readonly bodyUsed: boolean;
  arrayBuffer(): Promise<ArrayBuffer>;
  readonly body?: unknown;
}

/** What a handler may return, at once or by a promise. */
export type HandlerResult = void | HandlerAnswer | FetchResponse;

/**
 * Runs on a verified event. What it throws, or an answer that is neither 2xx nor 410, releases the event for the next attempt. A
 * `Response` is taken as the answer it is: `return Response.json({ ok: true })`.
 *
 * It may run again for the same event (a crash, a lost lease): use `event.identity()` as an idempotency key downstream.
 */
export type Handler<Event extends AnyEvent = WebhookEvent> = (
  event: Event,
  context: HandlerContext,
) => HandlerResult | Promise<HandlerResult>;

/**
 * One handler for each type of event, and `otherwise` for all others: `{ 'invoice.paid': (event) => ..., otherwise: (event) => ... }`.
 *
 * Each handler's event has the payload of its type, where the provider knows its events. A type without a handler goes to `otherwise`. Where
 * that is missing too, the event is acknowledged and not remembered: a new type at the sender is no outage at yours, and an event of it
 * that the sender sends again runs once there is a handler. An event without any type needs `otherwise`.
 */
export type HandlersByType<Event extends AnyEvent = WebhookEvent> = {
  readonly [Type in NonNullable<Event['type']> & string]?: Handler<
    unknown extends Event['type'] ? Event : Extract<Event, { type: Type | undefined }>
  >;
} & { readonly otherwise?: Handler<Event> };

/** What runs on verified events: one function, or one for each type of event. */
export type Handle<Event extends AnyEvent = WebhookEvent> = Handler<Event> | HandlersByType<Event>;

/**
 * Makes one function of what an app gives to run on events.
 *
 * @throws options_invalid for anything but a function or an object of functions, such as an import that is undefined
 */
export function handlerOf<Event extends AnyEvent>(handle: Handle<Event>): Handler<Event> {
  return typeof handle === 'function' ? handle : chooseByType(handlersIn(handle));
}

/** The same for `receive`, which never rejects: what is no handler fails once the delivery is verified, with a sentence that says why. */
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
    hint: "Expected a function, or an object of functions by event type: { 'invoice.paid': (event) => { ... } }. If it is imported, check the name of the import. For a handler of your framework, use webhookMiddleware(receiver, options).",
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
        hint: 'The event has no type. Add otherwise, or say where the type is: { ...provider, eventType: { json: path } }.',
      });
    }
    return chosenFor(type)?.(event, context);
  };
  const leaves = ({ type }: AnyEvent) => type !== undefined && chosenFor(type) === undefined;
  return Object.defineProperty(handle, leavesKey, { value: leaves });
}

/** Under this name a handler says which events it leaves alone; the same in every copy of this package. */
const leavesKey: unique symbol = Symbol.for('countersign.handler.leaves');

/** Whether a handler of several has none for an event. Such an event is acknowledged without a claim. */
export function leavesAlone(handle: Handler, event: WebhookEvent): boolean {
  return (
    (handle as { readonly [leavesKey]?: (event: WebhookEvent) => boolean } | undefined)?.[leavesKey]?.(event) === true
  );
}

/** A handler in the place of another one, for adapters: what that one leaves alone stays alone. */
export function inPlaceOf<Event extends AnyEvent>(handle: Handler<Event>, instead: Handler<Event>): Handler<Event> {
  const leaves = Object.getOwnPropertyDescriptor(handle, leavesKey);
  return leaves === undefined ? instead : Object.defineProperty(instead, leavesKey, leaves);
}

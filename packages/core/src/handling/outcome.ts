/** The result of a delivery. */

import type { DeadLetterInfo } from '../claims/store.ts';
import type { WebhookError } from '../errors.ts';
import type { AnyEvent, WebhookEvent } from '../event/event.ts';
import type { HandlerResponse } from '../response.ts';

/** The result of a delivery; adapters turn it into a response with the table in `@countersign/http`. */
export type Outcome<Event extends AnyEvent = WebhookEvent> = Part<Event> & {
  /** The outcome of each event, if a delivery has several. The outcome of the whole is the worst of them. */
  readonly batch?: readonly Outcome<Event>[];
};

type Part<Event extends AnyEvent> =
  | {
      readonly kind: 'handled';
      readonly event: Event;
      readonly response?: HandlerResponse;
      /** The handler succeeded but the store could not record it: a later attempt may run it again. */
      readonly completionLost?: true;
      /**
       * In mode `transactional`: the transaction ended before the handler returned, because something in it commits
       * implicitly. The handler's writes and the record did not commit together, so this event was handled as in mode
       * `lease`.
       */
      readonly transactionLost?: true;
      /**
       * In mode `transactional` with `ordering`: the store could not record the event's position, so an older event of its entity may run
       * after it.
       */
      readonly orderingLost?: true;
      /** The event failed too often and was passed to `deadLetter`. */
      readonly deadLettered?: DeadLetterInfo;
    }
  | {
      readonly kind: 'duplicate';
      readonly event: Event;
      /** The response to the first delivery. */
      readonly response?: HandlerResponse;
      /** The same id came with different bytes than the first time. */
      readonly bodyChanged?: true;
      /**
       * The same bytes came with a different unsigned delivery id than the first time: a replay by someone else, a
       * sender that makes a new id for each attempt, or another event with the same bytes.
       */
      readonly idChanged?: true;
      /**
       * The first delivery was proved by a secret that this receiver neither has nor had (`notAfter`): another service
       * may share its namespace, so each loses events to the other. Also printed to the console.
       */
      readonly unknownSecret?: true;
    }
  /** Another delivery of the same event is being handled. */
  | { readonly kind: 'in_flight'; readonly event: Event; readonly retryAfterSeconds: number }
  /** Verified, but older than an event that was already handled. */
  | { readonly kind: 'stale'; readonly event: Event }
  /** The handler threw, responded with neither 2xx nor 410, ran past its deadline or lost its claim. */
  | {
      readonly kind: 'failed';
      readonly event: Event;
      readonly cause: unknown;
      readonly response?: HandlerResponse;
      /**
       * In mode `transactional`: the transaction ended before the handler failed, so not all of its writes were rolled
       * back.
       */
      readonly transactionLost?: true;
    }
  /** A sender's URL check, handled without a handler. */
  | { readonly kind: 'handshake'; readonly name: string; readonly response: HandlerResponse }
  | {
      readonly kind: 'rejected';
      readonly error: WebhookError;
      /** Set if the signature matched but the payload was invalid. */
      readonly event?: Event;
    };

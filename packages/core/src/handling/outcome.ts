/** What became of a delivery. */

import type { DeadLetterInfo } from '../claims/store.ts';
import type { WebhookError } from '../errors.ts';
import type { AnyEvent, WebhookEvent } from '../event/event.ts';
import type { HandlerAnswer } from '../response.ts';

/** What became of a delivery; adapters turn it into a response by the table in `@countersign/http`. */
export type Outcome<Event extends AnyEvent = WebhookEvent> = Part<Event> & {
  /** Where a delivery reported several events: what became of each. The outcome of the whole is the worst of them. */
  readonly batch?: readonly Outcome<Event>[];
};

type Part<Event extends AnyEvent> =
  | {
      readonly kind: 'handled';
      readonly event: Event;
      readonly answer?: HandlerAnswer;
      /** The handler succeeded and the store could not record it: a later attempt may run it again. */
      readonly completionLost?: true;
      /**
       * In mode `transactional`: the transaction was over before the handler returned, by something in it that commits by itself. What
       * the handler wrote and the record did not commit together, so this event was handled as in mode `lease`.
       */
      readonly transactionLost?: true;
      /** In mode `transactional` with `ordering`: the store could not record the event's position, so an older event of its entity may run after it. */
      readonly orderingLost?: true;
      /** The event failed too often and was taken by `deadLetter`. */
      readonly deadLettered?: DeadLetterInfo;
    }
  | {
      readonly kind: 'duplicate';
      readonly event: Event;
      /** What the first delivery was answered with. */
      readonly answer?: HandlerAnswer;
      /** The same id came with other bytes than the first time. */
      readonly bodyChanged?: true;
      /**
       * The same bytes came with another unsigned delivery id than the first time: a replay by somebody else, a sender that makes a
       * new id for each attempt, or another event with the same bytes.
       */
      readonly idChanged?: true;
      /**
       * The first delivery was proved by a secret that this receiver neither has nor had (`notAfter`): another service may share its
       * namespace, so that the events of one are lost to the other. Said on the console too.
       */
      readonly unknownSecret?: true;
    }
  /** Another delivery of the same event is being handled. */
  | { readonly kind: 'in_flight'; readonly event: Event; readonly retryAfterSeconds: number }
  /** Verified, but older than what was handled already. */
  | { readonly kind: 'stale'; readonly event: Event }
  /** The handler threw, answered neither 2xx nor 410, ran past its deadline or lost its claim. */
  | {
      readonly kind: 'failed';
      readonly event: Event;
      readonly cause: unknown;
      readonly answer?: HandlerAnswer;
      /** In mode `transactional`: the transaction was over before the handler failed, so not all that it wrote was undone. */
      readonly transactionLost?: true;
    }
  /** A sender's check of the address, answered without a handler. */
  | { readonly kind: 'handshake'; readonly name: string; readonly answer: HandlerAnswer }
  | {
      readonly kind: 'rejected';
      readonly error: WebhookError;
      /** Where the signature was right and the payload was not. */
      readonly event?: Event;
    };

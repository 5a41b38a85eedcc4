/** The way from an event that was verified and stored earlier to its handler, for packages that bring such events back. */

import type { EventContext, Identity } from '../event/event.ts';
import type { EventParts, VerifiedEvent } from '../event/verified-event.ts';
import type { Handler } from '../handling/handler.ts';
import type { Outcome } from '../handling/outcome.ts';

/** A receiver handles events that were verified earlier under this name; the same in every copy of this package. */
export const resumptionKey: unique symbol = Symbol.for('countersign.resumption');

/** Handles an event that was verified and stored earlier. */
export interface Resumption {
  /** Increased when these calls change. */
  readonly version: 1;
  readonly context: EventContext;
  /** Undefined without a store. */
  readonly retentionSeconds: number | undefined;
  readonly leaseSeconds: number | undefined;
  /** Makes the event again, without a check: the caller has checked where its parts come from. */
  restore(parts: Omit<EventParts, 'context'>, identity: Identity): VerifiedEvent;
  /** Claims the event as work, apart from its delivery, and runs the handler. Never rejects, and reports nothing. */
  handle(event: VerifiedEvent, handler: Handler, handlerTimeoutSeconds: number): Promise<Outcome>;
  /** Reports an outcome as `receive` does. */
  tell(outcome: Outcome): Outcome;
}

/** Console lines about events that are handled with claims. */

import type { AnyEvent } from '../event/event.ts';
import type { NamedReceiver, OutcomeLine } from './claim-protocol.ts';
import type { Outcome } from './outcome.ts';

/** The line about an outcome that only claims produce; undefined for all others. */
export function lineFor(outcome: Outcome, { provider, namespace }: NamedReceiver): OutcomeLine | undefined {
  if (outcome.kind === 'duplicate' && outcome.unknownSecret) {
    return {
      throttled: true,
      causes: [],
      line: `${provider.name}: an event was dropped as a duplicate of one that was proved by another secret, under the namespace ${namespace}. If two services share a store, each loses events to the other: give each its own dedupe.namespace. If you rotated the secret, keep the old one in the list as { value, notAfter } for as long as records last.`,
    };
  }
  if (outcome.kind !== 'handled') return undefined;
  const { event, deadLettered } = outcome;
  if (deadLettered !== undefined) {
    const { attempts, cause } = deadLettered;
    return { throttled: false, causes: [cause], line: `${nameOf(event)} was given up at attempt ${attempts}` };
  }
  const what = outcome.completionLost
    ? 'was handled but could not be recorded'
    : outcome.orderingLost
      ? 'was handled but its position could not be recorded: an older event of its entity may run after it'
      : outcome.transactionLost
        ? 'was handled outside of its transaction: something in the handler committed or rolled it back, such as a procedure or CREATE TABLE in MySQL. Move that out of the handler.'
        : undefined;
  return what === undefined ? undefined : { throttled: false, causes: [], line: `${nameOf(event)} ${what}` };
}

/** An event's name in messages. */
export function nameOf({ provider, id }: AnyEvent): string {
  return id === undefined ? provider : `${provider} ${id}`;
}

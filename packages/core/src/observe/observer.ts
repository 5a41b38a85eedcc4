/** Makes observers, and brings the code that follows deliveries for them. */

import type { AnyEvent, WebhookEvent } from '../event/event.ts';
import { optionError } from '../options/option-values.ts';
import { type Observer, type ObserverHooks, type OutcomeReport, observerKey } from '../receiver/observer.ts';
import { observe } from './observation.ts';

/**
 * Makes an observer for the option `observe`: gets each outcome with a report of durations, attempt and status, and may run handlers
 * in a context of its own. Its errors are ignored.
 *
 * @example
 * const timed = observer({
 *   onOutcome: (outcome, report) => console.log(outcome.kind, report.durations.total, report.late),
 * });
 * const receiver = createReceiver({ provider: stripe, secrets: process.env.STRIPE_WEBHOOK_SECRET, observe: timed });
 *
 * @throws options_invalid for anything other than an object with `onOutcome`, `runHandler` or both
 */
export function observer<Event extends AnyEvent = WebhookEvent>(hooks: ObserverHooks<Event>): Observer<Event> {
  const { onOutcome, runHandler } = hooks ?? {};
  const given = [onOutcome, runHandler].filter((one) => one !== undefined);
  if (given.length === 0 || given.some((one) => typeof one !== 'function'))
    throw optionError('observer', 'Expected { onOutcome, runHandler }, or one of them, as functions.');
  return {
    // Called as methods of the given object, which may be an instance of a class.
    ...(onOutcome !== undefined && { onOutcome: (outcome, report) => hooks.onOutcome?.(outcome, report) }),
    ...(runHandler !== undefined && { runHandler: (event, start, run) => hooks.runHandler?.(event, start, run) }),
    [observerKey]: observe,
  };
}

/** The name of the channel that {@link diagnosticsChannel} publishes to. */
export const outcomeChannel = 'countersign:receive';

/**
 * Publishes the report of each outcome to the channel `countersign:receive` of `node:diagnostics_channel`, where the runtime has it: Node
 * 20.16 or later, Bun, Deno, and Workers with `nodejs_compat`. Costs nothing while no one has subscribed.
 *
 * @example
 * const receiver = createReceiver({
 *   provider: stripe,
 *   secrets: process.env.STRIPE_WEBHOOK_SECRET,
 *   observe: diagnosticsChannel(),
 * });
 */
export function diagnosticsChannel(): Observer<AnyEvent> {
  const channel = findChannel();
  return {
    isListening: () => channel?.hasSubscribers === true,
    onOutcome(_outcome, report) {
      if (channel?.hasSubscribers === true) channel.publish(report);
    },
    [observerKey]: observe,
  };
}

/** The part of a channel of `node:diagnostics_channel` that is used here. */
interface Channel {
  readonly hasSubscribers: boolean;
  publish(message: OutcomeReport): void;
}

/** Without an import, which other runtimes and bundlers refuse. */
function findChannel(): Channel | undefined {
  const { process } = globalThis as {
    readonly process?: { getBuiltinModule?(name: string): { channel(name: string): Channel } | undefined };
  };
  return process?.getBuiltinModule?.('node:diagnostics_channel')?.channel(outcomeChannel);
}

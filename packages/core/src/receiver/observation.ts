/** Reports on outcomes for logs, metrics and traces. Costs one comparison per delivery while no one listens. */

import { errorTable, type WebhookErrorCode } from '../errors.ts';
import type { AnyEvent, WebhookEvent } from '../event/event.ts';
import { type Handler, type HandlerContext, inPlaceOf } from '../handling/handler.ts';
import type { Outcome } from '../handling/outcome.ts';
import { readClock } from '../options/clock.ts';
import { ignoreRejection } from '../options/option-values.ts';
import { isPromiseLike } from '../with-timeout.ts';

/** The name of the channel in `node:diagnostics_channel` that gets a report for each outcome. */
export const outcomeChannel = 'countersign:receive';

/** Durations of one event, in seconds. A stage that was not reached has none. */
export interface StageDurations {
  /** Reading the body, if the receiver read it. */
  readonly read?: number;
  /** The verdict. */
  readonly verify?: number;
  /** From the verdict to the start of the handler, or to the outcome if it did not run: identity, turn, claim, schema. */
  readonly claim?: number;
  /** The handler. If it ran past its deadline, up to there; the late report has the rest as well. */
  readonly handle?: number;
  /** From the end of the handler to the outcome: completing or releasing the claim. */
  readonly complete?: number;
  readonly total: number;
}

const remarkNames = [
  'bodyChanged',
  'completionLost',
  'deadLettered',
  'idChanged',
  'orderingLost',
  'transactionLost',
  'unknownSecret',
] as const;

/** A remark on an outcome; each is explained at the field of the same name in {@link Outcome}. */
export type OutcomeRemark = (typeof remarkNames)[number];

/** The facts of an outcome that may leave the process: nothing of the body, no ids, no header, no secret. */
export interface OutcomeReport {
  readonly provider: string;
  readonly namespace: string;
  readonly outcome: Outcome['kind'];
  /** The status that the adapters respond with. In a batch, that of this event alone. */
  readonly status: number;
  /** The reason for `rejected`. */
  readonly code?: WebhookErrorCode;
  /** The type of a verified event. */
  readonly eventType?: string;
  readonly tenant?: string;
  /** The secret or key that proved the event: `secretId` of the event. */
  readonly secretId?: string;
  /** The number of this run, if the handler ran. */
  readonly attempt?: number;
  /** Time from signing to arrival, in seconds. Negative if the sender's clock is ahead. */
  readonly signatureAgeSeconds?: number;
  readonly remarks: readonly OutcomeRemark[];
  /**
   * True for the end of a handler that ran past its deadline: its outcome was reported as `failed` before, at the
   * deadline. Do not count such an event twice.
   */
  readonly late: boolean;
  /** The arrival of the delivery. */
  readonly startedAt: Date;
  readonly durations: StageDurations;
}

/** The facts at the start of a handler. */
export type HandlerStart = Pick<OutcomeReport, 'provider' | 'namespace' | 'startedAt'> &
  Pick<HandlerContext, 'attempt' | 'tenant' | 'unsigned'>;

/** Something that follows deliveries, such as `openTelemetry()` of `@countersign/otel`. What it throws is ignored. */
export interface Observer<Event extends AnyEvent = WebhookEvent> {
  /** Called with every outcome, as the option `onOutcome` is. */
  onOutcome?(outcome: Outcome<Event>, report: OutcomeReport): void;
  /**
   * Runs the handler, for example in the context of a span: calls `run` once, before it returns. The handler runs in any case, and its
   * result cannot be changed.
   */
  runHandler?(event: Event, start: HandlerStart, run: () => unknown): void;
}

/** The options that an observation needs. */
interface Observed {
  readonly provider: { readonly name: string };
  readonly namespace: string;
  readonly clock: (() => Date) | undefined;
  readonly observers: readonly Observer[];
}

/** Follows the deliveries of one receiver. */
export class Observation {
  readonly #options: Observed;
  readonly #channel = findChannel();
  /** For outcomes that follow after the deadline. */
  readonly #watches = new WeakMap<AnyEvent, Watch>();

  constructor(options: Observed) {
    this.#options = options;
  }

  /** Undefined if no one listens. */
  begin(): Watch | undefined {
    const { observers, clock } = this.#options;
    return observers.length > 0 || this.#channel?.hasSubscribers === true ? new Watch(clock) : undefined;
  }

  /** A handler whose start and end are noted, inside of all observers. */
  around(event: AnyEvent, handle: Handler, watch: Watch): Handler {
    this.#watches.set(event, watch);
    return inPlaceOf(handle, (event, context) => {
      watch.handlerStarts(context.attempt);
      return watch.untilHandled(() => this.#runObserved(event, context, handle, watch));
    });
  }

  report(outcome: Outcome, watch: Watch | undefined): void {
    if (watch !== undefined) this.#publish(outcome, watch, false);
  }

  reportLate(outcome: Outcome): void {
    const watch = 'event' in outcome && outcome.event !== undefined ? this.#watches.get(outcome.event) : undefined;
    if (watch !== undefined) this.#publish(outcome, watch, true);
  }

  #runObserved(event: WebhookEvent, context: HandlerContext, handle: Handler, { startedAt }: Watch): unknown {
    const { provider, namespace, observers } = this.#options;
    const { attempt, tenant, unsigned } = context;
    const start = { provider: provider.name, namespace, startedAt, attempt, tenant, unsigned };
    let run = (): unknown => handle(event, context);
    for (const observer of observers) {
      if (observer.runHandler === undefined) continue;
      const inner = run;
      run = () => runThrough((once) => observer.runHandler?.(event, start, once), inner);
    }
    return run();
  }

  #publish(outcome: Outcome, watch: Watch, late: boolean): void {
    try {
      const { provider, namespace, observers } = this.#options;
      const report = { provider: provider.name, namespace, ...factsOf(outcome), ...watch.facts(outcome), late };
      for (const observer of observers) tellOne(observer, outcome, report);
      if (this.#channel?.hasSubscribers === true) this.#channel.publish(report);
    } catch {
      // No observer may change the response.
    }
  }
}

function tellOne(observer: Observer, outcome: Outcome, report: OutcomeReport): void {
  try {
    ignoreRejection(observer.onOutcome?.(outcome, report));
  } catch {
    // The next one is told in any case.
  }
}

/** The times of one event. */
export class Watch {
  readonly startedAt = new Date();
  readonly #clockTime: number | undefined;
  #started = performance.now();
  #read: number | undefined;
  #verified: number | undefined;
  #handlerStarted: number | undefined;
  #handlerEnded: number | undefined;
  #attempt: number | undefined;

  constructor(clock: (() => Date) | undefined) {
    try {
      this.#clockTime = readClock(clock);
    } catch {
      // The delivery is refused for it.
    }
  }

  bodyIsRead(): void {
    this.#read = performance.now();
  }

  isVerified(): void {
    this.#verified = performance.now();
  }

  /** The same times so far, for one event of several. */
  ofEvent(): Watch {
    const watch = new Watch(undefined);
    Object.assign(watch, { startedAt: this.startedAt });
    watch.#started = this.#started;
    watch.#read = this.#read;
    watch.#verified = this.#verified;
    return watch;
  }

  handlerStarts(attempt: number): void {
    this.#attempt = attempt;
    this.#handlerStarted = performance.now();
  }

  /** Runs the handler and notes when it has ended. A lazy promise is awaited once: it may run a query each time. */
  untilHandled(run: () => unknown): never {
    const end = () => {
      this.#handlerEnded = performance.now();
    };
    let isAwaited = false;
    try {
      const result = run();
      isAwaited = isPromiseLike(result);
      return (isAwaited ? endOf(result as PromiseLike<unknown>, end) : result) as never;
    } finally {
      if (!isAwaited) end();
    }
  }

  facts(outcome: Outcome): Pick<OutcomeReport, 'startedAt' | 'durations' | 'attempt' | 'signatureAgeSeconds'> {
    const now = performance.now();
    const signedAt = 'event' in outcome ? outcome.event?.signedAt?.getTime() : undefined;
    const seconds = (from: number | undefined, to: number | undefined) =>
      from === undefined || to === undefined ? undefined : Math.max(0, to - from) / 1000;
    const durations = {
      read: seconds(this.#started, this.#read),
      verify: seconds(this.#read ?? this.#started, this.#verified),
      claim: seconds(this.#verified, this.#handlerStarted ?? now),
      handle: seconds(this.#handlerStarted, this.#handlerEnded ?? now),
      complete: seconds(this.#handlerEnded, now),
      total: Math.max(0, now - this.#started) / 1000,
    };
    return {
      startedAt: this.startedAt,
      ...known({
        attempt: this.#attempt,
        signatureAgeSeconds:
          signedAt === undefined || this.#clockTime === undefined ? undefined : (this.#clockTime - signedAt) / 1000,
      }),
      durations: known(durations) as StageDurations,
    };
  }
}

async function endOf(result: PromiseLike<unknown>, end: () => void): Promise<unknown> {
  try {
    return await result;
  } finally {
    end();
  }
}

function factsOf(
  outcome: Outcome,
): Omit<OutcomeReport, 'provider' | 'namespace' | keyof ReturnType<Watch['facts']> | 'late'> {
  const event = 'event' in outcome ? outcome.event : undefined;
  return {
    outcome: outcome.kind,
    status: statusOf(outcome),
    ...known({
      code: outcome.kind === 'rejected' ? outcome.error.code : undefined,
      eventType: event?.type,
      tenant: (event as { readonly tenant?: string } | undefined)?.tenant,
      secretId: event?.secretId,
    }),
    remarks: remarkNames.filter((name) => name in outcome),
  };
}

function statusOf(outcome: Outcome): number {
  if (outcome.kind === 'rejected') return errorTable[outcome.error.code].status;
  if (outcome.kind === 'in_flight') return 503;
  if (outcome.kind === 'stale') return 200;
  return outcome.response?.status ?? (outcome.kind === 'failed' ? 500 : 200);
}

/** Without the fields that are undefined. */
function known<Fields extends object>(fields: Fields): { [Name in keyof Fields]?: NonNullable<Fields[Name]> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as never;
}

/** Passes `run` on to an observer; it runs exactly once, whatever the observer does, and its own end is the result. */
function runThrough(observe: (once: () => unknown) => unknown, run: () => unknown): unknown {
  let end: { readonly result?: unknown; readonly thrown?: unknown; readonly threw: boolean } | undefined;
  const once = () => {
    if (end === undefined) {
      try {
        end = { result: run(), threw: false };
      } catch (thrown) {
        end = { thrown, threw: true };
      }
    }
    if (end.threw) throw end.thrown;
    return end.result;
  };
  let isOver = false;
  try {
    // An observer that calls it later must not get an error of the handler that it cannot expect any more.
    ignoreRejection(observe(() => (isOver ? undefined : once())));
  } catch {
    // Its own error, or the handler's, which is thrown below.
  }
  isOver = true;
  return once();
}

/** The part of a channel of `node:diagnostics_channel` that is used here. */
interface Channel {
  readonly hasSubscribers: boolean;
  publish(message: OutcomeReport): void;
}

declare const process: { getBuiltinModule?(name: string): { channel(name: string): Channel } | undefined } | undefined;

/** The channel, where the runtime has it: no import, which other runtimes and bundlers refuse. */
function findChannel(): Channel | undefined {
  try {
    return process?.getBuiltinModule?.('node:diagnostics_channel')?.channel(outcomeChannel);
  } catch {
    return undefined;
  }
}

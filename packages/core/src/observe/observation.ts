/** Follows deliveries for the observers of a receiver: takes the times, runs handlers inside observers, makes the reports. */

import { errorTable } from '../errors.ts';
import type { AnyEvent, WebhookEvent } from '../event/event.ts';
import { type Handler, type HandlerContext, inPlaceOf } from '../handling/handler.ts';
import type { Outcome } from '../handling/outcome.ts';
import { ignoreRejection } from '../options/option-values.ts';
import type {
  Observation,
  ObservedReceiver,
  Observer,
  OutcomeRemark,
  OutcomeReport,
  StageDurations,
  Watch,
} from '../receiver/observer.ts';
import { isPromiseLike } from '../with-timeout.ts';

/** Follows the deliveries of a receiver. */
export function observe(receiver: ObservedReceiver): Observation {
  /** For outcomes that follow after the deadline. */
  const watches = new WeakMap<AnyEvent, EventWatch>();
  const isHeard = () => receiver.observers.some(({ isListening }) => isListening === undefined || isListening());
  return {
    begin: () => (isHeard() ? new EventWatch(receiver, watches) : undefined),
    reportLate(outcome) {
      const event = 'event' in outcome ? outcome.event : undefined;
      if (event !== undefined) watches.get(event)?.report(outcome, true);
    },
  };
}

class EventWatch implements Watch {
  readonly #receiver: ObservedReceiver;
  readonly #watches: WeakMap<AnyEvent, EventWatch>;
  #startedAt = new Date();
  #clockTime: number | undefined;
  #started = performance.now();
  #read: number | undefined;
  #verified: number | undefined;
  #handlerStarted: number | undefined;
  #handlerEnded: number | undefined;
  #attempt: number | undefined;

  constructor(receiver: ObservedReceiver, watches: WeakMap<AnyEvent, EventWatch>) {
    this.#receiver = receiver;
    this.#watches = watches;
    this.#clockTime = receiver.now();
  }

  bodyIsRead(): void {
    this.#read = performance.now();
  }

  isVerified(): void {
    this.#verified = performance.now();
  }

  ofEvent(): EventWatch {
    const watch = new EventWatch(this.#receiver, this.#watches);
    watch.#startedAt = this.#startedAt;
    watch.#clockTime = this.#clockTime;
    watch.#started = this.#started;
    watch.#read = this.#read;
    watch.#verified = this.#verified;
    return watch;
  }

  around(event: AnyEvent, handle: Handler): Handler {
    this.#watches.set(event, this);
    const run = (given: WebhookEvent, context: HandlerContext) => {
      this.#attempt = context.attempt;
      this.#handlerStarted = performance.now();
      return this.#untilHandled(() => this.#runObserved(given, context, handle));
    };
    return inPlaceOf(handle, run as Handler);
  }

  report(outcome: Outcome, late = false): void {
    try {
      const { provider, namespace, observers } = this.#receiver;
      const report: OutcomeReport = {
        provider: provider.name,
        namespace,
        ...factsOf(outcome),
        ...this.#times(outcome),
        late,
      };
      for (const observer of observers) callOnOutcome(observer, outcome, report);
    } catch {
      // No observer may change the response.
    }
  }

  #runObserved(event: WebhookEvent, context: HandlerContext, handle: Handler): unknown {
    const { provider, namespace, observers } = this.#receiver;
    const { attempt, tenant, unsigned } = context;
    const start = { provider: provider.name, namespace, startedAt: this.#startedAt, attempt, tenant, unsigned };
    let run = (): unknown => handle(event, context);
    for (const observer of observers) {
      if (observer.runHandler === undefined) continue;
      const inner = run;
      run = () => runThrough((once) => observer.runHandler?.(event, start, once), inner);
    }
    return run();
  }

  /** Runs the handler and notes when it has ended. A lazy promise is awaited once: it may run a query each time. */
  #untilHandled(run: () => unknown): unknown {
    const end = () => {
      this.#handlerEnded = performance.now();
    };
    let isAwaited = false;
    try {
      const result = run();
      isAwaited = isPromiseLike(result);
      return isAwaited ? endOf(result as PromiseLike<unknown>, end) : result;
    } finally {
      if (!isAwaited) end();
    }
  }

  #times(outcome: Outcome): Pick<OutcomeReport, 'startedAt' | 'durations' | 'attempt' | 'signatureAgeSeconds'> {
    const now = performance.now();
    const signedAt = 'event' in outcome ? outcome.event?.signedAt?.getTime() : undefined;
    const clockTime = this.#clockTime;
    const durations = {
      read: seconds(this.#started, this.#read),
      verify: seconds(this.#read ?? this.#started, this.#verified),
      claim: seconds(this.#verified, this.#handlerStarted ?? now),
      handle: seconds(this.#handlerStarted, this.#handlerEnded ?? now),
      complete: seconds(this.#handlerEnded, now),
      total: seconds(this.#started, now),
    };
    return {
      startedAt: this.#startedAt,
      ...known({ attempt: this.#attempt, signatureAgeSeconds: seconds(signedAt, clockTime) }),
      durations: known(durations) as StageDurations,
    };
  }
}

/** Seconds between two times in milliseconds. */
function seconds(from: number | undefined, to: number | undefined): number | undefined {
  return from === undefined || to === undefined ? undefined : (to - from) / 1000;
}

function callOnOutcome(observer: Observer, outcome: Outcome, report: OutcomeReport): void {
  try {
    ignoreRejection(observer.onOutcome?.(outcome, report));
  } catch {
    // The next one is called in any case.
  }
}

async function endOf(result: PromiseLike<unknown>, end: () => void): Promise<unknown> {
  try {
    return await result;
  } finally {
    end();
  }
}

const remarks: readonly OutcomeRemark[] = [
  'bodyChanged',
  'completionLost',
  'deadLettered',
  'idChanged',
  'orderingLost',
  'transactionLost',
  'unknownSecret',
];

function factsOf(
  outcome: Outcome,
): Pick<OutcomeReport, 'outcome' | 'status' | 'code' | 'eventType' | 'tenant' | 'secretId' | 'remarks'> {
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
    remarks: remarks.filter((name) => name in outcome),
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
function runThrough(observeRun: (once: () => unknown) => unknown, run: () => unknown): unknown {
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
    // An observer that calls it later must not get an error of the handler that it can no longer expect.
    ignoreRejection(observeRun(() => (isOver ? undefined : once())));
  } catch {
    // Its own error, or the handler's, which is thrown below.
  }
  isOver = true;
  return once();
}

/** The handlers of a worker, typed as those of a route. */

import type { AnyEvent, Handler, HandlerContext, UnlistedType, UnsignedRequest } from '@countersign/core';
import type { JobTrace } from '@countersign/core/jobs';

/** The context of one run of a handler in a worker. */
export interface WorkContext extends HandlerContext {
  readonly job: {
    readonly queue: string;
    /** The engine's id of the message. */
    readonly messageId: string;
    /** The number of times that the engine has handed out this job, from 1; undefined if it does not count them. */
    readonly delivery: number | undefined;
    /** The time when the delivery was put on the queue. */
    readonly arrivedAt: Date;
    /** `traceparent` and `tracestate` of the request that brought the delivery. They are not signed. */
    readonly trace: JobTrace | undefined;
  };
}

/** Runs on an event from a queue. If it throws, the engine's retries, back-off and dead letters apply. */
export type WorkHandler<Event extends AnyEvent = AnyEvent> = (
  event: Event,
  context: WorkContext,
) => ReturnType<Handler>;

/** One handler for each event type, and `otherwise` for all others. A type without a handler is acknowledged. */
export type WorkHandlersByType<Event extends AnyEvent> = {
  readonly [Type in Event['type'] & string as Type extends UnlistedType ? never : Type]?: WorkHandler<
    string extends Event['type'] ? Event : Extract<Event, { type: Type }>
  >;
} & { readonly otherwise?: WorkHandler<Event> };

/** One function, or one for each event type. */
export type WorkHandle<Event extends AnyEvent> = WorkHandler<Event> | WorkHandlersByType<Event>;

/** A handler's context, with the job. Its values are read when they are used, as in the context itself. */
export class JobContext implements WorkContext {
  readonly #context: HandlerContext;
  readonly job: WorkContext['job'];

  constructor(context: HandlerContext, job: WorkContext['job']) {
    this.#context = context;
    this.job = job;
  }

  get signal(): AbortSignal {
    return this.#context.signal;
  }

  get attempt(): number {
    return this.#context.attempt;
  }

  get tenant(): string | undefined {
    return this.#context.tenant;
  }

  get unsigned(): UnsignedRequest {
    return this.#context.unsigned;
  }

  get deadline(): Date | undefined {
    return this.#context.deadline;
  }

  get transaction(): unknown {
    return this.#context.transaction;
  }
}

/** Waits for answers, but not for ever: packets that get lost tell nobody, and most clients wait on. */

/** What a step rejects with whose connection did not answer. */
export class Silence extends Error {
  constructor(seconds: number) {
    super(`The connection did not answer within ${seconds} s.`);
    this.name = 'TimeoutError';
  }
}

/** A step that is waited for, in a chain of those that end before and after it. */
interface Waiting {
  /** The tick at which it ends. */
  readonly until: number;
  readonly fail: ((error: unknown) => void) | undefined;
  before: Waiting;
  /** Undefined once nobody waits for it. */
  after: Waiting | undefined;
}

/** A limit is this many ticks long, and one more for a step that comes in the middle of one. */
const ticksOfLimit = 30;

/**
 * A time limit for many steps, over one timer: a timer for each, and a race of promises, cost a store in Redis 4 % of its speed.
 *
 * Time is counted in ticks of that timer and not read from a clock. So a process that stood still for longer than the limit reads the
 * answers that came meanwhile before it counts them as missing. The timer keeps no process alive: the connection that is waited for does.
 */
export class TimeLimit {
  readonly #seconds: number;
  /** Where the chain begins and ends. All may take as long, so the first to come is the first to end. */
  readonly #ends: Waiting;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #ticks = 0;

  constructor(seconds: number) {
    this.#seconds = seconds;
    const ends = { until: Number.POSITIVE_INFINITY, fail: undefined } as unknown as Waiting;
    ends.before = ends;
    ends.after = ends;
    this.#ends = ends;
  }

  /** What the step settles with, or {@link Silence}. The step itself goes on; what it settles with later harms nobody. */
  run<Result>(step: PromiseLike<Result>): Promise<Result> {
    return new Promise((resolve, reject) => this.watch(step, resolve, reject));
  }

  /**
   * The same with callbacks, for what lies in the way of every claim: of `done` and `fail` one is called, once. Where `done` throws,
   * `fail` is called as well.
   *
   * @param late is given what comes after the limit
   */
  watch<Result>(
    step: PromiseLike<Result>,
    done: (result: Result) => void,
    fail: (error: unknown) => void,
    late?: (result: Result) => void,
  ): void {
    const waiting = this.#add(fail);
    step.then(
      (result) => {
        if (!this.#remove(waiting)) {
          late?.(result);
          return;
        }
        try {
          done(result);
        } catch (error) {
          settle(waiting, error);
        }
      },
      (error) => {
        if (this.#remove(waiting)) settle(waiting, error);
      },
    );
  }

  #add(fail: (error: unknown) => void): Waiting {
    const ends = this.#ends;
    const last = ends.before;
    const waiting: Waiting = { until: this.#ticks + ticksOfLimit + 1, fail, before: last, after: ends };
    last.after = waiting;
    ends.before = waiting;
    if (this.#timer === undefined) this.#schedule();
    return waiting;
  }

  /** Whether it was still waited for. */
  #remove(waiting: Waiting): boolean {
    const { before, after } = waiting;
    if (after === undefined) return false;
    before.after = after;
    after.before = before;
    waiting.after = undefined;
    // Otherwise kept for the next step: making a timer takes longer than passing over one that has nothing to do.
    if (before === after && !isUnref(this.#timer)) {
      clearTimeout(this.#timer);
      this.#timer = undefined;
    }
    return true;
  }

  #schedule(): void {
    const timer = setTimeout(() => this.#tick(), (this.#seconds * 1000) / ticksOfLimit);
    if (isUnref(timer)) timer.unref();
    this.#timer = timer;
  }

  #tick(): void {
    this.#timer = undefined;
    this.#ticks++;
    for (let first = this.#ends.after as Waiting; first !== this.#ends; first = this.#ends.after as Waiting) {
      if (first.until > this.#ticks) {
        this.#schedule();
        return;
      }
      this.#remove(first);
      settle(first, new Silence(this.#seconds));
    }
  }
}

/** What closing a connection throws, which comes last, must not end the process. */
function settle({ fail }: Waiting, error: unknown): void {
  try {
    fail?.(error);
  } catch {
    // The step has failed by then.
  }
}

/** Whether the runtime can let a timer keep no process alive. */
function isUnref(timer: unknown): timer is { unref(): void } {
  return typeof timer === 'object' && typeof (timer as { unref?: unknown }).unref === 'function';
}

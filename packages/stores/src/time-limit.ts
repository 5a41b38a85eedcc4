/** Limits how long answers are waited for: lost packets are not reported, and most clients wait on. */

/** The error of a step whose connection did not answer. */
export class Silence extends Error {
  constructor(seconds: number) {
    super(`The connection did not answer within ${seconds} s.`);
    this.name = 'TimeoutError';
  }
}

/** A pending step, in a list ordered by start. */
interface Waiting {
  /** The tick at which it times out. */
  readonly until: number;
  /** Undefined once no one is waiting for it. */
  fail: ((error: unknown) => void) | undefined;
  next: Waiting | undefined;
  /** For a step that is not in a list. */
  readonly timer: ReturnType<typeof setTimeout> | undefined;
}

/**
 * On Workers a timer belongs to the request that made it and ends with it, even if the steps of others are still
 * waiting.
 */
const isOnWorkers = () =>
  (globalThis as { navigator?: { userAgent?: unknown } }).navigator?.userAgent === 'Cloudflare-Workers';

/** Number of ticks in a limit, plus one for a step that starts in the middle of one. */
const ticksOfLimit = 30;

/**
 * A time limit for many steps, using one timer: a timer for each step and a promise race cost a store in Redis 4 % of
 * its speed. Steps wait in a list, because answers usually arrive in the order of the questions: a step that is
 * answered early keeps its place until the earlier ones are answered.
 *
 * Time is counted in ticks of that timer and not read from a clock. So a process that was paused for longer than the
 * limit reads the answers that arrived in the meantime before it counts them as missing. The timer does not keep the
 * process alive: the connection does.
 *
 * On Cloudflare Workers each step has its own timer.
 */
export class TimeLimit {
  readonly #seconds: number;
  readonly #answered: () => void;
  /** All steps have the same limit, so the first to start is the first to time out. */
  #first: Waiting | undefined;
  #last: Waiting | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #ticks = 0;
  readonly #isShared = !isOnWorkers();

  /** @param answered called with each answer that arrives in time and is not an error */
  constructor(seconds: number, answered: () => void = () => undefined) {
    this.#seconds = seconds;
    this.#answered = answered;
  }

  /** Returns the result of the step, or {@link Silence}. The step itself continues; its later result does no harm. */
  run<Result>(step: PromiseLike<Result>): Promise<Result> {
    return new Promise((resolve, reject) => this.watch(step, resolve, reject));
  }

  /**
   * The same with callbacks, because every claim goes through it: either `done` or `fail` is called, once. If `done`
   * throws,
   * `fail` is called as well.
   *
   * @param late called with a result that arrives after the limit
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
          this.#answered();
          done(result);
        } catch (error) {
          settle(fail, error);
        }
      },
      (error) => {
        if (this.#remove(waiting)) settle(fail, error);
      },
    );
  }

  #add(fail: (error: unknown) => void): Waiting {
    if (!this.#isShared) return this.#addAlone(fail);
    const waiting: Waiting = { until: this.#ticks + ticksOfLimit + 1, fail, next: undefined, timer: undefined };
    if (this.#last === undefined) this.#first = waiting;
    else this.#last.next = waiting;
    this.#last = waiting;
    if (this.#timer === undefined) this.#schedule();
    return waiting;
  }

  #addAlone(fail: (error: unknown) => void): Waiting {
    const end = () => {
      if (this.#remove(waiting)) settle(fail, new Silence(this.#seconds));
    };
    const timer = setTimeout(end, this.#seconds * 1000);
    const waiting: Waiting = { until: Number.POSITIVE_INFINITY, fail, next: undefined, timer };
    return waiting;
  }

  /** True if it was still pending. */
  #remove(waiting: Waiting): boolean {
    if (waiting.fail === undefined) return false;
    waiting.fail = undefined;
    if (waiting.timer !== undefined) clearTimeout(waiting.timer);
    else if (waiting === this.#first) this.#moveUp();
    return true;
  }

  #moveUp(): void {
    let first = this.#first;
    while (first !== undefined && first.fail === undefined) first = first.next;
    this.#first = first;
    if (first !== undefined) return;
    this.#last = undefined;
    // Otherwise kept for the next step: making a timer takes longer than an idle tick.
    if (!isUnref(this.#timer)) {
      clearTimeout(this.#timer);
      this.#timer = undefined;
    }
  }

  #schedule(): void {
    const timer = setTimeout(() => this.#tick(), (this.#seconds * 1000) / ticksOfLimit);
    if (isUnref(timer)) timer.unref();
    this.#timer = timer;
  }

  #tick(): void {
    this.#timer = undefined;
    this.#ticks++;
    const failed: Waiting['fail'][] = [];
    for (let first = this.#first; first !== undefined && first.until <= this.#ticks; first = this.#first) {
      failed.push(first.fail);
      this.#remove(first);
    }
    if (this.#first !== undefined) this.#schedule();
    // Last, because a failure may send another step, and that would need a second timer.
    for (const fail of failed) settle(fail, new Silence(this.#seconds));
  }
}

/** An error from closing a connection, which comes last, must not end the process. */
function settle(fail: Waiting['fail'], error: unknown): void {
  try {
    fail?.(error);
  } catch {
    // The step has failed by then.
  }
}

/** True if the runtime can unref a timer. */
function isUnref(timer: unknown): timer is { unref(): void } {
  return typeof timer === 'object' && typeof (timer as { unref?: unknown }).unref === 'function';
}

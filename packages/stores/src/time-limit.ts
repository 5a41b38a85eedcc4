/** Waits for answers, but not for ever: packets that get lost tell nobody, and most clients wait on. */

/** What a step rejects with whose connection did not answer. */
export class Silence extends Error {
  constructor(seconds: number) {
    super(`The connection did not answer within ${seconds} s.`);
    this.name = 'TimeoutError';
  }
}

/** A step that is waited for, in a line of those that began before and after it. */
interface Waiting {
  /** The tick at which it ends. */
  readonly until: number;
  /** Undefined once nobody waits for it. */
  fail: ((error: unknown) => void) | undefined;
  next: Waiting | undefined;
  /** Of a step that is in no line. */
  readonly timer: ReturnType<typeof setTimeout> | undefined;
}

/** A timer there belongs to the request that made it and ends with it, though the steps of others may still wait. */
const isOnWorkers = () =>
  (globalThis as { navigator?: { userAgent?: unknown } }).navigator?.userAgent === 'Cloudflare-Workers';

/** A limit is this many ticks long, and one more for a step that comes in the middle of one. */
const ticksOfLimit = 30;

/**
 * A time limit for many steps, over one timer: a timer for each, and a race of promises, cost a store in Redis 4 % of its speed. Steps
 * wait in a line, since answers mostly come in the order of the questions: one that is answered before others keeps its place until those are.
 *
 * Time is counted in ticks of that timer and not read from a clock. So a process that stood still for longer than the limit reads the
 * answers that came meanwhile before it counts them as missing. The timer keeps no process alive: the connection that is waited for does.
 *
 * On Cloudflare Workers each step has a timer of its own.
 */
export class TimeLimit {
  readonly #seconds: number;
  readonly #answered: () => void;
  /** All may take as long, so the first to come is the first to end. */
  #first: Waiting | undefined;
  #last: Waiting | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #ticks = 0;
  readonly #isShared = !isOnWorkers();

  /** @param answered is called with each answer in time that is no error */
  constructor(seconds: number, answered: () => void = () => undefined) {
    this.#seconds = seconds;
    this.#answered = answered;
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

  /** Whether it was still waited for. */
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
    // Otherwise kept for the next step: making a timer takes longer than passing over one that has nothing to do.
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
    // Last, since what fails may send another step, and that a second timer.
    for (const fail of failed) settle(fail, new Silence(this.#seconds));
  }
}

/** What closing a connection throws, which comes last, must not end the process. */
function settle(fail: Waiting['fail'], error: unknown): void {
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

/** The attempts of a simulated sender, in the order of its own clock. */

import type { Provider } from '@countersign/core';
import type { EndpointSubject } from '../endpoint/endpoint-subject.ts';
import type { SignedDelivery } from '../signing/signing-options.ts';
import { drawSeed, randomOf } from './random.ts';
import type { FaultRates, SimulationOptions } from './simulation-options.ts';

/** Standard Webhooks 1.0.0, section "Deliverability and reliability": used for a sender without figures of its own. */
export const usualDelaysSeconds = [5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400];

/** One event on the sender's side. */
export interface SentEvent {
  readonly id: string;
  /** Undefined for the type of the options, or the usual one. */
  readonly type: string | undefined;
  /** Its position in the order in which the events were created. */
  readonly place: number;
  /** In seconds of the sender's time since the start. */
  readonly createdAt: number;
  attempts: number;
  /** The time of the first 2xx; undefined if there was none. */
  acceptedAt: number | undefined;
  isGivenUp: boolean;
  /** The bytes that a sender without re-signing sends each time. */
  first: SignedDelivery | undefined;
}

export interface Attempt {
  readonly at: number;
  readonly order: number;
  readonly event: SentEvent;
}

/** The attempts that are still to be sent, and the way they are sent. */
export class Run {
  readonly answers: Record<number, number> = {};
  attempts = 0;
  /** The sender's time, in seconds since the start. */
  now = 0;
  readonly #provider: Provider;
  readonly #subject: EndpointSubject;
  readonly #options: SimulationOptions;
  readonly #rates: FaultRates;
  readonly #delays: readonly number[];
  readonly #startedAt = Date.now();
  readonly #planned: Attempt[] = [];
  #order = 0;

  constructor(provider: Provider, subject: EndpointSubject, options: SimulationOptions) {
    this.#provider = provider;
    this.#subject = subject;
    this.#options = options;
    this.#rates = options.rates ?? {};
    this.#delays = options.delaysSeconds ?? provider.retries?.delaysSeconds ?? usualDelaysSeconds;
  }

  /** Inserts an attempt: by time, then in the order of planning. */
  plan(at: number, event: SentEvent): void {
    const attempt = { at, order: this.#order++, event };
    let place = this.#planned.length;
    while (place > 0 && isLater(this.#planned[place - 1] as Attempt, attempt)) place--;
    this.#planned.splice(place, 0, attempt);
  }

  /** Sends until nothing is left. */
  async finish(): Promise<void> {
    const { speed = 'virtual', lanes = 32 } = this.#options;
    if (speed === 'virtual') {
      for (let next = this.#planned.shift(); next !== undefined; next = this.#planned.shift()) {
        this.now = next.at;
        this.#options.onTime?.(new Date(this.#startedAt + next.at * 1000));
        await this.#attempt(next.event);
      }
      return;
    }
    const underWay = new Set<Promise<void>>();
    while (this.#planned.length > 0 || underWay.size > 0) {
      this.now = ((Date.now() - this.#startedAt) / 1000) * speed;
      const next = this.#planned[0];
      if (next !== undefined && next.at <= this.now && underWay.size < lanes) {
        this.#planned.shift();
        const work = this.#attempt(next.event).finally(() => underWay.delete(work));
        underWay.add(work);
        continue;
      }
      const wait = next === undefined ? 50 : Math.min(50, Math.max(1, ((next.at - this.now) / speed) * 1000));
      await Promise.race([...underWay, new Promise((resolve) => setTimeout(resolve, wait))]);
    }
  }

  async #attempt(event: SentEvent): Promise<void> {
    const { duplicate = 0, timeout = 0, crash = 0 } = this.#rates;
    event.attempts += 1;
    const random = randomOf(drawSeed(this.#options.seed ?? 1, event.place, event.attempts));
    const [isTwice, isCut, isForgotten] = [duplicate, timeout, crash].map((rate) => random() < rate);
    const delivery = await this.#deliveryOf(event);
    const copies = isTwice ? 2 : 1;
    this.attempts += copies;
    const answers = await Promise.all(
      Array.from({ length: copies }, () => this.#subject.send(delivery, isCut ? { cutAfter: 5 } : {})),
    );
    for (const { status } of answers) this.answers[status] = (this.answers[status] ?? 0) + 1;
    const isAccepted = answers.some(({ status }) => status >= 200 && status < 300);
    if (isAccepted && isForgotten !== true) {
      event.acceptedAt ??= this.now;
      return;
    }
    const delay = this.#delays[event.attempts - 1];
    if (delay === undefined) {
      if (isAccepted) event.acceptedAt ??= this.now;
      else event.isGivenUp = true;
    } else this.plan(this.now + delay, event);
  }

  /**
   * Signed again for each attempt, or the bytes of the first, as the sender does it; signed again if that is not known.
   */
  async #deliveryOf(event: SentEvent): Promise<SignedDelivery> {
    const isAnew = this.#provider.retries?.resigns !== false;
    const changes = event.type === undefined ? {} : { type: event.type };
    event.first ??= await this.#subject.sign(event.id, changes);
    if (!isAnew || event.attempts === 1) return event.first;
    return this.#subject.sign(event.id, changes);
  }
}

export function isLater(left: Attempt, right: Attempt): boolean {
  return left.at > right.at || (left.at === right.at && left.order > right.order);
}

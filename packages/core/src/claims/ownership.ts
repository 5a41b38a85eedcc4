/** An event owned by this process: its claim, and its turn among the events of its entity. */

import type { Identity } from '../event/event.ts';
import type { VerifiedEvent } from '../event/verified-event.ts';
import type { CheckedDedupe } from './dedupe-options.ts';
import { type Turn, takeTurn } from './entity-turn.ts';
import { claimInTime, HeldClaim, triedAgain } from './held-claim.ts';
import type { Claim, StoredResponse } from './store.ts';

/** Someone else has the event, or it is done. */
export type NotOwned = Exclude<Claim, { readonly state: 'claimed' }>;

/**
 * Waits for the event's turn, if events are ordered, and claims the event.
 *
 * @throws store_unavailable; options_invalid for an invalid result of `ordering`
 */
export async function takeOwnership(
  event: VerifiedEvent,
  identity: Identity,
  dedupe: CheckedDedupe,
): Promise<Ownership | NotOwned> {
  const { ordering } = dedupe;
  const turn = ordering === undefined ? undefined : await takeTurn(event, dedupe, ordering);
  if (typeof turn === 'number') return { state: 'in_flight', leaseLeftSeconds: turn };
  let isOwned = false;
  try {
    const askedAt = performance.now();
    const claim = await claimInTime(dedupe, identity.key);
    if (claim.state !== 'claimed') return claim;
    // A key that stands for a single delivery is never claimed again.
    const retentionSeconds = identity.from === 'none' ? 1 : dedupe.retentionSeconds;
    const owned = new Ownership(dedupe, identity.key, claim.token, askedAt, retentionSeconds, turn, claim.attempt);
    if (turn !== undefined) owned.isStale = await isPassed(turn, owned);
    isOwned = true;
    return owned;
  } finally {
    if (!isOwned) await turn?.leave();
  }
}

async function isPassed(turn: Turn, held: HeldClaim): Promise<boolean> {
  try {
    return await turn.isPassed();
  } catch (error) {
    await held.release({ ran: false });
    throw error;
  }
}

/** A claim, with its turn, on an event that this process owns. */
export class Ownership extends HeldClaim {
  readonly state = 'owned';
  /** Number of runs of the event, including this one. */
  readonly attempt: number;
  /** True if a newer event of the entity has been handled. */
  isStale = false;
  /** True for an event that was given up, and was sent again since. */
  isSentAgain = false;
  readonly #turn: Turn | undefined;

  constructor(
    dedupe: CheckedDedupe,
    key: string,
    token: string,
    askedAt: number,
    retentionSeconds: number,
    turn: Turn | undefined,
    attempt: number,
  ) {
    super(dedupe, key, token, askedAt, retentionSeconds);
    this.#turn = turn;
    this.attempt = attempt;
  }

  /** Renews claim and turn from now on, and reports if the event is lost. */
  override keep(onLost: () => void): void {
    super.keep(onLost);
    this.#turn?.keep(onLost);
  }

  /** Also ends the renewals of the turn: the handler runs on past its deadline for an unknown time. */
  stopTurn(): void {
    this.#turn?.stop();
  }

  /**
   * Records the event.
   *
   * @param advances true if it is the newest of its entity from now on
   */
  record(response: StoredResponse | undefined, advances: boolean): ReturnType<HeldClaim['complete']> {
    const turn = this.#turn;
    return this.complete(response, turn === undefined || !advances ? undefined : () => turn.advance());
  }

  /** Makes the event the newest of its entity. @throws if the store cannot answer, three times */
  async advance(timeoutSeconds: number): Promise<void> {
    const turn = this.#turn;
    if (turn !== undefined) await triedAgain(() => turn.advance(), timeoutSeconds);
  }

  /** Lets the next event of the entity have its turn. */
  async leave(): Promise<void> {
    await this.#turn?.leave();
  }
}

/** An event in the hands of this process: its claim, and its turn among the events of its entity. */

import type { Identity } from '../event/event.ts';
import type { VerifiedEvent } from '../event/verified-event.ts';
import type { CheckedDedupe } from './dedupe-options.ts';
import { type Turn, takeTurn } from './entity-turn.ts';
import { claimInTime, HeldClaim, triedAgain } from './held-claim.ts';
import type { Claim, StoredAnswer } from './store.ts';

/** Somebody else has the event, or it is done. */
export type NotOwned = Exclude<Claim, { readonly state: 'claimed' }>;

/**
 * Waits for the event's turn, where events have one, and claims the event.
 *
 * @throws store_unavailable; options_invalid for an `ordering` that gives something odd
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
    // Nobody asks for a key again that stands for one delivery alone.
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

/** What this process may do with an event that it owns: a claim, with the turn that belongs to it. */
export class Ownership extends HeldClaim {
  readonly state = 'owned';
  /** Counts the runs of the event, this one among them. */
  readonly attempt: number;
  /** Whether a newer event of the entity was handled already. */
  isStale = false;
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

  /** Renews claim and turn from now on, and reports where the event is lost. */
  override keep(onLost: () => void): void {
    super.keep(onLost);
    this.#turn?.keep(onLost);
  }

  /** Ends the renewals of the turn too: the handler runs on past its deadline, and nobody knows for how long. */
  stopTurn(): void {
    this.#turn?.stop();
  }

  /**
   * Puts the event on record.
   *
   * @param advances whether it is the newest of its entity from now on
   */
  record(answer: StoredAnswer | undefined, advances: boolean): ReturnType<HeldClaim['complete']> {
    const turn = this.#turn;
    return this.complete(answer, turn === undefined || !advances ? undefined : () => turn.advance());
  }

  /** Makes the event the newest of its entity. @throws where the store cannot answer, three times */
  async advance(timeoutSeconds: number): Promise<void> {
    const turn = this.#turn;
    if (turn !== undefined) await triedAgain(() => turn.advance(), timeoutSeconds);
  }

  /** Lets the next event of the entity have its turn. */
  async leave(): Promise<void> {
    await this.#turn?.leave();
  }
}

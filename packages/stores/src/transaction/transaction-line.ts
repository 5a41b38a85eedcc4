/** The connection of one transaction: a step that it does not answer is the last one that the store sends on it. */

import { Silence, type TimeLimit } from '../time-limit.ts';

export class TransactionLine {
  readonly #limit: TimeLimit;
  #silence: Silence | undefined;

  constructor(limit: TimeLimit) {
    this.#limit = limit;
  }

  /** Whether a step went unanswered. What a handler left running or open holds up the steps behind it as well. */
  get isSilent(): boolean {
    return this.#silence !== undefined;
  }

  /** @throws Silence at once where an earlier step went unanswered, so that the end of a transaction takes one time limit, not two */
  async run<Result>(step: () => PromiseLike<Result>): Promise<Result> {
    if (this.#silence !== undefined) throw this.#silence;
    try {
      return await this.#limit.run(step());
    } catch (error) {
      if (error instanceof Silence) this.#silence = error;
      throw error;
    }
  }

  /**
   * Runs a transaction that a client or an ORM begins and ends by itself, and that would wait for ever for BEGIN, ROLLBACK and COMMIT on a
   * connection that does not answer. Only `body` may take longer; what it fails with comes first.
   */
  transact<Transaction>(
    begin: (body: (transaction: Transaction) => Promise<void>) => PromiseLike<unknown>,
    body: (transaction: Transaction) => Promise<void>,
  ): Promise<unknown> {
    return new Promise((resolve, reject) => {
      let opened: () => void = () => undefined;
      const open = new Promise<void>((resolveOpen) => {
        opened = resolveOpen;
      });
      const fail = (error: unknown, failure = error) => {
        if (error instanceof Silence) this.#silence = error;
        reject(failure);
      };
      this.#limit.watch(open, () => undefined, fail);
      const ended = (async () =>
        begin(async (transaction) => {
          opened();
          // Opened too late, when nobody waits for it any longer.
          if (this.#silence !== undefined) throw this.#silence;
          let failed: { readonly error: unknown } | undefined;
          try {
            await body(transaction);
          } catch (error) {
            failed = { error };
            // Its ROLLBACK would not be answered either.
            if (this.isSilent) reject(error);
            throw error;
          } finally {
            this.#limit.watch(ended, resolve, (error) => fail(error, failed === undefined ? error : failed.error));
          }
        }))();
      ended.then(resolve, fail).finally(opened);
    });
  }
}

/** The connection of one transaction: after a step that gets no answer, the store sends no more steps on it. */

import { Silence, type TimeLimit } from '../time-limit.ts';

export class TransactionLine {
  readonly #limit: TimeLimit;
  #silence: Silence | undefined;

  constructor(limit: TimeLimit) {
    this.#limit = limit;
  }

  /** True if a step went unanswered. A query or cursor that a handler left open delays later steps as well. */
  get isSilent(): boolean {
    return this.#silence !== undefined;
  }

  /**
   * @throws Silence immediately if an earlier step went unanswered, so that the end of a transaction takes one time
   *   limit, not two
   */
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
   * Runs a transaction that a client or an ORM begins and ends itself, and that would wait forever for BEGIN, ROLLBACK
   * and COMMIT on a connection that does not answer. Only `body` may take longer; its error comes first.
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
          // Opened too late: no one is waiting for it any more.
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

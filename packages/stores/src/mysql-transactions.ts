/** Transactions of handlers in MariaDB and MySQL: on a connection of the pool, or opened by an ORM. */

import type { StoredResponse, TransactionEnd } from '@countersign/core';
import {
  commit,
  execute,
  type MysqlCheckout,
  type MysqlConnection,
  type MysqlValue,
  rollback,
  takeMysqlConnection,
} from './mysql-clients.ts';
import { silenceSeconds } from './silence.ts';
import { TimeLimit } from './time-limit.ts';
import { commitOrRollBack, type RepetitionCheck, rolledBack } from './transaction/client-transaction.ts';
import { openMysqlTransaction } from './transaction/mysql-connection.ts';
import { errnoOf, type OrmTransaction, openOrmTransaction, queryOrm } from './transaction/orm-transaction.ts';
import { savepointBy } from './transaction/store-savepoint.ts';
import { TransactionLine } from './transaction/transaction-line.ts';

type Work = (transaction: object) => Promise<StoredResponse | undefined>;

/** ER_SP_DOES_NOT_EXIST, which is also reported for savepoints. */
const noSavepoint = 1305;
const savepointOn = (run: (text: string) => unknown) => savepointBy(run, (error) => errnoOf(error) === noSavepoint);

const limit = new TimeLimit(silenceSeconds);

/**
 * Runs a handler in a transaction on a connection of the pool.
 *
 * A procedure that it calls may end the transaction unseen. A row written beforehand distinguishes a rollback from a
 * commit.
 */
export function createTransactInPool(pool: MysqlCheckout, marks: TransactionMarks) {
  return async (
    work: Work,
    complete: (connection: MysqlConnection, response: StoredResponse | undefined) => Promise<boolean>,
  ): Promise<TransactionEnd> => {
    const connection = await takeMysqlConnection(pool);
    const line = new TransactionLine(limit);
    const run = (text: string) => line.run(() => connection.query(text));
    const savepoint = savepointOn(run);
    const mark = createMark(marks);
    const open = openMysqlTransaction(connection, mark);
    let isClean = false;
    let isApart = false;
    /** Call it once the savepoint is gone and no connection holds the transaction any more. */
    const wasCommitted = async () => !open.isMarked() || (await mark.isThere());
    try {
      await run('START TRANSACTION');
      await savepoint.set();
      let response: StoredResponse | undefined;
      try {
        response = await work(open.client);
      } catch (error) {
        const isUndone = (open.rolledBackBy() ?? open.perhapsRolledBackBy()) !== undefined;
        isApart = !isUndone && (await savepoint.isGone());
        throw error;
      } finally {
        open.close();
      }
      // The handler's earlier writes are gone, however it handled the error.
      if (open.rolledBackBy() !== undefined) throw open.rolledBackBy();
      open.nested.requireEnded();
      if (!(await savepoint.release())) {
        if (open.perhapsRolledBackBy() !== undefined) throw open.perhapsRolledBackBy();
        await run(commit);
        isClean = true;
        if (await wasCommitted()) return 'apart';
        throw rolledBack();
      }
      if (open.isMarked()) await line.run(() => execute(connection, marks.statements.unmark, [mark.key]));
      const isOwned = await line.run(() => complete(connection, response));
      await run(isOwned ? commit : rollback);
      isClean = true;
      return isOwned;
    } catch (error) {
      if (isApart) {
        if (await wasCommitted()) return 'apart';
        throw error;
      }
      isClean ||= await run(rollback).then(
        () => true,
        () => false,
      );
      throw error;
    } finally {
      // A connection that may still be inside the transaction must not be used by anyone else.
      if (isClean) connection.release();
      else connection.destroy();
    }
  };
}

/** The parts of the store that are needed to mark a transaction. */
export interface TransactionMarks {
  readonly statements: { readonly mark: string; readonly unmark: string; readonly readMark: string };
  /** Time for which an orphaned mark is kept, in milliseconds. */
  readonly markMilliseconds: number;
  /** A step outside the transaction. */
  step(text: string, values: readonly MysqlValue[]): Promise<unknown>;
}

function createMark({ statements, markMilliseconds, step }: TransactionMarks) {
  const key = `transaction-${crypto.randomUUID()}`;
  return {
    key,
    sql: statements.mark,
    values: [key, markMilliseconds],
    /** True if it was committed; if so, it is removed. */
    async isThere(): Promise<boolean> {
      const [row] = (await step(statements.readMark, [key])) as { claim_key: unknown }[];
      const isThere = row?.claim_key === key;
      // A mark that remains is swept after its expiry.
      if (isThere) await step(statements.unmark, [key]).catch(() => undefined);
      return isThere;
    },
  };
}

/** Runs a statement in the transaction, and returns its rows. */
export type QueryInTransaction = (text: string, values: readonly MysqlValue[]) => Promise<Record<string, unknown>[]>;

/** The completion of a key in an ORM's transaction. */
export interface OrmCompletion extends RepetitionCheck<QueryInTransaction> {
  /** False if the claim is not the owner's, or the key is done. */
  complete(query: QueryInTransaction, response: StoredResponse | undefined): Promise<boolean>;
}

/**
 * Runs a handler in a transaction that an ORM opens.
 *
 * The store does not see the ORM's statements, so it does not notice if the handler catches a deadlock and its
 * transaction is rolled back. A row that is written first and removed last distinguishes that from a commit.
 */
export async function transactInOrm(
  orm: OrmTransaction<object>,
  marks: TransactionMarks,
  work: Work,
  completion: OrmCompletion,
): Promise<TransactionEnd> {
  const mark = createMark(marks);
  const line = new TransactionLine(limit);
  const queryIn = (transaction: object): QueryInTransaction => {
    return (text, values) => line.run(() => queryOrm(orm, transaction, text, values));
  };
  return commitOrRollBack<object>(
    {
      begin: (body) => line.transact<object>((begun) => orm.run(begun), body),
      at: 'mysqlStore.transaction.run',
      open: openOrmTransaction,
      savepoint(transaction) {
        const query = queryIn(transaction);
        const savepoint = savepointOn((text) => query(text, []));
        return {
          ...savepoint,
          async set() {
            await savepoint.set();
            await query(mark.sql, mark.values);
          },
          async release() {
            const isThere = await savepoint.release();
            if (isThere) await query(marks.statements.unmark, [mark.key]);
            return isThere;
          },
        };
      },
      wasCommitted: mark.isThere,
      repetition: {
        isDone: completion.isDone,
        isDoneIn: (transaction) => completion.isDoneIn(queryIn(transaction)),
      },
    },
    async (open, transaction) => {
      const response = await work(open);
      return () => completion.complete(queryIn(transaction), response);
    },
  );
}

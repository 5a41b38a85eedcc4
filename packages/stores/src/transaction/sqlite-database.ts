/** A SQLite database while a handler uses it. */

import { guard, type OpenTransaction, openTransaction, refuseToClose, type Tenure } from '../open-transaction.ts';
import { NestedTransactions, type Replacement, refuse } from './nested-transactions.ts';

type Method = (...given: unknown[]) => unknown;

/** The parts of a node:sqlite, better-sqlite3 or libsql database that are used. */
interface Database {
  prepare(sql: string): object;
  exec(sql: string): unknown;
}

export interface OpenSqliteTransaction extends OpenTransaction<Database> {
  readonly nested: NestedTransactions;
  /** The error with which SQLite rolled back the whole transaction, if the store's savepoint is gone. */
  readonly rolledBackBy: () => unknown;
}

/** The methods that run a statement, in node:sqlite, better-sqlite3 and libsql. */
const runners = ['run', 'get', 'all', 'iterate'] as const;

/** Wraps a database in which the store has begun a transaction and set its savepoint. */
export function openSqliteTransaction(database: Database): OpenSqliteTransaction {
  const nested = new NestedTransactions('sqlite');
  let error: unknown;
  let isGone = false;
  const iterators = new Set<Iterator<unknown>>();
  const watch: Watch = {
    iterators,
    /** Some errors, such as a full disk or ON CONFLICT ROLLBACK, end the transaction: https://www.sqlite.org/lang_transaction.html */
    run<Result>(step: () => Result): Result {
      if (isGone) {
        throw refuse(
          'An error made SQLite roll back the whole transaction, so the rest of the handler cannot be part of it. Let that error through: the event runs again.',
        );
      }
      try {
        return step();
      } catch (thrown) {
        error ??= thrown;
        isGone = isInTransaction(database) === false;
        throw thrown;
      }
    },
  };
  const open = openTransaction(database, (tenure, wrapped) => membersOf({ database, nested, tenure, watch, wrapped }));
  return {
    ...open,
    nested,
    rolledBackBy: () => error,
    close() {
      open.close();
      // An open iterator keeps the database busy: nothing could be committed or claimed.
      for (const iterator of iterators) iterator.return?.();
    },
  };
}

interface Watch {
  /** Iterators of the handler that have not ended. */
  readonly iterators: Set<Iterator<unknown>>;
  run<Result>(step: () => Result): Result;
}

interface Surroundings {
  readonly database: Database;
  readonly nested: NestedTransactions;
  readonly tenure: Tenure;
  readonly watch: Watch;
  wrapped(): Database;
}

function membersOf(given: Surroundings) {
  const { database, nested, tenure, watch, wrapped } = given;
  const inner = database as Database & { createTagStore?: Method; transaction?: Method };
  const replace = <Result>({ text, undo }: Replacement, send: (text: string) => Result): Result => {
    try {
      return watch.run(() => send(text));
    } catch (error) {
      undo();
      throw error;
    }
  };
  return {
    exec(sql: string) {
      tenure.requireOpen();
      const replacement = nested.decide(sql);
      const send = (text: string) => database.exec(text);
      const result = replacement === undefined ? watch.run(() => send(sql)) : replace(replacement, send);
      return result === database ? wrapped() : result;
    },
    prepare(sql: string, ...options: unknown[]) {
      tenure.requireOpen();
      if (!nested.isControl(sql)) {
        const statement = Reflect.apply(database.prepare, database, [sql, ...options]) as object;
        return guardStatement(statement, given, (runner, values) => watch.run(() => runner(statement)(...values)));
      }
      // The replacement is decided when it runs, which may be more than once.
      const stand = database.prepare('SAVEPOINT countersign_prepared');
      return guardStatement(stand, given, (runner, values) =>
        replace(nested.decide(sql) as Replacement, (text) => runner(database.prepare(text))(...values)),
      );
    },
    ...(typeof inner.transaction === 'function' && { transaction: createTransaction(given, replace) }),
    ...(typeof inner.createTagStore === 'function' && {
      createTagStore: (...parameters: unknown[]) => guardTags(inner.createTagStore?.(...parameters) as object, given),
    }),
    close: refuseToClose,
    [Symbol.dispose]: () => undefined,
  };
}

function guardStatement(
  statement: object,
  { tenure, watch, wrapped }: Surroundings,
  run: (runner: (statement: object) => Method, values: unknown[]) => unknown,
): object {
  const members: Record<string, unknown> = {};
  for (const name of runners) {
    if (typeof (statement as Record<string, unknown>)[name] !== 'function') continue;
    members[name] = (...values: unknown[]) => {
      tenure.requireOpen();
      const result = run((target) => ((target as Record<string, Method>)[name] as Method).bind(target), values);
      return name === 'iterate' ? guardIterator(result as IterableIterator<unknown>, tenure, watch) : result;
    };
  }
  if ('database' in statement) members.database = wrapped();
  return guard(statement, tenure, members);
}

/** An iterator runs its statement while it is read. */
function guardIterator(rows: IterableIterator<unknown>, tenure: Tenure, watch: Watch): IterableIterator<unknown> {
  watch.iterators.add(rows);
  const guarded = {
    next() {
      tenure.requireOpen();
      const result = watch.run(() => rows.next());
      if (result.done) watch.iterators.delete(rows);
      return result;
    },
    return(value?: unknown) {
      watch.iterators.delete(rows);
      return rows.return?.(value) ?? { done: true as const, value };
    },
    [Symbol.iterator]: () => guarded,
  };
  return Object.setPrototypeOf(guarded, Object.getPrototypeOf(rows));
}

/** `transaction()` of better-sqlite3 and libsql: a function that runs another one in a savepoint. */
function createTransaction(
  { database, nested, tenure, wrapped }: Surroundings,
  replace: <Result>(replacement: Replacement, send: (text: string) => Result) => Result,
) {
  const exec = (text: string) => database.exec(text);
  return (work: Method) => {
    function nestedTransaction(this: unknown, ...given: unknown[]): unknown {
      tenure.requireOpen();
      replace(nested.begin(), exec);
      try {
        const result = Reflect.apply(work, this, given);
        if (typeof (result as { then?: unknown } | undefined)?.then === 'function') {
          throw new TypeError('Transaction function cannot return a promise');
        }
        replace(nested.commit(), exec);
        return result;
      } catch (error) {
        replace(nested.rollback(), exec);
        throw error;
      }
    }
    const variants = { default: nestedTransaction, deferred: nestedTransaction, immediate: nestedTransaction };
    return Object.assign(nestedTransaction, { ...variants, exclusive: nestedTransaction, database: wrapped() });
  };
}

/** The tags of node:sqlite, which prepare a template. */
function guardTags(store: object, { nested, tenure, watch }: Surroundings): object {
  const members: Record<string, unknown> = {};
  for (const name of runners) {
    members[name] = (strings: readonly string[], ...values: unknown[]) => {
      tenure.requireOpen();
      if (nested.isControl(strings.join('?'))) {
        throw refuse('BEGIN, COMMIT and ROLLBACK cannot be sent with a tag. Send them with exec().');
      }
      const result = watch.run(() => (store as Record<string, Method>)[name]?.(strings, ...values));
      return name === 'iterate' ? guardIterator(result as IterableIterator<unknown>, tenure, watch) : result;
    };
  }
  return guard(store, tenure, members);
}

/** Undefined if the driver does not report it. */
function isInTransaction(database: Database): boolean | undefined {
  const { isTransaction, inTransaction } = database as { isTransaction?: boolean; inTransaction?: boolean };
  return isTransaction ?? inTransaction;
}

/** A transaction of the postgres package while a handler uses it. */

import { callSelf, guard, type OpenTransaction, openTransaction, type Tenure } from '../open-transaction.ts';
import { NestedTransactions, refuse } from './nested-transactions.ts';

type Sql = (...given: unknown[]) => unknown;
type Work = (sql: unknown) => unknown;

/** The result of a postgres template: sent when it is first awaited, or used as part of another one. */
interface LazyQuery extends Promise<unknown> {
  handler(query: LazyQuery): void;
  reject(error: unknown): void;
  strings: readonly string[];
  args: readonly unknown[];
}

export interface OpenPostgresJsTransaction extends OpenTransaction<object> {
  readonly nested: NestedTransactions;
}

/** Wraps the transaction from `sql.begin()`. `parent` is the app's own function, whose options Drizzle reads. */
export function openPostgresJsTransaction(
  transaction: object,
  parent: { readonly options?: unknown },
): OpenPostgresJsTransaction {
  const nested = new NestedTransactions('postgres');
  const sql = transaction as Sql;
  const open = openTransaction(sql, (tenure) => membersOf(sql, { parent, nested, tenure }));
  return { ...open, nested };
}

interface Surroundings {
  readonly parent: { readonly options?: unknown };
  readonly nested: NestedTransactions;
  readonly tenure: Tenure;
}

function membersOf(sql: Sql, given: Surroundings) {
  const inner = sql as unknown as {
    unsafe(...parameters: unknown[]): unknown;
    savepoint(...parameters: unknown[]): unknown;
  };
  const { nested, tenure } = given;
  const savepoint = async (...parameters: unknown[]): Promise<unknown> => {
    tenure.requireOpen();
    const [first] = parameters;
    if (isTemplate(first)) return savepoint((scope: Sql) => scope(...parameters));
    const work = parameters.at(-1) as Work;
    return inner.savepoint(...parameters.slice(0, -1), (scope: Sql) =>
      work(guard(scope, tenure, membersOf(scope, given))),
    );
  };
  return {
    [callSelf]: (...parameters: unknown[]) => watch(sql(...parameters), nested, tenure),
    unsafe(...parameters: unknown[]) {
      return watch(inner.unsafe(...parameters), nested, tenure);
    },
    savepoint,
    // A postgres transaction has none, and Drizzle begins its own with it.
    async begin(...parameters: unknown[]): Promise<unknown> {
      const [options] = parameters;
      if (typeof options === 'string' && !/^\s*(?:read write)?\s*$/i.test(options)) {
        throw refuse(
          "A transaction inside the store's transaction is a savepoint, which has no isolation level or access mode of its own. Remove the options of begin().",
        );
      }
      return savepoint(parameters.at(-1));
    },
    file() {
      throw refuse('A file may contain COMMIT. Read it yourself, and send its text with sql.unsafe().');
    },
    prepare() {
      throw refuse('Two-phase commit is not available in a handler: the store ends this transaction itself.');
    },
    options: given.parent.options,
  };
}

/** Checks a query when it is sent, which is when its text is known. */
function watch(result: unknown, nested: NestedTransactions, tenure: Tenure): unknown {
  if (!isLazyQuery(result)) return result;
  const { handler } = result;
  result.handler = (query) => {
    try {
      tenure.requireOpen();
      const replacement = nested.decide(textOf(query.strings, query.args));
      if (replacement !== undefined) {
        query.strings = [replacement.text];
        query.args = [];
        query.catch(replacement.undo);
      }
    } catch (error) {
      query.reject(error);
      return;
    }
    handler(query);
  };
  return result;
}

/** The text of a template with that of its parts; a value is one character of it. */
function textOf(strings: readonly string[], args: readonly unknown[]): string {
  return strings.reduce((text, string, index) => {
    const value = args[index - 1];
    return `${text}${isLazyQuery(value) ? textOf(value.strings, value.args) : '?'}${string}`;
  });
}

const isTemplate = (value: unknown): boolean => Array.isArray((value as { raw?: unknown } | undefined)?.raw);

const isLazyQuery = (value: unknown): value is LazyQuery =>
  typeof (value as LazyQuery | undefined)?.handler === 'function' && Array.isArray((value as LazyQuery).strings);

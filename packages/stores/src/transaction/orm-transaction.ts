/** A transaction that an ORM opens, so that handlers write through the ORM. */

import { registerTransaction } from '../open-transaction.ts';

/** A statement of the store, in the forms that ORMs take. Each value is a text, a number or null. */
export interface OrmStatement {
  /** With `$1`, `$2` and so on, which may stand more than once. */
  readonly text: string;
  readonly values: readonly unknown[];
  /** What stands between the parameters, as a template gives it to a tag: `sql(strings, ...parameters)`. */
  readonly strings: TemplateStringsArray;
  /** One for each gap of `strings`. For `?` as placeholders: `strings.join('?')` with these. */
  readonly parameters: readonly unknown[];
}

/**
 * How a store works in the transactions of an ORM.
 *
 * @example
 * // Prisma. Its time limit for a transaction has to be longer than your handlers run.
 * const store = postgresStore({
 *   client: pool,
 *   transaction: {
 *     run: (work: (tx: Prisma.TransactionClient) => Promise<void>) => prisma.$transaction(work, { timeout: 30_000 }),
 *     query: (tx, { text, values }) => tx.$queryRawUnsafe(text, ...values),
 *   },
 * });
 */
export interface OrmTransaction<Transaction> {
  /**
   * Opens a transaction in the database of the store's client and gives it to `work`. Commits when that resolves, rolls back when it
   * rejects, and rejects then.
   */
  readonly run: (work: (transaction: Transaction) => Promise<void>) => PromiseLike<unknown>;
  /** Runs a statement in the transaction. Gives its rows, or `{ rows }`. */
  readonly query: (transaction: Transaction, statement: OrmStatement) => PromiseLike<unknown>;
}

/** What a handler gets of an ORM: the transaction as it is, which the ORM itself closes at its end. */
export function openOrmTransaction<Transaction extends object>(transaction: Transaction) {
  registerTransaction(transaction);
  return { client: transaction, close: () => undefined, nested: { requireEnded: () => undefined } };
}

/** @returns the rows of a statement, whatever the ORM wraps them in */
export async function queryOrm<Transaction>(
  { query }: OrmTransaction<Transaction>,
  transaction: Transaction,
  text: string,
  values: readonly unknown[],
): Promise<Record<string, unknown>[]> {
  const result = await query(transaction, statementOf(text, values));
  const rows = Array.isArray(result) ? result : (result as { rows?: unknown } | undefined)?.rows;
  if (!Array.isArray(rows)) return [];
  // TypeORM gives the rows of an UPDATE together with their number.
  return Array.isArray(rows[0]) ? rows[0] : rows;
}

const gaps = /\$(\d+)/;

function statementOf(text: string, values: readonly unknown[]): OrmStatement {
  const parts = text.split(gaps);
  const strings = parts.filter((_, index) => index % 2 === 0);
  const parameters = parts.filter((_, index) => index % 2 === 1).map((number) => values[Number(number) - 1]);
  return { text, values, strings: Object.assign(strings, { raw: strings }), parameters };
}

/** The SQLSTATE of an error, which ORMs wrap in errors of their own. */
export function sqlStateOf(error: unknown, depth = 0): string | undefined {
  if (typeof error !== 'object' || error === null || depth > 4) return undefined;
  const { code, originalCode, cause, driverError, meta, driverAdapterError } = error as Record<string, unknown>;
  for (const value of [originalCode, code]) {
    if (typeof value === 'string' && /^[0-9A-Z]{5}$/.test(value) && !/^P\d{4}$/.test(value)) return value;
  }
  for (const inner of [cause, driverError, meta, driverAdapterError]) {
    const found = sqlStateOf(inner, depth + 1);
    if (found !== undefined) return found;
  }
  return undefined;
}

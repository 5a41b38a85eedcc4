/** A transaction that an ORM opens, so that handlers write through the ORM. */

import { WebhookError } from '@countersign/core';
import { registerTransaction } from '../open-transaction.ts';

/** A statement of the store, in the forms that ORMs accept. Each value is a string, a number or null. */
export interface OrmStatement {
  /** PostgreSQL: with `$1`, `$2` and so on, which may occur more than once. MySQL and MariaDB: with `?`. */
  readonly text: string;
  readonly values: readonly unknown[];
  /** The parts between the parameters, as a template passes them to a tag: `sql(strings, ...parameters)`. */
  readonly strings: TemplateStringsArray;
  /** One for each gap of `strings`. For `?` as placeholders: `strings.join('?')` with these. */
  readonly parameters: readonly unknown[];
}

/**
 * The options that make a store work in the transactions of an ORM.
 *
 * @example
 * // Prisma. Its time limit for a transaction must be longer than your handlers need.
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
   * Opens a transaction in the database of the store's client and passes it to `work`. Commits when that resolves;
   * rolls back and rejects when it rejects. It must return or await the ORM's promise; otherwise the event is refused
   * with `options_invalid`.
   */
  readonly run: (work: (transaction: Transaction) => Promise<void>) => PromiseLike<unknown>;
  /** Runs a statement in the transaction. Returns its rows, or `{ rows }`. */
  readonly query: (transaction: Transaction, statement: OrmStatement) => PromiseLike<unknown>;
}

/** @throws options_invalid */
export function requireOrmTransaction(orm: { readonly run?: unknown; readonly query?: unknown }, at: string): void {
  if (typeof orm?.run === 'function' && typeof orm.query === 'function') return;
  throw new WebhookError('options_invalid', {
    at: `${at}.transaction`,
    hint: 'Expected { run, query }: run opens a transaction of your ORM, query sends a statement in it.',
  });
}

/** An ORM's transaction, passed to the handler unchanged; the ORM itself closes it at its end. */
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
  // TypeORM returns the rows of an UPDATE together with their number.
  return Array.isArray(rows[0]) ? rows[0] : rows;
}

const numbered = /\$(\d+)/;

function statementOf(text: string, values: readonly unknown[]): OrmStatement {
  if (text.includes('?')) {
    const strings = text.split('?');
    return { text, values, strings: Object.assign(strings, { raw: strings }), parameters: values };
  }
  const parts = text.split(numbered);
  const strings = parts.filter((_, index) => index % 2 === 0);
  const parameters = parts.filter((_, index) => index % 2 === 1).map((number) => values[Number(number) - 1]);
  return { text, values, strings: Object.assign(strings, { raw: strings }), parameters };
}

/** Searches an error and the errors it wraps: ORMs wrap a driver's errors in their own. */
export function findInError<Found>(
  error: unknown,
  pick: (error: Readonly<Record<string, unknown>>) => Found | undefined,
  depth = 0,
): Found | undefined {
  if (typeof error !== 'object' || error === null || depth > 4) return undefined;
  const own = pick(error as Record<string, unknown>);
  if (own !== undefined) return own;
  const { cause, driverError, meta, driverAdapterError } = error as Record<string, unknown>;
  for (const inner of [cause, driverError, meta, driverAdapterError]) {
    const found = findInError(inner, pick, depth + 1);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The SQLSTATE of an error. */
export function sqlStateOf(error: unknown): string | undefined {
  return findInError(error, ({ originalCode, code }) => {
    const isState = (value: unknown) =>
      typeof value === 'string' && /^[0-9A-Z]{5}$/.test(value) && !/^P\d{4}$/.test(value);
    return [originalCode, code].find(isState) as string | undefined;
  });
}

/** The number that MySQL or MariaDB gave an error. */
export function errnoOf(error: unknown): number {
  const number = findInError(error, ({ errno, originalCode }) => {
    const given = Number(errno ?? originalCode);
    return Number.isInteger(given) && given > 0 ? given : undefined;
  });
  return number ?? Number.NaN;
}

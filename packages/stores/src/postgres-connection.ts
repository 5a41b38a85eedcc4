/** Finds out which PostgreSQL client a store was given. */

import { WebhookError } from '@countersign/core';
import { absorbIdleErrors } from './idle-errors.ts';
import { connectPgPool, createPreparedQuery, rowsOf } from './pg-pool.ts';
import { followTransactions, isInTransaction } from './pg-transaction-status.ts';
import type {
  PgClient,
  Pglite,
  PgPool,
  PostgresClient,
  PostgresConnection,
  PostgresJs,
  Query,
  RunTransaction,
} from './postgres-clients.ts';
import { connectPostgresJs, type Duplicate } from './postgres-js.ts';
import { leftOpen, silenceSeconds } from './silence.ts';
import { TimeLimit } from './time-limit.ts';
import { commitOrRollBack } from './transaction/client-transaction.ts';
import {
  type OrmTransaction,
  openOrmTransaction,
  queryOrm,
  requireOrmTransaction,
} from './transaction/orm-transaction.ts';
import { openPgliteTransaction } from './transaction/pglite.ts';
import { postgresSavepoint } from './transaction/store-savepoint.ts';
import { TransactionLine } from './transaction/transaction-line.ts';

/** The other options of the store. */
export interface PostgresClientOptions {
  readonly transaction: OrmTransaction<object> | undefined;
  readonly duplicate: Duplicate | undefined;
}

/** @throws options_invalid */
export function connectPostgres(client: PostgresClient, options: PostgresClientOptions): PostgresConnection {
  const { transaction: orm, duplicate } = options;
  if (duplicate !== undefined && (typeof duplicate !== 'function' || typeof client !== 'function')) {
    throw new WebhookError('options_invalid', {
      at: 'postgresStore.duplicate',
      hint: 'Expected a function that makes another client of the postgres package. Other clients do not need one: remove it.',
    });
  }
  const connection = connectClient(client, duplicate);
  if (orm === undefined) return connection;
  requireOrmTransaction(orm, 'postgresStore');
  const limit = new TimeLimit(silenceSeconds);
  const run: RunTransaction = (work, { isDone, isDoneIn }) => {
    const line = new TransactionLine(limit);
    const queryIn = (transaction: object): Query => {
      return (text, values) => line.run(() => queryOrm(orm, transaction, text, values));
    };
    return commitOrRollBack<object>(
      {
        begin: (body) => line.transact<object>((begun) => orm.run(begun), body),
        at: 'postgresStore.transaction.run',
        open: openOrmTransaction,
        savepoint: (transaction) => postgresSavepoint((text) => queryIn(transaction)(text, [])),
        repetition: { isDone, isDoneIn: (transaction) => isDoneIn(queryIn(transaction)) },
      },
      (open, transaction) => work(open, queryIn(transaction)),
    );
  };
  const { share } = connection;
  return { ...connection, transaction: share === undefined ? run : (...given) => share.run(() => run(...given)) };
}

function connectClient(client: PostgresClient, duplicate: Duplicate | undefined): PostgresConnection {
  if (typeof client === 'function') return connectPostgresJs(client as unknown as PostgresJs, duplicate);
  if (typeof client !== 'object' || client === null || typeof (client as PgClient).query !== 'function') {
    throw new WebhookError('options_invalid', {
      at: 'postgresStore.client',
      hint: 'Expected a pg Pool, the function returned by postgres(), or a PGlite.',
    });
  }
  if ('transaction' in client) return connectPglite(client);
  absorbIdleErrors(client);
  if ('connect' in client && 'totalCount' in client) return connectPgPool(client as PgPool);
  const prepared = createPreparedQuery();
  followTransactions(client as PgClient);
  return {
    query: (text, values) =>
      prepared.send(client as PgClient, text, values).then((result) => {
        if (isInTransaction(client as PgClient)) throw leftOpen('postgresStore');
        return rowsOf(result);
      }),
    isLostPreparation: prepared.isLost,
    transaction: undefined,
  };
}

/** The number of the type text: https://www.postgresql.org/docs/current/datatype-oid.html */
const textType = 25;

function connectPglite(database: Pglite): PostgresConnection {
  const queryIn =
    (transaction: PgClient): Query =>
    async (text, values) =>
      (await transaction.query(text, [...values])).rows;
  // PGlite serialises values when the query runs. Before and after, an unrelated transaction may be open.
  const requireNoTransaction = {
    serializers: {
      [textType](value: unknown) {
        if (database.isInTransaction?.() === true) throw leftOpen('postgresStore');
        return String(value);
      },
    },
  };
  const query: Query = async (text, values) => (await database.query(text, [...values], requireNoTransaction)).rows;
  return {
    query,
    isEmbedded: true,
    transaction: (work) =>
      commitOrRollBack<PgClient>(
        {
          async begin(body) {
            await query('SELECT $1::text', ['']);
            return database.transaction(body);
          },
          open: openPgliteTransaction,
          savepoint: (transaction) => postgresSavepoint((text) => transaction.query(text)),
        },
        (open, transaction) => work(open, queryIn(transaction)),
      ),
  };
}

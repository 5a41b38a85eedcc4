/**
 * A pg Pool as the store uses it: prepared statements, connections that are dropped when they go silent, transactions.
 */

import { followTransactions, isInTransaction } from './pg-transaction-status.ts';
import {
  codeOf,
  type PgClient,
  type PgPool,
  type PgPoolClient,
  type PostgresConnection,
  type Row,
  type RunTransaction,
} from './postgres-clients.ts';
import { type Checkout, createCheckedRun, silenceSeconds, takeForTransaction } from './silence.ts';
import { TimeLimit } from './time-limit.ts';
import { commitOrRollBack } from './transaction/client-transaction.ts';
import { storeSavepoint } from './transaction/nested-transactions.ts';
import { openPgTransaction } from './transaction/pg-client.ts';
import { shareOf } from './transaction/pool-share.ts';
import { postgresSavepoint } from './transaction/store-savepoint.ts';
import { TransactionLine } from './transaction/transaction-line.ts';

export function connectPgPool(pool: PgPool): PostgresConnection {
  const prepared = createPreparedQuery();
  const checkout = checkoutOf(pool);
  const run = createCheckedRun(checkout, 'postgresStore', rowsOf);
  const share = shareOf(pool, pool.options?.max, 'max of the Pool');
  const transaction = transactInPool(checkout);
  return {
    silenceHint:
      'PostgreSQL did not answer on this connection, which is now closed. If it cannot connect either, set connectionTimeoutMillis of the pool.',
    query: (text, values) => run((connection) => prepared.send(connection, text, values)),
    isLostPreparation: prepared.isLost,
    share,
    transaction: (...given) => share.run(() => transaction(...given)),
  };
}

/** A client that is checked out also reports a lost connection with an event; its query rejects anyway. */
const ignoreError = () => undefined;

function checkoutOf(pool: PgPool): Checkout<PgPoolClient, { rows: Row[] }> {
  // Set from the beginning, so that it is also known for a connection that the store has not used yet.
  pool.on?.('connect', followTransactions);
  const release = (client: PgPoolClient, isLost: boolean) => {
    client.off?.('error', ignoreError);
    client.release(isLost);
  };
  return {
    isSingle: pool.options?.max === 1,
    take: () => pool.connect(),
    taken(client) {
      followTransactions(client);
      client.on?.('error', ignoreError);
    },
    giveBack: (client) => release(client, false),
    isForeign: isInTransaction,
    destroy: (client) => release(client, true),
    takeIdle: () => Promise.all(Array.from({ length: pool.idleCount ?? 0 }, () => pool.connect())),
    probe: (client) => client.query('SELECT 1'),
  };
}

/** Names of prepared statements by their text. */
const statementNames = new Map<string, string>();
/** invalid_sql_statement_name, duplicate_prepared_statement. */
const preparationErrors = new Set(['26000', '42P05']);

export interface PreparedQuery {
  send(client: PgClient, text: string, values: readonly unknown[]): Promise<{ rows: Row[] }>;
  /**
   * True if a statement failed because its name was lost. From then on nothing is prepared, so it can be sent again.
   */
  isLost(error: unknown): boolean;
}

/**
 * Prepares each statement once per connection: planning a claim takes as long as running it. A pooler in between, such
 * as PgBouncer before 1.21, may send the next statement to another connection that does not know the name; then this
 * stops preparing.
 */
export function createPreparedQuery(): PreparedQuery {
  let isPrepared = true;
  const sendNamed = (client: PgClient, name: string, text: string, values: readonly unknown[]) =>
    client.query({ name, text, values } as never);
  return {
    // Not an async function, because every step goes through it.
    send(client, text, values) {
      if (!isPrepared || values.length === 0) return client.query(text, [...values]);
      const name = statementNames.get(text);
      if (name !== undefined) return sendNamed(client, name, text, values);
      return nameStatement(text).then((made) => sendNamed(client, made, text, values));
    },
    isLost(error) {
      if (!preparationErrors.has(codeOf(error))) return false;
      isPrepared = false;
      return true;
    },
  };
}

export const rowsOf = ({ rows }: { readonly rows: Row[] }) => rows;

/**
 * Names a statement by a hash of its text: behind a pooler the connection may have statements of another process, and
 * the same name must not mean a different text there.
 */
async function nameStatement(text: string): Promise<string> {
  const bytes = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)));
  const hash = Array.from(bytes.subarray(0, 16), (byte) => byte.toString(16).padStart(2, '0')).join('');
  const name = `countersign_${hash}`;
  statementNames.set(text, name);
  return name;
}

function transactInPool(pool: Checkout<PgPoolClient, { rows: Row[] }>): RunTransaction {
  const limit = new TimeLimit(silenceSeconds);
  return (work) => {
    const line = new TransactionLine(limit);
    const begin = async (body: (client: PgPoolClient) => Promise<void>) => {
      const client = await takeForTransaction(pool, 'postgresStore', isInTransaction);
      pool.taken?.(client);
      const run = (text: string) => line.run(() => client.query(text));
      let isClean = false;
      try {
        await run(`BEGIN; SAVEPOINT ${storeSavepoint}`);
        await body(client);
        await run('COMMIT');
        isClean = true;
      } catch (error) {
        isClean = await run('ROLLBACK').then(
          () => true,
          () => false,
        );
        throw error;
      } finally {
        // A connection that may still be inside the transaction must not be used by anyone else.
        if (isClean) pool.giveBack(client);
        else pool.destroy(client);
      }
    };
    return commitOrRollBack<PgPoolClient>(
      {
        begin,
        open: openPgTransaction,
        // Set together with BEGIN, which saves a round trip.
        savepoint: (client) => ({
          ...postgresSavepoint((text) => line.run(() => client.query(text))),
          set: async () => undefined,
        }),
      },
      // Not prepared: if a pooler's connection already has the name, or has lost it, the error would end the
      // transaction.
      (open, client) => work(open, (text, values) => line.run(() => client.query(text, [...values])).then(rowsOf)),
    );
  };
}

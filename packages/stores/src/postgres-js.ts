/**
 * The postgres package as the store uses it. It cannot close a single connection, so a silent client is replaced as a
 * whole.
 */

import type { PostgresConnection, PostgresJs, PostgresJsTransaction, Query } from './postgres-clients.ts';
import { probeSeconds, silenceSeconds } from './silence.ts';
import { Silence, TimeLimit } from './time-limit.ts';
import { commitOrRollBack } from './transaction/client-transaction.ts';
import { shareOf } from './transaction/pool-share.ts';
import { openPostgresJsTransaction } from './transaction/postgres-js.ts';
import { postgresSavepoint } from './transaction/store-savepoint.ts';
import { TransactionLine } from './transaction/transaction-line.ts';

/** Makes another client with the options of the app's client, changed by these. */
export type Duplicate = (changes: { readonly idle_timeout: number }) => PostgresJs;

/** A client that the store made closes itself, because the store does not notice when the app closes its own. */
const changes = { idle_timeout: 5 };

export function connectPostgresJs(client: PostgresJs, duplicate: Duplicate | undefined): PostgresConnection {
  const limit = new TimeLimit(silenceSeconds);
  const path = createPath(client, duplicate);
  const query: Query = (text, values) => {
    const used = path.current();
    return limit.run(send(used, client, text, values)).catch((error) => {
      if (error instanceof Silence) path.silent(used);
      throw error;
    });
  };
  const share = shareOf(client, client.options?.max, 'max of postgres()');
  return {
    silenceHint:
      duplicate === undefined
        ? 'PostgreSQL did not answer on this connection, and the postgres package cannot close it. Set duplicate of postgresStore, so that the store can switch to a client of its own.'
        : 'PostgreSQL did not answer on this connection. If no other one answers either, the store switches to a client made by duplicate.',
    query,
    share,
    transaction: (work) =>
      share.run(() => {
        const used = path.current();
        const line = new TransactionLine(limit);
        const queryIn = (transaction: PostgresJsTransaction): Query => {
          return (text, values) => line.run(() => send(transaction, client, text, values));
        };
        const transact = (body: (transaction: PostgresJsTransaction) => Promise<void>) =>
          line.transact<PostgresJsTransaction>((begun) => used.begin(begun), body);
        return commitOrRollBack<PostgresJsTransaction>(
          {
            begin: (body) =>
              transact(body).catch((error) => {
                if (line.isSilent) path.silent(used);
                throw error;
              }),
            open: (transaction) => openPostgresJsTransaction(transaction, used),
            savepoint: (transaction) => postgresSavepoint((text) => queryIn(transaction)(text, [])),
          },
          (open, transaction) => work(open, queryIn(transaction)),
        );
      }),
  };
}

/** Prepared, unless the app has switched that off for its client, as it must behind some poolers. */
function send(runner: PostgresJsTransaction, client: PostgresJs, text: string, values: readonly unknown[]) {
  return runner.unsafe(text, [...values] as never[], { prepare: client.options?.prepare ?? true });
}

/** The app's client, or, once that has gone silent, a client that the store made. */
function createPath(client: PostgresJs, duplicate: Duplicate | undefined) {
  const probeLimit = new TimeLimit(probeSeconds);
  let current = client;
  let isProbing = false;
  const replace = (silent: PostgresJs) => {
    if (duplicate === undefined || silent !== current) return;
    current = duplicate(changes);
    if (silent !== client) silent.end?.({ timeout: 0 }).catch(() => undefined);
  };
  /** One step may have waited for a lock. The next query goes to an idle connection, if there is one. */
  const probe = async (silent: PostgresJs) => {
    if (isProbing) return;
    isProbing = true;
    try {
      await probeLimit.run(silent.unsafe('SELECT 1'));
    } catch (error) {
      if (error instanceof Silence) replace(silent);
    } finally {
      isProbing = false;
    }
  };
  return {
    current: () => current,
    /** Call it when a connection of `used` did not answer. */
    silent(used: PostgresJs): void {
      if (duplicate !== undefined) probe(used).catch(() => undefined);
    },
  };
}

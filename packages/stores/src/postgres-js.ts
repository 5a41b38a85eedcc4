/** The package postgres as the store uses it. It cannot close one connection, so a silent client is given up as a whole. */

import type { PostgresConnection, PostgresJs, PostgresJsTransaction, Query } from './postgres-clients.ts';
import { probeSeconds, silenceSeconds } from './silence.ts';
import { Silence, TimeLimit } from './time-limit.ts';
import { commitOrRollBack } from './transaction/client-transaction.ts';
import { shareOf } from './transaction/pool-share.ts';
import { openPostgresJsTransaction } from './transaction/postgres-js.ts';
import { postgresSavepoint } from './transaction/store-savepoint.ts';

/** Makes another client with the options of the app's, changed by these. */
export type Duplicate = (changes: { readonly idle_timeout: number }) => PostgresJs;

/** A client of the store's own closes by itself, since nobody tells the store when the app closes its own. */
const changes = { idle_timeout: 5 };

export function connectPostgresJs(client: PostgresJs, duplicate: Duplicate | undefined): PostgresConnection {
  const limit = new TimeLimit(silenceSeconds);
  const path = createPath(client, duplicate);
  const query: Query = (text, values) => {
    const used = path.current();
    return limit.run(send(used, client, text, values)).catch((error) => path.reject(used, error));
  };
  const share = shareOf(client, client.options?.max, 'max of postgres()');
  return {
    silenceHint:
      duplicate === undefined
        ? 'PostgreSQL did not answer on this connection, and the package postgres cannot close it. Set duplicate of postgresStore, so that the store can go on by a client of its own.'
        : 'PostgreSQL did not answer on this connection. If no other one answers either, the store goes on by a client that duplicate made.',
    query,
    share,
    transaction: (work) =>
      share.run(() => {
        const used = path.current();
        const queryIn = (transaction: PostgresJsTransaction): Query => {
          return (text, values) => limit.run(send(transaction, client, text, values));
        };
        return commitOrRollBack<PostgresJsTransaction>(
          {
            begin: (body) => beginInTime(used, limit, body).catch((error) => path.reject(used, error)),
            open: (transaction) => openPostgresJsTransaction(transaction, used),
            savepoint: (transaction) => postgresSavepoint((text) => queryIn(transaction)(text, [])),
          },
          (open, transaction) => work(open, queryIn(transaction)),
        );
      }),
  };
}

/** Prepared, unless the app has told its client not to, as it must behind some poolers. */
function send(runner: PostgresJsTransaction, client: PostgresJs, text: string, values: readonly unknown[]) {
  return runner.unsafe(text, [...values] as never[], { prepare: client.options?.prepare ?? true });
}

/** The app's client, and once that has gone silent one of the store's own. */
function createPath(client: PostgresJs, duplicate: Duplicate | undefined) {
  const probeLimit = new TimeLimit(probeSeconds);
  let current = client;
  let isProbing = false;
  const replace = (silent: PostgresJs) => {
    if (duplicate === undefined || silent !== current) return;
    current = duplicate(changes);
    if (silent !== client) silent.end?.({ timeout: 0 }).catch(() => undefined);
  };
  /** One step may have waited for a lock. The next query goes to a connection that is idle, where there is one. */
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
    reject(used: PostgresJs, error: unknown): never {
      if (isSilent(error) && duplicate !== undefined) probe(used).catch(() => undefined);
      throw error;
    },
  };
}

function isSilent(error: unknown): boolean {
  return error instanceof Silence || (error as { cause?: unknown } | null)?.cause instanceof Silence;
}

/** `begin()` of postgres, which would wait for ever for BEGIN, ROLLBACK and COMMIT on a connection that does not answer. */
function beginInTime(
  client: PostgresJs,
  limit: TimeLimit,
  body: (transaction: PostgresJsTransaction) => Promise<void>,
): Promise<unknown> {
  return new Promise((resolve, reject) => {
    let start: (() => void) | undefined;
    let isLate = false;
    const started = new Promise<void>((begun) => {
      start = begun;
    });
    limit.watch(
      started,
      () => undefined,
      (error) => {
        isLate = true;
        reject(error);
      },
    );
    const ended = client.begin(async (transaction) => {
      start?.();
      if (isLate) throw new Silence(silenceSeconds);
      let failure: unknown;
      try {
        await body(transaction);
      } catch (error) {
        failure = error;
        // Its ROLLBACK would not be answered either.
        if (isSilent(error)) reject(error);
        throw error;
      } finally {
        limit.watch(ended, resolve, (silence) => reject(failure ?? silence));
      }
    });
    ended.then(resolve, (error) => {
      start?.();
      reject(error);
    });
  });
}

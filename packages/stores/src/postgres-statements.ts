/** The table and the statements of a store in PostgreSQL. */

import { mostAbandoned, tokenLength } from './claim-record.ts';
import { defaultTable, indexOf, requireTable } from './sql-store.ts';

/**
 * Returns the table as plain SQL, for tools that own the schema.
 *
 * The index is on the day on which a record expires, not on the exact time: a completion usually leaves the day
 * unchanged, so PostgreSQL can write the new row on the same page without touching an index (HOT). That made a
 * completion 1.6 times as fast in our measurement.
 *
 * @param table default `countersign_claims`
 *
 * @example
 * await writeFile('migrations/claims.sql', postgresSchema());
 */
export function postgresSchema(table: string = defaultTable): string {
  const name = requireTable(table, 'postgresSchema');
  return `CREATE TABLE IF NOT EXISTS ${name} (
  key text COLLATE "C" PRIMARY KEY,
  token text NOT NULL,
  attempt integer NOT NULL,
  done boolean NOT NULL,
  lease_until timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  sweep_on date NOT NULL,
  answer text,
  position double precision
);
CREATE INDEX IF NOT EXISTS ${indexOf(name)} ON ${name} (sweep_on);
`;
}

/**
 * Maximum time that a transaction which has completed a claim may wait for its COMMIT, in milliseconds. If its
 * connection is lost at that point, no one can claim the event until the server drops the connection, which takes
 * hours by default.
 */
const commitWait = 5000;

const longestList = mostAbandoned * tokenLength;

export function statementsFor(table: string) {
  const inSeconds = (parameter: string) => `clock_timestamp() + ${parameter}::float8 * interval '1 second'`;
  const dayIn = (parameter: string) => `((${inSeconds(parameter)}) AT TIME ZONE 'UTC')::date`;
  // clock_timestamp(), because now() does not advance while a statement waits for a row.
  const isExpired = `c.expires_at <= clock_timestamp()`;
  const isFree = `(${isExpired} OR (NOT c.done AND c.lease_until <= clock_timestamp()))`;
  // A repetition by the same owner changes nothing: the first answer may have been lost.
  const complete = `UPDATE ${table} SET done = true, expires_at = ${inSeconds('$3')}, sweep_on = ${dayIn('$3')}, answer = $4::text
WHERE key = $1::text AND token = $2::text`;
  return {
    claim: `INSERT INTO ${table} AS c (key, token, attempt, done, lease_until, expires_at, sweep_on)
VALUES ($1::text, $2::text, 1, false, ${inSeconds('$3')}, ${inSeconds('$4')}, ${dayIn('$4')})
ON CONFLICT (key) DO UPDATE SET
  token = excluded.token,
  attempt = CASE WHEN c.expires_at <= clock_timestamp() THEN 1 ELSE c.attempt + 1 END,
  done = false,
  lease_until = ${inSeconds('$3')},
  expires_at = ${inSeconds('$4')},
  sweep_on = excluded.sweep_on,
  answer = CASE WHEN ${isExpired} THEN NULL ELSE c.answer END
WHERE ${isFree} AND (${isExpired} OR c.answer IS NULL OR strpos(c.answer, $2::text) = 0)
RETURNING attempt::text AS attempt`,
    // As text, one word per column: drivers can be configured to parse other types, and to rename columns.
    read: `SELECT done::text AS done, answer, extract(epoch FROM lease_until - clock_timestamp())::text AS seconds
FROM ${table} AS c WHERE key = $1::text AND NOT ${isFree}`,
    extend: `UPDATE ${table} SET lease_until = ${inSeconds('$3')}, expires_at = ${inSeconds('$4')}, sweep_on = ${dayIn('$4')}
WHERE key = $1::text AND token = $2::text AND NOT done RETURNING 1`,
    complete: `${complete} RETURNING 1`,
    /**
     * The last statement of a handler's transaction before its end. Not for a completed key: a repetition of the
     * transaction would commit its writes a second time.
     */
    completeInTransaction: `${complete} AND NOT done RETURNING 1 AS one, set_config('idle_in_transaction_session_timeout', '${commitWait}', true) AS idle`,
    isDone: `SELECT 1 AS one FROM ${table} WHERE key = $1::text AND token = $2::text AND done`,
    release: `UPDATE ${table} SET token = '', attempt = attempt - $4::int, lease_until = clock_timestamp(), expires_at = ${inSeconds('$3')}, sweep_on = ${dayIn('$3')}
WHERE key = $1::text AND token = $2::text AND NOT done RETURNING 1`,
    // The answer of a key that is not done is a list of tokens. A live claim and a completed key stay as they are.
    abandon: `INSERT INTO ${table} AS c (key, token, attempt, done, lease_until, expires_at, sweep_on, answer)
VALUES ($1::text, '', 0, false, clock_timestamp(), ${inSeconds('$3')}, ${dayIn('$3')}, $2::text)
ON CONFLICT (key) DO UPDATE SET
  token = CASE WHEN ${isExpired} THEN '' ELSE c.token END,
  attempt = CASE WHEN ${isExpired} THEN 0 ELSE c.attempt END,
  done = false,
  lease_until = CASE WHEN ${isExpired} THEN clock_timestamp() ELSE c.lease_until END,
  expires_at = greatest(c.expires_at, excluded.expires_at),
  sweep_on = greatest(c.sweep_on, excluded.sweep_on),
  answer = CASE WHEN ${isExpired} THEN $2::text ELSE right(concat(c.answer, $2::text), ${longestList}) END
WHERE ${isExpired} OR NOT c.done`,
    readWatermark: `SELECT position FROM ${table} WHERE key = $1::text AND expires_at > clock_timestamp()`,
    raiseWatermark: `WITH raised AS (
  INSERT INTO ${table} AS c (key, token, attempt, done, lease_until, expires_at, sweep_on, position)
  VALUES ($1::text, '', 0, true, clock_timestamp(), ${inSeconds('$3')}, ${dayIn('$3')}, $2::float8)
  ON CONFLICT (key) DO UPDATE SET
    position = CASE WHEN c.expires_at > clock_timestamp() THEN greatest(c.position, $2::float8) ELSE $2::float8 END,
    expires_at = ${inSeconds('$3')},
    sweep_on = ${dayIn('$3')}
)
SELECT position FROM ${table} WHERE key = $1::text AND expires_at > clock_timestamp()`,
    settings: `SELECT current_setting('fsync') AS fsync, current_setting('synchronous_commit') AS commits,
  (SELECT relpersistence::text FROM pg_class WHERE oid = to_regclass($1::text)) AS persistence,
  (SELECT string_agg(nspname::text, ', ' ORDER BY nspname) FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE relname = lower($1::text) AND relkind IN ('r', 'p') AND nspname NOT LIKE 'pg\\_%') AS places`,
    sweep: `DELETE FROM ${table} WHERE key IN (
  SELECT key FROM ${table} WHERE sweep_on <= (clock_timestamp() AT TIME ZONE 'UTC')::date AND expires_at <= clock_timestamp()
  LIMIT $1::int FOR UPDATE SKIP LOCKED
) RETURNING 1`,
  };
}

/** The steps of a store as SQLite statements, for a file, for D1 and for a Durable Object. */

import type { Claim, ReleaseOptions, StoredResponse } from '@countersign/core';
import * as records from './claim-record.ts';
import { flagOf, numberOf, textOf } from './driver-values.ts';
import { defaultTable, explainSchema, indexOf, requireTable } from './sql-store.ts';

/** One statement and its values. */
export type Statement = readonly [sql: string, values: readonly (string | number | null)[]];
type Row = Record<string, unknown>;
type Completion = [key: string, token: string, retentionSeconds: number, response: StoredResponse | undefined];

const settings = { at: 'the SQLite database', options: 'returnArrays of node:sqlite' };

/**
 * Returns the table as plain SQL, for tools that own the schema. Times are milliseconds since 1970.
 *
 * @param table default `countersign_claims`
 *
 * @example
 * await writeFile('migrations/0001_claims.sql', sqliteSchema());
 */
export function sqliteSchema(table: string = defaultTable): string {
  const name = requireTable(table, 'sqliteSchema');
  return `CREATE TABLE IF NOT EXISTS ${name} (
  key TEXT PRIMARY KEY,
  token TEXT NOT NULL,
  attempt INTEGER NOT NULL,
  done INTEGER NOT NULL,
  lease_until INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  answer TEXT,
  position REAL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS ${indexOf(name)} ON ${name} (expires_at);
`;
}

// SQLite reads its machine's clock, once per statement. unixepoch('subsec') would need SQLite 3.42.
const now = "CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)";

const longestList = records.mostAbandoned * records.tokenLength;

/** Each step as a statement, with the meaning of its rows. */
export function sqliteSteps(table: string) {
  const milliseconds = (seconds: number) => Math.round(seconds * 1000);
  const memory = milliseconds(records.attemptMemorySeconds);
  const isExpired = `expires_at <= ${now}`;
  const isFree = `(${isExpired} OR (done = 0 AND lease_until <= ${now}))`;
  const sql = {
    claim: `INSERT INTO ${table} (key, token, attempt, done, lease_until, expires_at)
VALUES (?, ?, 1, 0, ${now} + ?, ${now} + ?)
ON CONFLICT (key) DO UPDATE SET
  token = excluded.token,
  attempt = CASE WHEN expires_at <= ${now} THEN 1 ELSE attempt + 1 END,
  done = 0,
  lease_until = excluded.lease_until,
  expires_at = excluded.expires_at,
  answer = CASE WHEN ${isExpired} THEN NULL ELSE answer END
WHERE ${isFree} AND (${isExpired} OR answer IS NULL OR instr(answer, excluded.token) = 0)
RETURNING attempt`,
    read: `SELECT done, answer, lease_until - ${now} AS lease_left FROM ${table} WHERE key = ? AND NOT ${isFree}`,
    extend: `UPDATE ${table} SET lease_until = ${now} + ?, expires_at = ${now} + ?
WHERE key = ? AND token = ? AND done = 0 RETURNING 1 AS changed`,
    // A repetition by the same owner changes nothing: the first answer may have been lost.
    complete: `UPDATE ${table} SET done = 1, expires_at = ${now} + ?, answer = ?
WHERE key = ? AND token = ? RETURNING 1 AS changed`,
    // Not for a completed key: a repetition of the transaction would commit its writes a second time.
    completeInTransaction: `UPDATE ${table} SET done = 1, expires_at = ${now} + ?, answer = ?
WHERE key = ? AND token = ? AND done = 0 RETURNING 1 AS changed`,
    isDone: `SELECT 1 AS one FROM ${table} WHERE key = ? AND token = ? AND done = 1`,
    release: `UPDATE ${table} SET token = '', attempt = attempt - ?, lease_until = ${now}, expires_at = ${now} + ?
WHERE key = ? AND token = ? AND done = 0 RETURNING 1 AS changed`,
    // The answer of a key that is not done is a list of tokens. A live claim and a completed key stay as they are.
    abandon: `INSERT INTO ${table} (key, token, attempt, done, lease_until, expires_at, answer)
VALUES (?, '', 0, 0, ${now}, ${now} + ?, ?)
ON CONFLICT (key) DO UPDATE SET
  token = CASE WHEN ${isExpired} THEN '' ELSE token END,
  attempt = CASE WHEN ${isExpired} THEN 0 ELSE attempt END,
  done = 0,
  lease_until = CASE WHEN ${isExpired} THEN ${now} ELSE lease_until END,
  expires_at = max(expires_at, excluded.expires_at),
  answer = CASE WHEN ${isExpired} THEN excluded.answer ELSE substr(coalesce(answer, '') || excluded.answer, ${-longestList}) END
WHERE ${isExpired} OR done = 0
RETURNING 1 AS changed`,
    readWatermark: `SELECT position FROM ${table} WHERE key = ? AND expires_at > ${now}`,
    raiseWatermark: `INSERT INTO ${table} (key, token, attempt, done, lease_until, expires_at, position)
VALUES (?, '', 0, 1, ${now}, ${now} + ?, ?)
ON CONFLICT (key) DO UPDATE SET
  position = CASE WHEN expires_at > ${now} THEN max(position, excluded.position) ELSE excluded.position END,
  expires_at = excluded.expires_at
RETURNING 1 AS changed`,
    sweep: `DELETE FROM ${table} WHERE key IN (
  SELECT key FROM ${table} WHERE expires_at <= ${now} ORDER BY expires_at LIMIT ?
) RETURNING 1 AS changed`,
  };
  const completionOf = (...[key, token, retentionSeconds, response]: Completion) => {
    return [milliseconds(retentionSeconds), records.encodeResponse(response) ?? null, key, token];
  };
  return {
    createToken: records.createToken,
    claim: (key: string, token: string, leaseSeconds: number): Statement => {
      const lease = milliseconds(leaseSeconds);
      return [sql.claim, [key, token, lease, lease + memory]];
    },
    /** The record that prevents a claim. */
    read: (key: string): Statement => [sql.read, [key]],
    claimOf(token: string, claimed: readonly Row[], read: readonly Row[]): Claim {
      const [given] = claimed;
      if (given !== undefined) return { state: 'claimed', token, attempt: numberOf(given, 'attempt', settings) };
      const [row] = read;
      if (row === undefined) return { state: 'in_flight', leaseLeftSeconds: 1 };
      if (flagOf(row, 'done', settings))
        return { state: 'done', response: records.decodeResponse(textOf(row, 'answer', settings)) };
      return { state: 'in_flight', leaseLeftSeconds: records.leaseLeftSeconds(numberOf(row, 'lease_left', settings)) };
    },
    extend: (key: string, token: string, leaseSeconds: number): Statement => {
      const lease = milliseconds(leaseSeconds);
      return [sql.extend, [lease, lease + memory, key, token]];
    },
    complete: (...given: Completion): Statement => [sql.complete, completionOf(...given)],
    completeInTransaction: (...given: Completion): Statement => [sql.completeInTransaction, completionOf(...given)],
    isDone: (key: string, token: string): Statement => [sql.isDone, [key, token]],
    release: (key: string, token: string, options: ReleaseOptions | undefined): Statement => [
      sql.release,
      [records.attemptsTakenBack(options), memory, key, token],
    ],
    /** Writes down the token of a claim that may arrive after its release, so that it is refused. */
    abandon: (key: string, token: string): Statement => [
      sql.abandon,
      [key, milliseconds(records.abandonedSeconds), token],
    ],
    readWatermark: (key: string): Statement => [sql.readWatermark, [key]],
    raiseWatermark: (key: string, position: number, retentionSeconds: number): Statement => [
      sql.raiseWatermark,
      [key, milliseconds(retentionSeconds), position],
    ],
    watermarkOf: (rows: readonly Row[]): number | undefined =>
      rows[0] === undefined ? undefined : numberOf(rows[0], 'position', settings),
    sweep: (limit: number): Statement => [sql.sweep, [limit]],
  };
}

/** The statements of the schema, one by one. */
export function schemaStatements(table: string): string[] {
  return sqliteSchema(table)
    .split(';\n')
    .filter((statement) => statement.trim() !== '');
}

/** Adds the fix to an error about a missing or wrong table; other errors stay unchanged. */
export function explainSqlite(error: unknown, at: string, table: string): unknown {
  return /no such (table|column)|has no column/.test(String(error)) ? explainSchema(error, at, table) : error;
}

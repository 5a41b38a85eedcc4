/** The table and the statements of a store in MariaDB or MySQL. */

import { mostAbandoned, tokenLength } from './claim-record.ts';
import { defaultTable, indexOf, requireTable } from './sql-store.ts';

/**
 * The beginning of each read: one row that is always present, because it also returns whether the session autocommits.
 * In MariaDB, the only one that runs the contents of such a comment, it also returns whether other code has left a
 * transaction open.
 */
export const alwaysOneRow = 'SELECT @@autocommit AS autocommit /*M!, @@in_transaction AS inside */';
export const oneRow = '(SELECT 1 AS one) AS one_row';

/** The owner of unowned records. Not the empty string, which is NULL in MariaDB's EMPTY_STRING_IS_NULL. */
const nobody = '-';

/**
 * Returns the table as plain SQL, for tools that own the schema. Times are milliseconds since 1970 in UTC.
 *
 * @param table default `countersign_claims`
 *
 * @example
 * await writeFile('migrations/claims.sql', mysqlSchema());
 */
export function mysqlSchema(table: string = defaultTable): string {
  const name = requireTable(table, 'mysqlSchema');
  return `CREATE TABLE IF NOT EXISTS ${name} (
  claim_key VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
  token VARCHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  attempt INT UNSIGNED NOT NULL,
  done TINYINT NOT NULL,
  lease_until BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  answer MEDIUMTEXT CHARACTER SET utf8mb4,
  position DOUBLE,
  KEY ${indexOf(name)} (expires_at)
) ENGINE = InnoDB;
`;
}

const longestList = mostAbandoned * (tokenLength + 1);

export function statementsFor(table: string) {
  // Not NOW(): that depends on the session's time zone, in which an hour may come twice.
  const now = "(TIMESTAMPDIFF(MICROSECOND, '1970-01-01', UTC_TIMESTAMP(6)) DIV 1000)";
  const isExpired = `expires_at <= ${now}`;
  // The answer of a key that is not done is a list of the tokens of abandoned claims.
  const isFree = `(${isExpired} OR (done = 0 AND lease_until <= ${now} AND COALESCE(LOCATE(?, answer), 0) = 0))`;
  return {
    // Assignments are evaluated from left to right, or, in MariaDB's SIMULTANEOUS_ASSIGNMENT, all on the old row. In
    // this order both give the same result: the deciding columns are assigned last, and the very last one uses the
    // owner as well. LAST_INSERT_ID(attempt) returns the attempt in the answer to the statement; 0 means not claimed.
    // https://dev.mysql.com/doc/refman/8.4/en/information-functions.html#function_last-insert-id
    // https://mariadb.com/kb/en/sql-mode/#simultaneous_assignment
    claim: `INSERT INTO ${table} (claim_key, token, attempt, done, lease_until, expires_at)
VALUES (?, ?, LAST_INSERT_ID(1), 0, ${now} + ?, ${now} + ?)
ON DUPLICATE KEY UPDATE
  done = IF(LAST_INSERT_ID(IF(${isFree}, IF(${isExpired}, 1, attempt + 1), 0)) > 0, 0, done),
  attempt = IF(${isFree}, IF(${isExpired}, 1, attempt + 1), attempt),
  token = IF(${isFree}, ?, token),
  answer = IF(${isExpired}, NULL, answer),
  lease_until = IF(${isFree}, ${now} + ?, lease_until),
  expires_at = IF(${isFree} OR token = ?, ${now} + ?, expires_at)`,
    // Waits for a transaction that is about to commit the row: under READ UNCOMMITTED it would count as done too early.
    read: `${alwaysOneRow}, done, answer, lease_until - ${now} AS lease_left, expires_at > ${now} AS is_live
FROM ${oneRow} LEFT JOIN ${table} ON claim_key = ? LOCK IN SHARE MODE`,
    extend: `UPDATE ${table} SET lease_until = ${now} + ?, expires_at = ${now} + ?
WHERE claim_key = ? AND token = ? AND done = 0`,
    // A repetition by the same owner changes nothing: the first answer may have been lost.
    complete: `UPDATE ${table} SET done = 1, expires_at = ${now} + ?, answer = ? WHERE claim_key = ? AND token = ?`,
    /** Not for a completed key: a repetition of the transaction would commit its writes a second time. */
    completeInTransaction: `UPDATE ${table} SET done = 1, expires_at = ${now} + ?, answer = ?
WHERE claim_key = ? AND token = ? AND done = 0`,
    /** Waits for a transaction that is about to commit it. */
    isDone: `${alwaysOneRow}, claim_key
FROM ${oneRow} LEFT JOIN ${table} ON claim_key = ? AND token = ? AND done = 1 LOCK IN SHARE MODE`,
    release: `UPDATE ${table} SET token = '${nobody}', attempt = attempt - ?, lease_until = ${now}, expires_at = ${now} + ?
WHERE claim_key = ? AND token = ? AND done = 0`,
    // A live claim and a completed key stay as they are. A blank between tokens, because CONCAT and an empty string are
    // NULL in EMPTY_STRING_IS_NULL.
    abandon: `INSERT INTO ${table} (claim_key, token, attempt, done, lease_until, expires_at, answer)
VALUES (?, '${nobody}', 0, 0, ${now}, ${now} + ?, ?)
ON DUPLICATE KEY UPDATE
  token = IF(${isExpired}, '${nobody}', token),
  attempt = IF(${isExpired}, 0, attempt),
  lease_until = IF(${isExpired}, ${now}, lease_until),
  answer = IF(${isExpired}, ?, IF(done = 1, answer, RIGHT(CONCAT_WS(' ', answer, ?), ${longestList}))),
  done = IF(${isExpired}, 0, done),
  expires_at = IF(done = 1 AND expires_at > ${now}, expires_at, GREATEST(expires_at, ${now} + ?))`,
    readWatermark: `${alwaysOneRow}, position FROM ${oneRow} LEFT JOIN ${table} ON claim_key = ? AND expires_at > ${now}`,
    raiseWatermark: `INSERT INTO ${table} (claim_key, token, attempt, done, lease_until, expires_at, position)
VALUES (?, '${nobody}', 0, 1, ${now}, ${now} + ?, ?)
ON DUPLICATE KEY UPDATE
  position = IF(expires_at > ${now}, GREATEST(position, ?), ?),
  expires_at = ${now} + ?`,
    // Not a parameter: MySQL from 8.0.22 on rejects the type in which the client sends a number as a limit.
    sweep: (limit: number) =>
      `DELETE FROM ${table} WHERE expires_at <= ${now} ORDER BY expires_at LIMIT ${Math.max(0, Math.trunc(limit))}`,
    // NOW() follows SET TIMESTAMP, and so does UTC_TIMESTAMP(), but SYSDATE() does not.
    settings: `${alwaysOneRow}, @@innodb_flush_log_at_trx_commit AS flush, ENGINE AS engine,
  ABS(TIMESTAMPDIFF(SECOND, NOW(), SYSDATE())) > 60 AS has_own_clock,
  (SELECT GROUP_CONCAT(TABLE_SCHEMA ORDER BY TABLE_SCHEMA SEPARATOR ', ') FROM information_schema.TABLES WHERE TABLE_NAME = ?) AS places
FROM ${oneRow} LEFT JOIN information_schema.TABLES ON TABLE_NAME = ? AND TABLE_SCHEMA = COALESCE(?, DATABASE())`,
    /** Shows afterwards whether an ORM's transaction was committed or rolled back. */
    mark: `INSERT INTO ${table} (claim_key, token, attempt, done, lease_until, expires_at)
VALUES (?, '${nobody}', 0, 1, ${now}, ${now} + ?)`,
    unmark: `DELETE FROM ${table} WHERE claim_key = ?`,
    readMark: `${alwaysOneRow}, claim_key FROM ${oneRow} LEFT JOIN ${table} ON claim_key = ?`,
    /** ORMs report an update in different ways, so the row is read and locked before it. */
    lockClaim: `SELECT 1 AS one FROM ${table} WHERE claim_key = ? AND token = ? AND done = 0 FOR UPDATE`,
    readCompletion: `SELECT 1 AS one FROM ${table} WHERE claim_key = ? AND token = ? AND done = 1`,
    /** The same without what is not committed, which READ UNCOMMITTED shows. */
    lockCompletion: `SELECT 1 AS one FROM ${table} WHERE claim_key = ? AND token = ? AND done = 1 LOCK IN SHARE MODE`,
  };
}

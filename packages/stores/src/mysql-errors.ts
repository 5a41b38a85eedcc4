/** Classifies the errors of MariaDB and MySQL, for stores and archives. */

import type { SqlErrors } from './sql-steps.ts';
import { errnoOf } from './transaction/orm-transaction.ts';

/** ER_NO_SUCH_TABLE, ER_BAD_FIELD_ERROR. */
const schemaErrors = new Set([1146, 1054]);
/** ER_OPTION_PREVENTS_STATEMENT, ER_CANT_EXECUTE_IN_READ_ONLY_TRANSACTION, ER_READ_ONLY_MODE. */
const readOnlyErrors = new Set([1290, 1792, 1836]);
/** ER_LOCK_DEADLOCK. Not a lock wait timeout: it has already waited long enough. */
const deadlock = 1213;

export const mysqlErrors: SqlErrors = {
  at: 'mysqlStore',
  silenceHint:
    'The server did not answer on this connection, which is now closed. If it cannot connect either, set connectTimeout of the pool.',
  readOnlyHint:
    'The server does not accept writes: it is a replica, or read_only, innodb_read_only or transaction_read_only is on. Give the store a pool on the primary, with these off.',
  isSchema: (error) => schemaErrors.has(errnoOf(error)),
  isConflict: (error) => errnoOf(error) === deadlock,
  isReadOnly: (error) => readOnlyErrors.has(errnoOf(error)),
  isRefusal(error) {
    // The server's own errors have an SQLSTATE.
    const { sqlState, fatal } = (error ?? {}) as { sqlState?: unknown; fatal?: unknown };
    return typeof sqlState === 'string' && fatal !== true && !sqlState.startsWith('08');
  },
};

/** Classifies PostgreSQL's errors, for stores and archives. */

import { codeOf, type Query } from './postgres-clients.ts';

export const postgresSettings = {
  at: 'postgresStore',
  options: 'transform of postgres, or rowMode and own type parsers of pg',
};

/**
 * undefined_table, undefined_column, datatype_mismatch: https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
const schemaErrors = new Set(['42P01', '42703', '42804', '42P10']);
/** serialization_failure, deadlock_detected. */
export const conflicts = new Set(['40001', '40P01']);
/** read_only_sql_transaction. */
const readOnly = '25006';

export const postgresErrors = {
  at: 'postgresStore',
  readOnlyHint:
    'PostgreSQL does not accept writes: it is a replica, or default_transaction_read_only is on. Give the store a client of the primary, with that off.',
  isSchema: (error: unknown) => schemaErrors.has(codeOf(error)),
  isReadOnly: (error: unknown) => codeOf(error) === readOnly,
  isRefusal(error: unknown) {
    // Class 57 ends the connection.
    const { severity, code } = (error ?? {}) as { severity?: unknown; code?: unknown };
    return typeof severity === 'string' && !String(code).startsWith('57');
  },
};

/** Two processes create one table at once: one of them gets an error that a name already exists. */
export async function createOnce(query: Query, statement: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await query(statement, []);
      return;
    } catch (error) {
      const isRace = ['23505', '42P07', '42710'].includes(codeOf(error));
      if (!isRace || attempt >= 3) throw error;
    }
  }
}

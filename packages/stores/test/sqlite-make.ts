/** A store in the SQLite file of the environment, for the processes that a contract starts. */

import { DatabaseSync } from 'node:sqlite';
import { sqliteStore } from '@countersign/stores/sqlite';

export default function make() {
  const database = new DatabaseSync(process.env.COUNTERSIGN_TEST_SQLITE as string);
  return { store: sqliteStore({ database }), close: () => database.close() };
}

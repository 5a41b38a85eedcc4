/** A store in the PostgreSQL of the environment, for the processes that a contract starts. */

import { postgresStore } from '@countersign/stores/postgres';
import pg from 'pg';

export default function make() {
  const client = new pg.Pool({ connectionString: process.env.COUNTERSIGN_TEST_POSTGRES, max: 25 });
  return { store: postgresStore({ client }), close: () => client.end() };
}

/** A process with a store of its own behind a pooler: claims each key that it is sent. */

import { postgresStore } from '@countersign/stores/postgres';
import pg from 'pg';

const { COUNTERSIGN_TEST_POOLER: connectionString, COUNTERSIGN_TEST_TABLE: table } = process.env;
const client = new pg.Pool({ connectionString, max: 1 });
const store = postgresStore({ client, table: table as string, sweep: 'manual' });

process.on('message', async (key: string) => {
  const answer = await store.claim(key, 30).then(
    ({ state }) => state,
    (error: Error) => error.message,
  );
  process.send?.(answer);
});

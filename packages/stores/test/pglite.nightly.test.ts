/** PGlite, which is PostgreSQL inside the process: the contract, on its clock. */

import { postgresStore } from '@countersign/stores/postgres';
import { storeContract } from '@countersign/testing';
import { PGlite } from '@electric-sql/pglite';
import { afterAll, beforeAll, describe } from 'vitest';
import { contractRunner } from './contract-runner.ts';
import { peekPostgresBy } from './peeked-record.ts';

describe('PGlite, which is PostgreSQL inside the process', () => {
  let database: PGlite;
  beforeAll(async () => {
    database = new PGlite();
    await postgresStore({ client: database }).migrate();
    await database.query('CREATE TABLE effects (id text NOT NULL)');
  }, 60_000);
  afterAll(() => database.close());
  storeContract<{ query(text: string, values: unknown[]): Promise<unknown> }>(contractRunner, {
    make: () => ({ store: postgresStore({ client: database }) }),
    // Its clock is that of the process it lives in.
    clock: 'caller',
    peek: peekPostgresBy(async (text, values) => (await database.query<Record<string, unknown>>(text, values)).rows),
    effects: {
      write: async (transaction, id) => void (await transaction.query('INSERT INTO effects VALUES ($1)', [id])),
      count: async (id) =>
        Number(
          (await database.query<{ n: number }>('SELECT count(*) AS n FROM effects WHERE id = $1', [id])).rows[0]?.n,
        ),
    },
  });
});

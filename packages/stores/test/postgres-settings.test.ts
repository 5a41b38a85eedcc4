/** Settings of PostgreSQL under which a step could be lost without a word: it holds, or says which. */

import { findMissing, type LiveServer, startPostgres } from '@countersign/live-services';
import { postgresStore } from '@countersign/stores/postgres';
import { storeContract } from '@countersign/testing';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { peekPostgresBy } from './peeked-record.ts';
import { titleOf } from './process-options.ts';

const missing = findMissing('postgres');

describe.skipIf(missing !== undefined)(titleOf('a session of PostgreSQL', missing), () => {
  let server: LiveServer;
  let eye: pg.Pool;
  beforeAll(async () => {
    // With fsync, as in production: without it the store has something to warn of.
    server = await startPostgres();
    eye = new pg.Pool({ connectionString: server.url, max: 10 });
    await postgresStore({ client: eye }).migrate();
    await eye.query('CREATE TABLE effects (id text NOT NULL)');
  }, 60_000);
  afterAll(async () => {
    await eye?.end();
    await server?.stop();
  });
  const poolWith = (setting: string) =>
    new pg.Pool({ connectionString: server.url, max: 25, options: `-c ${setting.replaceAll(' ', '\\ ')}` });

  describe.each([
    'default_transaction_isolation=serializable',
    'default_transaction_isolation=repeatable read',
    'session_replication_role=replica',
  ])('with %s', (setting) => {
    storeContract<pg.PoolClient>(
      { describe, it },
      {
        make() {
          const client = poolWith(setting);
          return { store: postgresStore({ client }), close: () => client.end() };
        },
        peek: peekPostgresBy(async (text, values) => (await eye.query(text, values)).rows),
      },
    );
  });

  it('that may not write names the setting', async () => {
    const client = poolWith('default_transaction_read_only=on');
    for (const step of [
      () => postgresStore({ client }).claim('read only', 30),
      () => postgresStore({ client, table: 'made_later' }).migrate(),
    ]) {
      await expect(step()).rejects.toMatchObject({
        code: 'store_unavailable',
        hint: expect.stringContaining('default_transaction_read_only'),
      });
    }
    await client.end();
  });

  it('is warned of where a crash would forget what was done', async () => {
    const store = postgresStore({ client: eye, table: 'checked' });
    await store.migrate();
    expect(await store.check?.()).toEqual([]);
    await eye.query('ALTER TABLE checked SET UNLOGGED');
    const client = poolWith('synchronous_commit=off');
    expect(await postgresStore({ client, table: 'checked' }).check?.()).toEqual([
      { code: 'not_durable', message: expect.stringContaining('synchronous_commit') },
      { code: 'not_durable', message: expect.stringContaining('SET LOGGED') },
    ]);
    await client.end();
  });
});

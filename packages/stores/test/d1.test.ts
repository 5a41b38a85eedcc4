import { type D1Binding, d1Store } from '@countersign/stores/d1';
import { storeContract } from '@countersign/testing';
import { Miniflare } from 'miniflare';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { contractRunner } from './contract-runner.ts';
import { type D1Server, startD1 } from './d1-server.ts';
import { createLossyPath } from './lossy-path.ts';
import { peekSqliteBy } from './peeked-record.ts';

describe('D1 in workerd', () => {
  let server: D1Server;
  beforeAll(async () => {
    server = startD1();
    await d1Store({ database: server.database }).migrate();
  }, 60_000);
  afterAll(() => server?.close());

  const path = createLossyPath();
  const overPath = (): D1Binding => ({
    prepare: (sql) => server.database.prepare(sql),
    batch: (statements) => path.pass(() => server.database.batch(statements)),
  });
  storeContract(contractRunner, {
    make: () => ({ store: d1Store({ database: overPath() }) }),
    peek: peekSqliteBy((text, values) => server.query(text, ...values)),
    outage: { cut: () => server.cut(), restore: () => server.restore() },
    loss: path,
  });

  it('takes the binding of Cloudflare as it is', async () => {
    const miniflare = new Miniflare({
      modules: true,
      script: 'export default { fetch() { return new Response() } }',
      d1Databases: ['DB'],
    });
    const store = d1Store({ database: await miniflare.getD1Database('DB') });
    await store.migrate();
    expect((await store.claim('a', 30)).state).toBe('claimed');
    expect((await store.claim('a', 30)).state).toBe('in_flight');
    await miniflare.dispose();
  });

  it('is one request for each step', async () => {
    const store = d1Store({ database: server.database, sweep: 'manual' });
    server.batches.length = 0;
    const claim = await store.claim('counted', 30);
    if (claim.state !== 'claimed') throw new Error('not claimed');
    await store.complete('counted', claim.token, 60);
    await store.claim('counted', 30);
    expect(server.batches).toEqual([2, 1, 2]);
  });

  it('remembers what was done when the server starts anew', async () => {
    const store = d1Store({ database: server.database });
    const claim = await store.claim('kept', 30);
    if (claim.state !== 'claimed') throw new Error('not claimed');
    await store.complete('kept', claim.token, 3600, { status: 201 });
    await server.cut();
    await server.restore();
    expect(await store.claim('kept', 30)).toEqual({ state: 'done', response: { status: 201 } });
  });

  it('takes expired records along with a claim at most once a minute, and again at once while there are many', async () => {
    const table = 'swept';
    const store = d1Store({ database: server.database, table });
    const byHand = d1Store({ database: server.database, table, sweep: 'manual' });
    await store.migrate();
    const records = `SELECT COUNT(*) AS n FROM ${table} WHERE key <> 'countersign-schema-version'`;
    const count = async () => Number((await server.query(records))[0]?.n);
    const seed = (from: number, to: number) =>
      server.query(
        `WITH RECURSIVE n(i) AS (SELECT ${from} UNION ALL SELECT i + 1 FROM n WHERE i < ${to - 1})
INSERT INTO ${table} (key, token, attempt, done, lease_until, expires_at) SELECT 'old ' || i, '', 1, 1, 0, 1 FROM n`,
      );
    await seed(0, 150);
    await store.claim('a', 30);
    expect(await count()).toBe(51);
    await store.claim('b', 30);
    expect(await count()).toBe(2);
    await seed(150, 160);
    await store.claim('c', 30);
    await byHand.claim('d', 30);
    expect(await count()).toBe(14);
    expect(await byHand.sweep(4)).toBe(4);
    expect(await byHand.sweep()).toBe(6);
    expect(await count()).toBe(4);
  });

  it('says to run migrate() where the table is missing, and migrates twice without harm', async () => {
    const store = d1Store({ database: server.database, table: 'not_there' });
    const failure = { code: 'store_unavailable', hint: expect.stringContaining('migrate()') };
    await expect(store.claim('a', 30)).rejects.toMatchObject(failure);
    await expect(store.complete('a', 'b', 30)).rejects.toMatchObject(failure);
    await store.migrate();
    expect((await store.claim('a', 30)).state).toBe('claimed');
    await store.migrate();
    expect((await store.claim('a', 30)).state).toBe('in_flight');
  });

  it('refuses what is no database, no table and no way to sweep', () => {
    for (const database of [undefined, null, {}, 'DB']) {
      expect(() => d1Store({ database: database as never })).toThrow('d1Store.database');
    }
    const { database } = server;
    expect(() => d1Store({ database, table: 'a; DROP TABLE b' })).toThrow('d1Store.table');
    expect(() => d1Store({ database, sweep: 'never' as never })).toThrow('d1Store.sweep');
  });
});

/** What a handler can do with the transactions of postgres and of PGlite, and what it cannot. */

import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findMissing, type LiveServer, startPostgres } from '@countersign/live-services';
import { postgresStore } from '@countersign/stores/postgres';
import { PGlite, type Transaction } from '@electric-sql/pglite';
import postgres from 'postgres';
import { afterAll, beforeAll, beforeEach, describe, expect, expectTypeOf, it } from 'vitest';
import { titleOf } from './process-options.ts';
import { failureOf, inTransaction } from './transaction-cases.ts';

const missing = findMissing('postgres');

describe.skipIf(missing !== undefined)(titleOf('the transaction of postgres', missing), () => {
  let server: LiveServer;
  let sql: postgres.Sql;
  const setUp = () => postgresStore({ client: sql });
  let store: ReturnType<typeof setUp>;
  beforeAll(async () => {
    server = await startPostgres({ fsync: false });
    sql = postgres(server.url, { max: 10, onnotice: () => undefined });
    store = setUp();
    await store.migrate();
    await sql`CREATE TABLE effects (id text NOT NULL)`;
  }, 60_000);
  afterAll(async () => {
    await sql?.end();
    await server?.stop();
  });
  beforeEach(async () => void (await sql`TRUNCATE effects`));
  const effects = async () => (await sql`SELECT id FROM effects ORDER BY id`).map(({ id }) => id);
  const handler = (work: (transaction: postgres.TransactionSql) => unknown) => inTransaction(store, work);

  it('is not ended by COMMIT, ROLLBACK or two-phase commit in any form', async () => {
    const file = join(tmpdir(), `countersign-commit-${process.pid}.sql`);
    writeFileSync(file, 'COMMIT');
    const { end } = await handler(async (transaction) => {
      await transaction`INSERT INTO effects VALUES ('first')`;
      const part = transaction`COMMIT`;
      const forms: (() => unknown)[] = [
        () => transaction`COMMIT`,
        () => transaction` /* now */ end `,
        () => transaction`ROLLBACK`,
        () => transaction`${part}`,
        () => transaction`${sql`rollback`}`,
        () => transaction.unsafe('COMMIT'),
        () => transaction.unsafe('SELECT 1; COMMIT'),
        () => transaction.unsafe('COMMIT').simple(),
        () => transaction`COMMIT`.execute(),
        () => transaction`COMMIT`.forEach((row) => void row),
        () => transaction`COMMIT`.values(),
        () => transaction.file(file),
        () => transaction.prepare('mine'),
        () => transaction.unsafe("PREPARE TRANSACTION 'mine'"),
        () => transaction.savepoint((scope) => scope`COMMIT`),
        () => transaction.savepoint((scope) => scope.unsafe('ROLLBACK')),
        () => (transaction.savepoint as unknown as postgres.Sql)`COMMIT`,
      ];
      for (const [index, form] of forms.entries()) {
        expect([index, (await failureOf(form))?.code]).toEqual([index, 'options_invalid']);
      }
      expect(await effects()).toEqual([]);
      await transaction`INSERT INTO effects VALUES ('last')`;
    });
    expect(end).toBe(true);
    expect(await effects()).toEqual(['first', 'last']);
  });

  it('turns nested transactions into savepoints, and the outer one undoes them', async () => {
    await handler(async (transaction) => {
      await transaction`begin`;
      await transaction`INSERT INTO effects VALUES ('kept')`;
      await transaction.unsafe('BEGIN');
      await transaction`INSERT INTO effects VALUES ('undone')`;
      await transaction`rollback`;
      await transaction`commit`;
      const nested = (transaction as unknown as postgres.Sql).begin(async (scope) => {
        await scope`INSERT INTO effects VALUES ('undone too')`;
        throw new Error('nested');
      });
      await expect(nested).rejects.toThrow('nested');
      await transaction.savepoint('named', (scope) => scope`INSERT INTO effects VALUES ('savepoint')`);
    });
    expect(await effects()).toEqual(['kept', 'savepoint']);
    const failing = handler(async (transaction) => {
      await (transaction as unknown as postgres.Sql).begin((scope) => scope`INSERT INTO effects VALUES ('nested')`);
      throw new Error('later');
    });
    await expect(failing).rejects.toThrow('later');
    expect(await effects()).toEqual(['kept', 'savepoint']);
  });

  it('commits nothing where a nested transaction is open at the end, or was to have an isolation of its own', async () => {
    await expect(handler((transaction) => transaction`BEGIN`)).rejects.toMatchObject({ code: 'options_invalid' });
    const isolated = handler((transaction) =>
      (transaction as unknown as postgres.Sql).begin('isolation level serializable', () => undefined),
    );
    await expect(isolated).rejects.toMatchObject({ hint: expect.stringContaining('Remove the options of begin()') });
  });

  it('sends nothing that was made before the end and is awaited after it', async () => {
    let late: PromiseLike<unknown> | undefined;
    await handler((transaction) => {
      late = transaction`INSERT INTO effects VALUES ('late')`;
    });
    expect((await failureOf(async () => late))?.message).toContain('The transaction is over');
    expect(await effects()).toEqual([]);
  });

  it('leaves alone what handlers do with transactions of postgres', async () => {
    const { end } = await handler(async (transaction) => {
      expectTypeOf(transaction).toEqualTypeOf<postgres.TransactionSql>();
      const ids = ['a', 'b'].map((id) => ({ id }));
      await transaction`INSERT INTO effects ${transaction(ids)}`;
      await transaction`INSERT INTO effects ${sql({ id: 'c' }, 'id')}`;
      const filter = transaction`WHERE ${transaction('id')} = ${'a'}`;
      expect(await transaction`SELECT id FROM effects ${filter}`).toEqual([{ id: 'a' }]);
      expect(await transaction`SELECT ${'a; COMMIT'} AS text`.values()).toEqual([['a; COMMIT']]);
      const rows: unknown[] = [];
      for await (const some of transaction`SELECT generate_series(1, 5) AS n`.cursor(2)) rows.push(...some);
      expect(rows).toHaveLength(5);
      const copy = await transaction`COPY effects FROM STDIN`.writable();
      await new Promise<void>((resolve, reject) => copy.on('error', reject).on('finish', resolve).end('d\n'));
      expect((await transaction`SELECT ${transaction.json({ a: 1 })}::jsonb AS value`)[0]?.value).toEqual({ a: 1 });
      expect((await transaction.unsafe('SELECT 1 AS a; SELECT 2 AS b')).length).toBe(2);
      await transaction.notify('news', 'a');
      await transaction`SAVEPOINT mine`;
      await transaction`ROLLBACK TO mine`;
      const both = await Promise.all([transaction`SELECT 1 AS n`, transaction`SELECT 2 AS n`]);
      expect(both.map(([row]) => row?.n)).toEqual([1, 2]);
    });
    expect(end).toBe(true);
    expect(await effects()).toEqual(['a', 'b', 'c', 'd']);
  });

  it('says that it was over too early where the handler got out of it', async () => {
    const raw: postgres.TransactionSql[] = [];
    const client = new Proxy(sql, {
      get: (target, name) =>
        name === 'begin'
          ? (work: (transaction: postgres.TransactionSql) => Promise<unknown>) =>
              sql.begin((transaction) => {
                raw.push(transaction);
                return work(transaction);
              })
          : Reflect.get(target, name, target),
    });
    const key = 'escaped';
    const apart = postgresStore({ client });
    const claim = await apart.claim(key, 30);
    if (claim.state !== 'claimed') throw new Error('not claimed');
    const end = await apart.transact(key, claim.token, 60, async (transaction) => {
      await transaction`INSERT INTO effects VALUES ('escaped')`;
      await raw[0]?.unsafe('COMMIT');
      return undefined;
    });
    expect(end).toBe('apart');
    expect((await apart.claim(key, 30)).state).toBe('in_flight');
    expect(await effects()).toEqual(['escaped']);
    const failing = await apart.transact(key, claim.token, 60, async () => {
      await raw[1]?.unsafe('COMMIT');
      throw new Error('later');
    });
    expect(failing).toBe('apart');
  });
});

describe('the transaction of PGlite', () => {
  let database: PGlite;
  const setUp = () => postgresStore({ client: database });
  let store: ReturnType<typeof setUp>;
  beforeAll(async () => {
    database = await PGlite.create();
    store = setUp();
    await store.migrate();
    await database.exec('CREATE TABLE effects (id text NOT NULL)');
  }, 60_000);
  afterAll(() => database?.close());
  const effects = async () =>
    (await database.query<{ id: string }>('SELECT id FROM effects ORDER BY id')).rows.map(({ id }) => id);

  it('refuses steps and handlers while the app has one open that it began by a text, and lets it be', async () => {
    const refusal = { code: 'store_unavailable', hint: expect.stringContaining('a transaction open') };
    const claim = await store.claim('app', 30);
    if (claim.state !== 'claimed') throw new Error('not claimed');
    await database.exec('BEGIN');
    await database.exec("INSERT INTO effects VALUES ('app')");
    await expect(store.claim('another', 30)).rejects.toMatchObject(refusal);
    await expect(store.complete('app', claim.token, 60)).rejects.toMatchObject(refusal);
    let runs = 0;
    const work = async () => void runs++;
    await expect(store.transact('app', claim.token, 60, work as never)).rejects.toMatchObject(refusal);
    await database.exec('COMMIT');
    expect(runs).toBe(0);
    expect((await database.query('SELECT id FROM effects')).rows).toEqual([{ id: 'app' }]);
    await database.exec('DELETE FROM effects');
    // One that the app begins by transaction() is waited for.
    const ended = database.transaction(() => new Promise((resolve) => setTimeout(resolve, 200)));
    expect(await store.complete('app', claim.token, 60)).toBe(true);
    expect((await store.claim('another', 30)).state).toBe('claimed');
    await ended;
  });

  it('is not ended by COMMIT, ROLLBACK or rollback(), and nested transactions are savepoints', async () => {
    const { end, state } = await inTransaction(store, async (transaction) => {
      expectTypeOf(transaction).toEqualTypeOf<Transaction>();
      await transaction.query("INSERT INTO effects VALUES ('first')");
      for (const form of [
        () => transaction.query('COMMIT'),
        () => transaction.exec('SELECT 1; COMMIT'),
        () => transaction.exec('end'),
        () => transaction.sql`COMMIT`,
        () => transaction.sql`ROLLBACK`,
        () => transaction.rollback(),
      ]) {
        expect((await failureOf(form))?.code).toBe('options_invalid');
      }
      await transaction.sql`BEGIN`;
      await transaction.exec("INSERT INTO effects VALUES ('undone')");
      await transaction.rollback();
      const nested = (transaction as unknown as PGlite).transaction(async (inner) => {
        await inner.query("INSERT INTO effects VALUES ('undone too')");
        throw new Error('nested');
      });
      await expect(nested).rejects.toThrow('nested');
      await (transaction as unknown as PGlite).transaction(async (inner) => {
        await inner.query("INSERT INTO effects VALUES ('nested')");
      });
      expect((await transaction.sql`SELECT ${'a'}::text AS a`).rows).toEqual([{ a: 'a' }]);
      expect(transaction.closed).toBe(false);
    });
    expect({ end, state }).toEqual({ end: true, state: 'done' });
    expect(await effects()).toEqual(['first', 'nested']);
  });

  it('is undone with its nested transactions', async () => {
    const failing = inTransaction(store, async (transaction) => {
      await transaction.exec('BEGIN');
      await transaction.exec("INSERT INTO effects VALUES ('never')");
      await transaction.exec('COMMIT');
      throw new Error('later');
    });
    await expect(failing).rejects.toThrow('later');
    expect(await effects()).not.toContain('never');
  });
});

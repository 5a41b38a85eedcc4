import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { sqliteStore } from '@countersign/stores/sqlite';
import { storeContract } from '@countersign/testing';
import BetterSqlite3 from 'better-sqlite3';
import LibSql from 'libsql';
import { afterAll, beforeAll, describe, expect, expectTypeOf, it } from 'vitest';
import { contractRunner } from './contract-runner.ts';
import { peekSqliteBy } from './peeked-record.ts';
import { execArgv } from './process-options.ts';
import { deliveryOf, later, shopReceiver } from './shop.ts';

const folder = mkdtempSync(join(tmpdir(), 'countersign-sqlite-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Handle {
  prepare(sql: string): { all(...values: (string | number | null)[]): unknown[] };
  exec(sql: string): unknown;
  close(): unknown;
}
const openers = {
  'node:sqlite': (file: string): Handle => new DatabaseSync(file),
  'better-sqlite3': (file: string): Handle => new BetterSqlite3(file, { timeout: 0 }),
  libsql: (file: string): Handle => new LibSql(file) as unknown as Handle,
};

it('takes a database of better-sqlite3 as its own types describe it, and gives handlers the same', () => {
  const store = sqliteStore({ database: new BetterSqlite3(':memory:') });
  expectTypeOf(store.transactionOf).returns.toEqualTypeOf<BetterSqlite3.Database>();
});

describe.each(Object.entries(openers))('SQLite through %s', (name, open) => {
  const file = join(folder, `${name.replace(':', '-')}.db`);
  let eye: Handle;
  beforeAll(async () => {
    eye = open(file);
    eye.exec('PRAGMA journal_mode = WAL');
    await sqliteStore({ database: eye }).migrate();
    eye.exec('CREATE TABLE effects (id TEXT NOT NULL)');
    process.env.COUNTERSIGN_TEST_SQLITE = file;
  });
  afterAll(() => eye?.close());

  storeContract<Handle>(contractRunner, {
    make() {
      const database = open(file);
      return { store: sqliteStore({ database }), close: () => void database.close() };
    },
    peek: peekSqliteBy(async (text, values) => eye.prepare(text).all(...values) as Record<string, unknown>[]),
    effects: {
      commit: async (transaction) => transaction.exec('COMMIT'),
      write: async (transaction, id) => void transaction.prepare('INSERT INTO effects VALUES (?) RETURNING 1').all(id),
      count: async (id) =>
        Number((eye.prepare('SELECT COUNT(*) AS n FROM effects WHERE id = ?').all(id) as { n: number }[])[0]?.n),
    },
    processes: { module: new URL('./sqlite-make.ts', import.meta.url), execArgv },
  });

  it('says to run migrate() where the table is missing', async () => {
    const store = sqliteStore({ database: eye, table: 'not_there' });
    await expect(store.claim('a', 30)).rejects.toMatchObject({
      code: 'store_unavailable',
      hint: expect.stringContaining('migrate()'),
    });
  });

  it('waits while another process writes without holding up this one, then gives up', async () => {
    const writer = open(file);
    const database = open(file);
    const store = sqliteStore({ database, busySeconds: 0.5 });
    let ticks = 0;
    const timer = setInterval(() => ticks++, 10);
    writer.exec('BEGIN IMMEDIATE');
    await expect(store.claim(`busy ${name}`, 30)).rejects.toThrow(/locked|busy/i);
    // Fifty where nothing else is at work; none where the store waits without letting go.
    expect(ticks).toBeGreaterThan(5);
    const waiting = store.claim(`busy ${name}`, 30);
    setTimeout(() => writer.exec('COMMIT'), 100);
    expect((await waiting).state).toBe('claimed');
    clearInterval(timer);
    writer.close();
    database.close();
  });

  it('keeps out of a transaction of the app on its handle: waits for its end, then gives up', async () => {
    const database = open(file);
    const store = sqliteStore({ database, busySeconds: 0.5, sweep: 'manual' });
    const key = `app ${name}`;
    database.exec('BEGIN');
    const startedAt = performance.now();
    await expect(store.claim(key, 30)).rejects.toMatchObject({
      code: 'store_unavailable',
      hint: expect.stringContaining('its own handle'),
    });
    expect(performance.now() - startedAt).toBeGreaterThan(250);
    setTimeout(() => database.exec('ROLLBACK'), 100);
    const claim = await store.claim(key, 30);
    database.exec('BEGIN');
    setTimeout(() => database.exec('ROLLBACK'), 100);
    expect(await store.complete(key, (claim as { token: string }).token, 60)).toBe(true);
    expect((await sqliteStore({ database: eye }).claim(key, 30)).state).toBe('done');
    database.close();
  });

  it('renews the claim of a handler in mode lease that has a transaction of its own open on the handle', async () => {
    const [database, beside] = [open(file), open(file)];
    const receiverOver = (handle: Handle) =>
      shopReceiver(
        { store: sqliteStore({ database: handle, busySeconds: 0.3 }), namespace: `own ${name}`, leaseSeconds: 1 },
        { handlerTimeoutSeconds: 20 },
      );
    const handling = receiverOver(database).receive(deliveryOf('own'), async () => {
      database.exec('BEGIN');
      await later(1600);
      database.exec(`INSERT INTO effects VALUES ('own ${name}')`);
      database.exec('COMMIT');
    });
    await later(1300);
    const write = () => beside.exec(`INSERT INTO effects VALUES ('own ${name}')`);
    const second = await receiverOver(beside).receive(deliveryOf('own'), async () => void write());
    expect(second.kind).not.toBe('handled');
    expect((await handling).kind).toBe('handled');
    const [row] = eye.prepare('SELECT COUNT(*) AS n FROM effects WHERE id = ?').all(`own ${name}`) as { n: number }[];
    expect(Number(row?.n)).toBe(1);
    database.close();
    beside.close();
  });

  it('keeps its claims out of the transaction of a handler that is still at work', async () => {
    const database = open(file);
    const store = sqliteStore({ database });
    const first = await store.claim(`apart ${name}`, 30);
    if (first.state !== 'claimed') throw new Error('not claimed');
    const failing = store.transact(`apart ${name}`, first.token, 60, async () => {
      await new Promise((resolve) => setTimeout(resolve, 100));
      throw new Error('handler');
    });
    const beside = store.claim(`beside ${name}`, 30);
    await expect(failing).rejects.toThrow('handler');
    expect((await beside).state).toBe('claimed');
    expect((await store.claim(`beside ${name}`, 30)).state).toBe('in_flight');
    database.close();
  });
});

describe.each(Object.entries(openers))('two SQLite stores over one handle of %s', (name, open) => {
  it('keep the claims and completions of one out of the transaction of the other, which is rolled back', async () => {
    const database = open(join(folder, `shared-${name.replace(':', '-')}.db`));
    const [orders, invoices] = [
      sqliteStore({ database, table: 'orders' }),
      sqliteStore({ database, table: 'invoices' }),
    ];
    for (const store of [orders, invoices]) await store.migrate();
    const claimOf = async (store: typeof orders, key: string) => {
      const claim = await store.claim(key, 30);
      if (claim.state !== 'claimed') throw new Error(`not claimed but ${claim.state}`);
      return claim.token;
    };
    const order = await claimOf(orders, 'order');
    const invoice = await claimOf(invoices, 'invoice');
    const failing = orders.transact('order', order, 60, async () => {
      await new Promise((resolve) => setTimeout(resolve, 100));
      throw new Error('handler');
    });
    await new Promise((resolve) => setTimeout(resolve, 20));
    const completing = invoices.complete('invoice', invoice, 60, { status: 201 });
    const claiming = claimOf(invoices, 'another invoice');
    await expect(failing).rejects.toThrow('handler');
    expect(await completing).toBe(true);
    await claiming;
    expect(await invoices.claim('invoice', 30)).toEqual({ state: 'done', response: { status: 201 } });
    expect((await invoices.claim('another invoice', 30)).state).toBe('in_flight');
    database.close();
  });
});

describe('the SQLite store', () => {
  it('warns of a database in memory and of synchronous=OFF', async () => {
    const memory = sqliteStore({ database: new DatabaseSync(':memory:') });
    expect(await memory.check?.()).toEqual([expect.objectContaining({ code: 'not_durable' })]);
    const database = new DatabaseSync(join(folder, 'settings.db'));
    expect(await sqliteStore({ database }).check?.()).toEqual([]);
    database.exec('PRAGMA synchronous = OFF');
    expect(await sqliteStore({ database }).check?.()).toEqual([expect.objectContaining({ code: 'not_durable' })]);
    expectTypeOf(sqliteStore({ database }).transactionOf).returns.toEqualTypeOf<DatabaseSync>();
  });

  it('answers an error where the disk is full, and goes on when there is room again', async () => {
    const database = new DatabaseSync(join(folder, 'full.db'));
    const store = sqliteStore({ database });
    await store.migrate();
    const [row] = database.prepare('PRAGMA page_count').all() as { page_count: number }[];
    database.exec(`PRAGMA max_page_count = ${(row?.page_count ?? 0) + 1}`);
    let refused = 0;
    for (let n = 0; n < 200; n++) await store.claim(`full ${n}`.padEnd(200, 'x'), 30).catch(() => refused++);
    expect(refused).toBeGreaterThan(0);
    database.exec('PRAGMA max_page_count = 1000000');
    expect((await store.claim('room again', 30)).state).toBe('claimed');
    expect(database.prepare('PRAGMA integrity_check').all()).toEqual([{ integrity_check: 'ok' }]);
  });
});

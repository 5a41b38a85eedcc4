/** What a handler can do with the SQLite database that it gets in mode `transactional`, and what it cannot. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { sqliteStore } from '@countersign/stores/sqlite';
import { storeContract } from '@countersign/testing';
import BetterSqlite3 from 'better-sqlite3';
import LibSql from 'libsql';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { failureOf, inTransaction } from './transaction-cases.ts';

const folder = mkdtempSync(join(tmpdir(), 'countersign-nested-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Handle {
  prepare(sql: string): {
    all(...values: (string | number | null)[]): unknown[];
    run(...values: unknown[]): unknown;
    iterate(...values: unknown[]): IterableIterator<unknown>;
  };
  exec(sql: string): unknown;
  close(): unknown;
}
interface WithTransaction extends Handle {
  transaction(work: (...given: unknown[]) => unknown): ((...given: unknown[]) => unknown) & { immediate(): unknown };
}
const openers = {
  'node:sqlite': (file: string): Handle => new DatabaseSync(file),
  'better-sqlite3': (file: string): Handle => new BetterSqlite3(file, { timeout: 0 }) as unknown as Handle,
  libsql: (file: string): Handle => new LibSql(file) as unknown as Handle,
};

describe.each(Object.entries(openers))('the transaction of SQLite through %s', (name, open) => {
  const file = join(folder, `${name.replace(':', '-')}.db`);
  const database = open(file);
  database.exec('PRAGMA journal_mode = WAL');
  database.exec('CREATE TABLE effects (id TEXT NOT NULL UNIQUE)');
  const store = sqliteStore({ database });
  afterAll(() => database.close());
  beforeEach(async () => {
    await store.migrate();
    database.exec('DELETE FROM effects');
  });
  const effects = () =>
    (database.prepare('SELECT id FROM effects ORDER BY id').all() as { id: string }[]).map(({ id }) => id);
  const insert = (id: string) => `INSERT INTO effects VALUES ('${id}')`;
  const handler = (work: (database: Handle) => unknown) => inTransaction(store, work);

  it('is not ended by COMMIT, ROLLBACK or close(), in any form', async () => {
    const { end, state } = await handler(async (handle) => {
      handle.exec(insert('first'));
      const commit = handle.prepare('COMMIT');
      for (const form of [
        () => handle.exec('COMMIT'),
        () => handle.exec(' -- now\n end transaction;'),
        () => handle.exec('ROLLBACK'),
        () => handle.exec(`${insert('x')}; COMMIT; BEGIN`),
        () => commit.run(),
        () => handle.prepare('ROLLBACK').run(),
        () => handle.prepare('COMMIT').all(),
        () => handle.close(),
      ]) {
        expect((await failureOf(form))?.code).toBe('options_invalid');
      }
      handle.prepare('INSERT INTO effects VALUES (?)').run('last');
    });
    expect({ end, state }).toEqual({ end: true, state: 'done' });
    expect(effects()).toEqual(['first', 'last']);
  });

  it('turns nested transactions into savepoints, and the outer one undoes them', async () => {
    await handler((handle) => {
      handle.exec('BEGIN IMMEDIATE');
      handle.exec(insert('kept'));
      const [begin, rollback] = [handle.prepare('BEGIN'), handle.prepare('ROLLBACK')];
      for (let n = 0; n < 2; n++) {
        begin.run();
        handle.exec(insert('undone'));
        rollback.run();
      }
      handle.prepare('COMMIT').run();
    });
    expect(effects()).toEqual(['kept']);
    const failing = handler((handle) => {
      handle.exec('BEGIN');
      handle.exec(insert('nested'));
      handle.exec('COMMIT');
      throw new Error('later');
    });
    await expect(failing).rejects.toThrow('later');
    expect(effects()).toEqual(['kept']);
    await expect(handler((handle) => handle.exec('BEGIN'))).rejects.toMatchObject({ code: 'options_invalid' });
  });

  const onlyWithTransaction = name === 'node:sqlite' ? () => undefined : it;
  onlyWithTransaction('runs transaction() as a savepoint, with what it is given', async () => {
    let kept: (() => unknown) | undefined;
    await handler((handle) => {
      const { transaction } = handle as WithTransaction;
      const insertTwo = transaction((one, two) => {
        handle.exec(insert(String(one)));
        transaction(() => handle.exec(insert(String(two))))();
        return 'both';
      });
      expect(insertTwo('a', 'b')).toBe('both');
      expect(() =>
        transaction(() => {
          handle.exec(insert('undone'));
          throw new Error('nested');
        }).immediate(),
      ).toThrow('nested');
      expect(() => transaction(async () => undefined)()).toThrow('promise');
      kept = transaction(() => handle.exec(insert('late')));
    });
    expect(effects()).toEqual(['a', 'b']);
    expect(kept).toThrow('The transaction is over');
  });

  it('refuses statements that were prepared in it once it is over', async () => {
    let statement: ReturnType<Handle['prepare']> | undefined;
    await handler((handle) => {
      statement = handle.prepare('INSERT INTO effects VALUES (?)');
    });
    expect(() => statement?.run('late')).toThrow('The transaction is over');
    expect(effects()).toEqual([]);
  });

  it('leaves alone what handlers do with a database', async () => {
    await handler((handle) => {
      handle.exec('SAVEPOINT mine; INSERT INTO effects VALUES (1); ROLLBACK TO mine; RELEASE mine');
      handle.exec(
        'CREATE TEMP TRIGGER twice AFTER INSERT ON effects BEGIN SELECT 1; SELECT 2; END; DROP TRIGGER twice;',
      );
      expect(() => handle.exec("INSERT INTO effects VALUES ('a'), ('a')")).toThrow(/UNIQUE/i);
      expect(handle.prepare('SELECT ? AS a').all('x; COMMIT')).toEqual([{ a: 'x; COMMIT' }]);
      handle.exec(insert('after an error'));
    });
    expect(effects()).toEqual(['after an error']);
  });

  it('keeps nothing of a handler that went on after an error that had rolled everything back', async () => {
    let next: unknown;
    const broken = handler(async (handle) => {
      handle.exec(insert('before'));
      await failureOf(() => handle.exec("INSERT OR ROLLBACK INTO effects VALUES ('before')"));
      next = await failureOf(() => handle.exec(insert('after')));
    });
    await expect(broken).rejects.toThrow(/UNIQUE/i);
    expect(next).toMatchObject({ code: 'options_invalid', hint: expect.stringContaining('roll back') });
    expect(effects()).toEqual([]);
  });

  it('keeps nothing of a handler that went on after an iterator’s error had rolled everything back', async () => {
    let next: unknown;
    const broken = handler(async (handle) => {
      handle.exec(insert('before'));
      const statement = handle.prepare("INSERT OR ROLLBACK INTO effects VALUES ('before') RETURNING id");
      expect(await failureOf(() => [...statement.iterate()])).toBeDefined();
      next = await failureOf(() => handle.exec(insert('after')));
    });
    await expect(broken).rejects.toThrow(/UNIQUE/i);
    expect(next).toMatchObject({ code: 'options_invalid', hint: expect.stringContaining('roll back') });
    expect(effects()).toEqual([]);
  });

  it('ends the iterators that a handler left open, which would keep the database busy', async () => {
    database.exec(`${insert('a')}; ${insert('b')}; ${insert('c')}`);
    let left: IterableIterator<unknown> | undefined;
    const { end, state } = await handler((handle) => {
      left = handle.prepare('SELECT id FROM effects ORDER BY id').iterate();
      expect(left.next().value).toEqual({ id: 'a' });
      for (const row of handle.prepare('SELECT id FROM effects ORDER BY id').iterate()) {
        expect(row).toEqual({ id: 'a' });
        break;
      }
      const rows = handle.prepare('SELECT id FROM effects ORDER BY id').iterate();
      expect([...rows]).toEqual([{ id: 'a' }, { id: 'b' }, { id: 'c' }]);
    });
    expect({ end, state }).toEqual({ end: true, state: 'done' });
    expect(await failureOf(() => left?.next())).toMatchObject({
      hint: expect.stringContaining('The transaction is over'),
    });
    database.exec(insert('d'));
  });

  it('says that it was over too early where the app ended it through its own handle', async () => {
    const { end, state } = await handler((handle) => {
      handle.exec(insert('escaped'));
      database.exec('COMMIT');
    });
    expect({ end, state }).toEqual({ end: 'apart', state: 'in_flight' });
    expect(effects()).toEqual(['escaped']);
    const failing = await handler(() => {
      database.exec('COMMIT');
      throw new Error('later');
    });
    expect(failing).toEqual({ end: 'apart', state: 'in_flight' });
  });

  it('is not undone together with a claim of another store over the same handle', async () => {
    const other = sqliteStore({ database, table: 'others' });
    await other.migrate();
    let claiming: ReturnType<typeof other.claim> | undefined;
    const failing = handler(async () => {
      claiming = other.claim(`beside ${name}`, 30);
      await new Promise((resolve) => setTimeout(resolve, 50));
      throw new Error('handler');
    });
    await expect(failing).rejects.toThrow('handler');
    expect((await claiming)?.state).toBe('claimed');
    expect((await other.claim(`beside ${name}`, 30)).state).toBe('in_flight');
  });
});

describe('a naive store that hands out the handle itself', () => {
  it('does not hold the contract, since its handler can commit unseen', async () => {
    const database = new DatabaseSync(':memory:');
    database.exec('CREATE TABLE effects (id TEXT NOT NULL)');
    const sound = sqliteStore({ database });
    await sound.migrate();
    const naive: typeof sound = {
      ...sound,
      async transact(key, token, retentionSeconds, work) {
        database.exec('BEGIN');
        const answer = await work(database);
        if (!database.isTransaction) database.exec('BEGIN');
        database.exec('COMMIT');
        return sound.complete(key, token, retentionSeconds, answer);
      },
      transactionOf: ({ transaction }) => transaction as DatabaseSync,
    };
    const hold = async (store: typeof sound) => {
      const cases = new Map<string, () => Promise<void>>();
      const runner = { describe: (_: string, body: () => void) => body(), it: cases.set.bind(cases) };
      storeContract<DatabaseSync>(runner as never, {
        make: () => ({ store }),
        peek: async () => undefined,
        effects: {
          commit: async (transaction) => transaction.exec('COMMIT'),
          write: async (transaction, id) => void transaction.prepare('INSERT INTO effects VALUES (?)').run(id),
          count: async (id) => Number(database.prepare('SELECT COUNT(*) AS n FROM effects WHERE id = ?').get(id)?.n),
        },
      });
      await cases.get('is not committed by its handler, or reports that it was')?.();
      return cases.size;
    };
    await expect(hold(naive)).rejects.toThrow('tried to commit');
    expect(await hold(sound)).toBeGreaterThan(15);
  });
});

describe('the transaction of SQLite through the tags of node:sqlite', () => {
  it('is not ended by one', async () => {
    const database = new DatabaseSync(':memory:');
    database.exec('CREATE TABLE effects (id TEXT NOT NULL)');
    const store = sqliteStore({ database });
    await store.migrate();
    if (!('createTagStore' in database)) return;
    const { end } = await inTransaction(store, async (handle) => {
      const sql = handle.createTagStore();
      sql.run`INSERT INTO effects VALUES (${'tagged'})`;
      expect((await failureOf(() => sql.run`COMMIT`))?.code).toBe('options_invalid');
      expect(sql.all`SELECT id FROM effects`).toHaveLength(1);
    });
    expect(end).toBe(true);
  });
});

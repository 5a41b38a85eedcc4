/** Nested transactions of ORMs within a handler's transaction, over a real PostgreSQL. */

import { findMissing, type LiveServer, startPostgres } from '@countersign/live-services';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createPayments, type Orm, orms } from './orms.ts';
import { titleOf } from './process-options.ts';
import { failureOf, inTransaction } from './transaction-cases.ts';

const missing = findMissing('postgres');

describe.skipIf(missing !== undefined)(titleOf('ORMs in a handler’s transaction', missing), () => {
  let server: LiveServer;
  let eye: pg.Pool;
  beforeAll(async () => {
    server = await startPostgres({ fsync: false });
    eye = new pg.Pool({ connectionString: server.url, max: 2 });
    await eye.query(createPayments);
  }, 60_000);
  afterAll(async () => {
    await eye?.end();
    await server?.stop();
  });
  beforeEach(async () => void (await eye.query('TRUNCATE payments')));
  const rows = async () => (await eye.query('SELECT id FROM payments ORDER BY id')).rows.map(({ id }) => id);

  describe.each(Object.entries(orms))('%s', (_, open) => {
    let orm: Orm;
    beforeAll(async () => {
      orm = await open(server.url);
      await (orm.store as unknown as { migrate(): Promise<void> }).migrate();
    }, 60_000);
    afterAll(() => orm?.close());

    it('commits with the record of the event, and nested transactions are savepoints', async () => {
      const { end, state } = await inTransaction(orm.store, async (transaction) => {
        const writer = orm.writerOf(orm.store.transactionOf({ transaction }));
        await writer.insert('outer');
        await writer.nested((inner) => inner.insert('nested'));
        const undone = writer.nested(async (inner) => {
          await inner.insert('undone');
          await inner.nested((deeper) => deeper.insert('undone too')).catch(() => undefined);
          throw new Error('nested');
        });
        await expect(undone).rejects.toThrow('nested');
        await writer.insert('last');
        expect(await rows()).toEqual([]);
      });
      expect({ end, state }).toEqual({ end: true, state: 'done' });
      expect(await rows()).toEqual(['last', 'nested', 'outer']);
    });

    it('leaves no row of a handler that throws after a nested transaction, nor one of its own', async () => {
      const failing = inTransaction(orm.store, async (transaction) => {
        const writer = orm.writerOf(transaction);
        await writer.nested((inner) => inner.insert('nested'));
        await writer.insert('own');
        throw new Error('later');
      });
      await expect(failing).rejects.toThrow('later');
      expect(await rows()).toEqual([]);
    });

    it('cannot be committed by text, or says that it was', async () => {
      let failure: unknown;
      const { end } = await inTransaction(orm.store, async (transaction) => {
        const writer = orm.writerOf(transaction);
        await writer.insert('written');
        failure = await failureOf(() => writer.raw('COMMIT'));
      });
      expect(await rows()).toEqual(['written']);
      if (orm.opensItself) expect(end).toBe('apart');
      else {
        expect(String((failure as Error)?.message) + String((failure as Error)?.cause)).toContain('The store commits');
        expect(end).toBe(true);
      }
    });

    it('writes nothing after the end', async () => {
      let late: (() => Promise<unknown>) | undefined;
      await inTransaction(orm.store, async (transaction) => {
        const writer = orm.writerOf(transaction);
        late = () => writer.insert('late');
      });
      await failureOf(() => late?.());
      expect(await rows()).toEqual([]);
    });
  });
});

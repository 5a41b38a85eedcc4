import { findMissing, type LiveServer, startPostgres, startTcpProxy, type TcpProxy } from '@countersign/live-services';
import { postgresStore } from '@countersign/stores/postgres';
import pg from 'pg';
import { PgBoss } from 'pg-boss';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pgBossQueue } from '../src/pg-boss.ts';
import { freshName, testEngine, titleOf } from './contract.ts';

const missing = findMissing('postgres');

describe.skipIf(missing !== undefined)(titleOf('pg-boss', missing), () => {
  let server: LiveServer;
  let proxy: TcpProxy;
  let pool: pg.Pool;
  let boss: PgBoss;
  beforeAll(async () => {
    server = await startPostgres();
    proxy = await startTcpProxy(server.port);
    pool = new pg.Pool({ connectionString: server.url });
    pool.on('error', () => undefined);
    await postgresStore({ client: pool }).migrate();
    boss = new PgBoss({
      connectionString: `postgres://postgres@127.0.0.1:${proxy.port}/postgres`,
      connectionTimeoutMillis: 1000,
      max: 20,
    });
    boss.on('error', () => undefined);
    await boss.start();
  });
  afterAll(async () => {
    await boss?.stop({ graceful: false });
    await pool?.end();
    await proxy?.close();
    await server?.stop();
  });

  const count = async (name: string, states: readonly string[]) => {
    const sql = 'SELECT count(*)::int AS jobs FROM pgboss.job WHERE name = $1 AND state::text = ANY($2)';
    return ((await pool.query(sql, [name, states])).rows[0] as { jobs: number }).jobs;
  };

  it('rejects a job that a policy of the queue drops, and one for a queue that is missing', async () => {
    const name = freshName();
    await boss.createQueue(name, { policy: 'short' });
    const queue = pgBossQueue({ boss, name });
    const job = (id: string) => ({ text: id, id, group: undefined, transaction: undefined });
    await queue.publish(job('A'.repeat(22)));
    await queue.publish(job('A'.repeat(22)));
    await expect(queue.publish(job('B'.repeat(22)))).rejects.toMatchObject({ code: 'options_invalid' });
    const missing = pgBossQueue({ boss, name: freshName() });
    await expect(missing.publish(job('A'.repeat(22)))).rejects.toThrow('does not exist');
    await expect(
      missing.take(async () => undefined, { concurrency: 1, onError: () => undefined }),
    ).rejects.toMatchObject({
      code: 'options_invalid',
      hint: expect.stringContaining('createQueue'),
    });
  });

  testEngine({
    outage: { cut: () => proxy.cut(), restore: () => proxy.restore() },
    async restart() {
      await server.kill();
      await server.restart();
    },
    transactional: () => postgresStore({ client: pool }),
    async make(attempts) {
      const name = freshName();
      await boss.createQueue(name, { retryLimit: attempts - 1, retryDelay: 0 });
      return {
        queue: pgBossQueue({ boss, name, pollingIntervalSeconds: 0.5 }),
        pending: () => count(name, ['created', 'retry', 'active']),
        dead: () => count(name, ['failed']),
      };
    },
  });
});

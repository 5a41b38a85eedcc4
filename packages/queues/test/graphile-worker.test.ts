import { findMissing, type LiveServer, startPostgres, startTcpProxy, type TcpProxy } from '@countersign/live-services';
import { postgresStore } from '@countersign/stores/postgres';
import { Logger, run, runMigrations } from 'graphile-worker';
import pg from 'pg';
import { afterAll, beforeAll, describe } from 'vitest';
import { graphileQueue } from '../src/graphile-worker.ts';
import { freshName, testEngine, titleOf } from './contract.ts';

const missing = findMissing('postgres');
const quiet = new Logger(() => () => undefined);

describe.skipIf(missing !== undefined)(titleOf('Graphile Worker', missing), () => {
  let server: LiveServer;
  let proxy: TcpProxy;
  let pool: pg.Pool;
  let eye: pg.Pool;
  /** Does not wait for the back-off, which begins with 2.7 s. */
  let hurry: ReturnType<typeof setInterval>;
  beforeAll(async () => {
    server = await startPostgres();
    proxy = await startTcpProxy(server.port);
    eye = new pg.Pool({ connectionString: server.url });
    pool = new pg.Pool({
      connectionString: `postgres://postgres@127.0.0.1:${proxy.port}/postgres`,
      connectionTimeoutMillis: 1000,
      max: 30,
    });
    for (const one of [pool, eye]) one.on('error', () => undefined);
    await postgresStore({ client: eye }).migrate();
    await runMigrations({ pgPool: pool, logger: quiet });
    const sql = 'UPDATE graphile_worker._private_jobs SET run_at = now() WHERE run_at > now() AND locked_at IS NULL';
    hurry = setInterval(() => eye.query(sql).catch(() => undefined), 100);
  });
  afterAll(async () => {
    clearInterval(hurry);
    await Promise.all([pool?.end(), eye?.end()]);
    await proxy?.close();
    await server?.stop();
  });

  const count = async (task: string, condition: string) => {
    const sql = `SELECT count(*)::int AS jobs FROM graphile_worker._private_jobs AS jobs
      JOIN graphile_worker._private_tasks AS tasks ON tasks.id = jobs.task_id WHERE tasks.identifier = $1 AND ${condition}`;
    return ((await eye.query(sql, [task])).rows[0] as { jobs: number }).jobs;
  };

  testEngine({
    outage: { cut: () => proxy.cut(), restore: () => proxy.restore() },
    async restart() {
      await server.kill();
      await server.restart();
    },
    transactional: () => postgresStore({ client: eye }),
    async make(attempts) {
      const task = freshName();
      return {
        queue: graphileQueue({
          task,
          pool,
          maxAttempts: attempts,
          run: (taskList, { concurrency }) =>
            run({
              pgPool: pool,
              taskList: taskList as never,
              concurrency,
              noHandleSignals: true,
              pollInterval: 200,
              logger: quiet,
            }),
        }),
        pending: () => count(task, '(jobs.attempts < jobs.max_attempts OR jobs.locked_at IS NOT NULL)'),
        dead: () => count(task, 'jobs.attempts >= jobs.max_attempts AND jobs.locked_at IS NULL'),
      };
    },
  });
});

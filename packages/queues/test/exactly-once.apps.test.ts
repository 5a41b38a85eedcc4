/** One job per event, counted by kills between the publication and the record that the event is done. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { findMissing, type LiveServer, startPostgres } from '@countersign/live-services';
import { postgresStore } from '@countersign/stores/postgres';
import { Logger, runMigrations } from 'graphile-worker';
import pg from 'pg';
import { PgBoss } from 'pg-boss';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freshName, titleOf } from './contract.ts';

const missing = findMissing('postgres');

describe.skipIf(missing !== undefined)(titleOf('one job per event in PostgreSQL', missing), () => {
  let server: LiveServer;
  let eye: pg.Pool;
  let boss: PgBoss;
  beforeAll(async () => {
    server = await startPostgres();
    eye = new pg.Pool({ connectionString: server.url });
    await postgresStore({ client: eye }).migrate();
    await runMigrations({ pgPool: eye, logger: new Logger(() => () => undefined) });
    boss = new PgBoss({ connectionString: server.url, supervise: false, schedule: false });
    await boss.start();
  });
  afterAll(async () => {
    await boss?.stop({ graceful: false });
    await eye?.end();
    await server?.stop();
  });

  const outcomesOf = async (engine: string, mode: string, name: string, count: number, dies: 'dies' | 'lives') => {
    const program = new URL('sql-process.ts', import.meta.url).pathname;
    const given = ['--conditions=countersign-source', program, server.url, engine, mode, name, String(count), dies];
    const child = spawn(process.execPath, given, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    const outcomes: string[] = [];
    child.on('message', (kind: string) => outcomes.push(kind));
    const [, signal] = await once(child, 'exit');
    expect(signal).toBe(dies === 'dies' ? 'SIGKILL' : null);
    return outcomes;
  };
  const jobsOf = async (engine: string, name: string) => {
    const sql =
      engine === 'pg-boss'
        ? 'SELECT count(*)::int AS jobs FROM pgboss.job WHERE name = $1'
        : `SELECT count(*)::int AS jobs FROM graphile_worker._private_jobs AS jobs
          JOIN graphile_worker._private_tasks AS tasks ON tasks.id = jobs.task_id WHERE tasks.identifier = $1`;
    return ((await eye.query(sql, [name])).rows[0] as { jobs: number }).jobs;
  };

  it.each([
    ['pg-boss', 'transactional', 4],
    ['graphile-worker', 'transactional', 4],
    // The control: without the transaction, the job of the process that died is there.
    ['pg-boss', 'lease', 5],
    ['graphile-worker', 'lease', 5],
  ])(
    'has, with %s in mode %s, %i jobs after a kill at the fifth event, and five after its retry',
    async (engine, mode, left) => {
      const name = freshName();
      await boss.createQueue(name);
      expect(await outcomesOf(engine, mode, name, 5, 'dies')).toEqual(Array.from({ length: 4 }, () => 'handled'));
      await expect.poll(() => jobsOf(engine, name)).toBe(left);
      // Longer than the lease of the claim that was left behind.
      await new Promise((resolve) => setTimeout(resolve, 1200));
      expect(await jobsOf(engine, name)).toBe(left);
      expect(await outcomesOf(engine, mode, name, 5, 'lives')).toEqual([
        ...Array.from({ length: 4 }, () => 'duplicate'),
        'handled',
      ]);
      expect(await jobsOf(engine, name)).toBe(5);
    },
  );
});

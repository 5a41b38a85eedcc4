/** pg-boss over PGlite: PostgreSQL inside the process, so a queue without a server. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createReceiver, memoryStore } from '@countersign/core';
import { standardWebhooks } from '@countersign/providers/standard-webhooks';
import { PGlite } from '@electric-sql/pglite';
import { fromPglite, PgBoss } from 'pg-boss';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { work } from '../src/index.ts';
import { pgBossQueue } from '../src/pg-boss.ts';
import { freshName, testEngine } from './contract.ts';

describe('live: pg-boss over PGlite', () => {
  let database: PGlite;
  let boss: PgBoss;
  beforeAll(async () => {
    database = new PGlite();
    boss = new PgBoss({ db: fromPglite(database), backend: 'pglite' });
    boss.on('error', () => undefined);
    await boss.start();
  });
  afterAll(async () => {
    await boss?.stop({ graceful: false });
    await database?.close();
  });

  const count = async (name: string, states: readonly string[]) => {
    const sql = 'SELECT count(*)::int AS jobs FROM pgboss.job WHERE name = $1 AND state::text = ANY($2)';
    return ((await database.query<{ jobs: number }>(sql, [name, states])).rows[0] as { jobs: number }).jobs;
  };

  testEngine({
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

describe('live: pg-boss over PGlite in a folder', () => {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-pglite-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('still has every acknowledged event after the process was killed', async () => {
    const program = new URL('embedded-process.ts', import.meta.url).pathname;
    const child = spawn(process.execPath, ['--conditions=countersign-source', program, folder], {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    const acknowledged: string[] = [];
    child.on('message', (id: string) => {
      acknowledged.push(id);
      // In the middle of the next ones.
      if (acknowledged.length === 20) child.kill('SIGKILL');
    });
    await once(child, 'exit');
    expect(acknowledged.length).toBeGreaterThanOrEqual(20);
    const database = new PGlite(folder);
    const boss = new PgBoss({ db: fromPglite(database), backend: 'pglite' });
    boss.on('error', () => undefined);
    await boss.start();
    const receiver = createReceiver({
      provider: standardWebhooks,
      secrets: `whsec_${Buffer.alloc(32, 7).toString('base64')}`,
      dedupe: { store: memoryStore(), namespace: 'embedded' },
    });
    const ran: string[] = [];
    const worker = work(
      pgBossQueue({ boss, name: 'webhooks', pollingIntervalSeconds: 0.5 }),
      receiver,
      (event) => {
        ran.push(String(event.id));
      },
      { concurrency: 10 },
    );
    try {
      await expect.poll(() => acknowledged.filter((id) => !ran.includes(id)), { timeout: 30_000 }).toEqual([]);
      expect(new Set(ran).size).toBe(ran.length);
    } finally {
      await worker.close();
      await boss.stop({ graceful: false });
      await database.close();
    }
  });
});

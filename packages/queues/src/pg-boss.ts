/** pg-boss: a queue in PostgreSQL. Needs Node 22.12, as pg-boss 12 does. */

import { optionError, requireMethods, requireText, wholeNumber } from './option-values.ts';
import type { JobQueue, QueueOptions } from './queue.ts';
import { type JoinOptions, statementsOf } from './sql-transaction.ts';

/** The parts of a `PgBoss` that are used. */
export interface PgBossClient {
  send(name: string, data: object, options: object): Promise<string | null>;
  work(name: string, options: object, handler: (jobs: never) => Promise<unknown>): Promise<string>;
  offWork(name: string, options: { id: string; wait: boolean }): Promise<void>;
  findJobs(name: string, options: object): Promise<readonly object[]>;
  getQueue(name: string): Promise<object | null>;
}

/** Options of {@link pgBossQueue}. */
export interface PgBossQueueOptions extends QueueOptions, JoinOptions {
  /** A started `PgBoss`. The queue exists, with `retryLimit`, `retryBackoff` and `deadLetter` as you want them. */
  readonly boss: PgBossClient;
  readonly name: string;
  /** Largest job in bytes. Default 8 MiB; PostgreSQL's own limit for `jsonb` is 255 MiB. */
  readonly maxJobBytes?: number;
  /** The time between two looks for new jobs, in seconds, from 0.5. Default: that of pg-boss, 2. */
  readonly pollingIntervalSeconds?: number;
}

/**
 * A queue of pg-boss.
 *
 * In mode `transactional` on the same database, a job joins the transaction: exactly one per event. Otherwise its id is that of the event,
 * so a second one is dropped while pg-boss keeps the first (7 days after its end).
 *
 * @example
 * const boss = await new PgBoss(process.env.DATABASE_URL ?? '').start();
 * await boss.createQueue('webhooks', { retryLimit: 5, retryBackoff: true });
 * const queue = pgBossQueue({ boss, name: 'webhooks' });
 *
 * @throws options_invalid
 */
export function pgBossQueue(options: PgBossQueueOptions): JobQueue {
  const { boss, seal, pollingIntervalSeconds } = options;
  const name = requireText('pgBossQueue.name', options.name);
  requireMethods('pgBossQueue.boss', boss, ['send', 'work', 'offWork', 'findJobs'], 'Expected a started PgBoss.');
  const maxJobBytes = wholeNumber('pgBossQueue.maxJobBytes', options.maxJobBytes, 1024, 255 * 1024 ** 2, 8 * 1024 ** 2);
  return {
    name,
    engine: 'pg-boss',
    maxJobBytes,
    seal,
    async publish({ text, id, group, transaction }) {
      const query = statementsOf(transaction, options);
      const db = query && { executeSql: (sql: string, values: readonly unknown[] = []) => query(sql, values) };
      const uuid = uuidOf(id);
      const sent = await boss.send(
        name,
        { job: text },
        { id: uuid, ...(db && { db }), ...(group !== undefined && { group: { id: group } }) },
      );
      if (sent === uuid) return;
      // It inserted nothing. That is right if it has this job, and wrong if a policy or a throttle of the queue dropped it.
      if ((await boss.findJobs(name, { id: uuid, ...(db && { db }) })).length > 0) return;
      throw optionError(
        'pgBossQueue.name',
        `pg-boss dropped the job: the queue ${name} has a policy that allows only some jobs at once. Create it with the policy standard.`,
      );
    },
    async take(run, { concurrency }) {
      if ((await boss.getQueue(name)) === null)
        throw optionError(
          'pgBossQueue.name',
          `The queue ${name} does not exist. Create it: boss.createQueue('${name}').`,
        );
      const handler = async (jobs: readonly PgBossJob[]) => {
        for (const { id, data, retryCount } of jobs)
          await run({
            job: data?.job,
            messageId: id,
            delivery: typeof retryCount === 'number' ? retryCount + 1 : undefined,
          });
      };
      const id = await boss.work(
        name,
        {
          batchSize: 1,
          localConcurrency: concurrency,
          includeMetadata: true,
          ...(pollingIntervalSeconds !== undefined && { pollingIntervalSeconds }),
        },
        handler as (jobs: never) => Promise<unknown>,
      );
      return { close: () => boss.offWork(name, { id, wait: true }) };
    },
  };
}

interface PgBossJob {
  readonly id: string;
  readonly data: { readonly job?: unknown } | null;
  readonly retryCount?: number;
}

/** 22 characters of base64url are 16 bytes; version 8 of a UUID is free for one's own use (RFC 9562, section 5.8). */
function uuidOf(id: string): string {
  const bytes = Buffer.from(id, 'base64url');
  bytes[6] = ((bytes[6] as number) & 0x0f) | 0x80;
  bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

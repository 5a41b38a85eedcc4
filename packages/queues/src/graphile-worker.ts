/** Graphile Worker: a queue in PostgreSQL. Needs Node 22.18, as graphile-worker 0.18 does. */

import { optionError, requireMethods, requireText, wholeNumber } from './option-values.ts';
import type { JobQueue, QueueOptions } from './queue.ts';
import { type JoinOptions, statementsOf } from './sql-transaction.ts';

/** The parts of a `Pool` of pg that are used. */
export interface GraphilePool {
  query(text: string, values: unknown[]): Promise<{ readonly rows: readonly unknown[] }>;
}

/** A task as Graphile Worker calls it. */
export type GraphileTask = (
  payload: unknown,
  helpers: { readonly job: { readonly id: string; readonly attempts: number } },
) => Promise<void>;

/** The parts of a `Runner` of Graphile Worker that are used. */
export interface GraphileRunner {
  stop(): Promise<void>;
}

/** Options of {@link graphileQueue}. */
export interface GraphileQueueOptions extends QueueOptions, JoinOptions {
  /** The name of the task. */
  readonly task: string;
  /** A pool on the database with the schema of Graphile Worker. */
  readonly pool: GraphilePool;
  /**
   * Starts the worker, where jobs are worked off: `(taskList, { concurrency }) => run({ pgPool, taskList, concurrency, noHandleSignals:
   * true })`.
   */
  readonly run?: (
    taskList: Readonly<Record<string, GraphileTask>>,
    options: { readonly concurrency: number },
  ) => Promise<GraphileRunner>;
  /** Number of attempts. Default: that of Graphile Worker, 25 over about three days. */
  readonly maxAttempts?: number;
  /** The schema of Graphile Worker. Default `graphile_worker`. */
  readonly schema?: string;
  /** Largest job in bytes. Default 8 MiB; PostgreSQL's own limit is 1 GB. */
  readonly maxJobBytes?: number;
}

/**
 * A task of Graphile Worker.
 *
 * In mode `transactional` on the same database, a job joins the transaction: exactly one per event. Otherwise its `job_key` is the event's
 * id, so a second one is dropped while the first is in the queue. Graphile Worker keeps the jobs of a worker that was killed locked for
 * four hours.
 *
 * @example
 * const queue = graphileQueue({
 *   task: 'webhooks',
 *   pool: pgPool,
 *   run: (taskList, { concurrency }) => run({ pgPool, taskList, concurrency, noHandleSignals: true }),
 * });
 *
 * @throws options_invalid
 */
export function graphileQueue(options: GraphileQueueOptions): JobQueue {
  const { pool, run: start, seal } = options;
  const task = requireText('graphileQueue.task', options.task);
  requireMethods('graphileQueue.pool', pool, ['query'], 'Expected a Pool of pg.');
  const schema = options.schema ?? 'graphile_worker';
  if (!/^[a-z_][a-z0-9_]*$/i.test(schema)) throw optionError('graphileQueue.schema', 'Expected the name of a schema.');
  const maxAttempts = wholeNumber('graphileQueue.maxAttempts', options.maxAttempts, 1, 32_767, 25);
  const maxJobBytes = wholeNumber('graphileQueue.maxJobBytes', options.maxJobBytes, 1024, 2 ** 30, 8 * 1024 ** 2);
  // Not the mode replace: that takes the remaining attempts from a job that runs. The same key means the same event here.
  const sql = `SELECT 1 FROM "${schema}".add_job($1, payload := $2::json, job_key := $3, max_attempts := $4, job_key_mode := 'unsafe_dedupe')`;
  return {
    name: task,
    engine: 'graphile-worker',
    maxJobBytes,
    seal,
    async publish({ text, id, transaction }) {
      const query = statementsOf(transaction, options) ?? ((one, values) => pool.query(one, [...values]));
      await query(sql, [task, JSON.stringify({ job: text }), `countersign:${id}`, maxAttempts]);
    },
    async take(run, { concurrency }) {
      if (start === undefined)
        throw optionError(
          'graphileQueue.run',
          'Add run: (taskList, { concurrency }) => run({ pgPool, taskList, concurrency, noHandleSignals: true }).',
        );
      const perform: GraphileTask = (payload, { job: { id, attempts } }) =>
        run({ job: (payload as { job?: unknown } | null)?.job, messageId: String(id), delivery: attempts });
      const runner = await start({ [task]: perform }, { concurrency });
      return { close: () => runner.stop() };
    },
  };
}

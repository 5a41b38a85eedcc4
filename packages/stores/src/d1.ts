/** A dedupe store in a Cloudflare D1 database: one request per step, on the database's clock. */

import { defineStore, WebhookError } from '@countersign/core';
import { releaseOrAbandon } from './abandonment.ts';
import { migrateTable } from './schema-version.ts';
import { defaultTable, requireTable, type SqlMethods, type SqlStore, type SqlStoreOptions } from './sql-store.ts';
import { explainSqlite, type Statement, schemaStatements, sqliteSteps } from './sqlite-statements.ts';
import { type StepsByToken, withSureReleases } from './sure-releases.ts';
import { sweepBatchSize } from './sweeper.ts';
import { withBareErrors } from './with-bare-errors.ts';

export { sqliteSchema } from './sqlite-statements.ts';

/** The parts of a D1 prepared statement that the store uses. */
export interface D1Statement {
  bind(...values: (string | number | null)[]): D1Statement;
}

/** The parts of a D1 binding that the store uses. */
export interface D1Binding {
  prepare(sql: string): D1Statement;
  batch(statements: D1Statement[]): Promise<{ readonly results: unknown[] }[]>;
}

export interface D1StoreOptions extends Omit<SqlStoreOptions, 'sweep'> {
  /** Your binding, such as `env.DB`. Pass the binding itself, not a session. */
  readonly database: D1Binding;
  /**
   * `automatic` (default): at most once a minute per isolate, a claim deletes up to 100 expired records in the same
   * request. `manual`: you call `store.sweep()`, for example from a Cron Trigger.
   */
  readonly sweep?: 'automatic' | 'manual';
}

type Row = Record<string, unknown>;

const sweepPauseMilliseconds = 60_000;
/** Few, because a claim waits for it. */
const sweepBesideClaim = 100;

/**
 * Remembers claims in a Cloudflare D1 database, shared by all Workers that are bound to it.
 *
 * Leases and retention use the clock of the database and end to the millisecond. A claim and a completion are one
 * request each, to the database's primary, wherever the Worker runs; D1 runs the two statements of a claim as one
 * transaction. Consistency is strong, and read replicas are never used. A D1 database runs one statement at a time; for
 * more concurrent deliveries than it can handle, see `durableObjectStore`.
 *
 * Run `migrate()` once at deployment, or put the text of `sqliteSchema()` in a wrangler migration.
 *
 * @example
 * const receiver = createReceiver({
 *   provider: stripe,
 *   secrets: env.STRIPE_WEBHOOK_SECRET,
 *   dedupe: { store: d1Store({ database: env.DB }), namespace: 'billing' },
 * });
 *
 * @throws options_invalid
 * @see https://developers.cloudflare.com/d1/best-practices/read-replication/ (only sessions read from replicas; read
 *   2026-11-21)
 */
export function d1Store({ database, table: given = defaultTable, sweep = 'automatic' }: D1StoreOptions): SqlStore {
  if (typeof database?.prepare !== 'function' || typeof database.batch !== 'function') {
    throw new WebhookError('options_invalid', {
      at: 'd1Store.database',
      hint: 'Expected the binding of a D1 database, such as env.DB.',
    });
  }
  if (sweep !== 'automatic' && sweep !== 'manual') {
    throw new WebhookError('options_invalid', { at: 'd1Store.sweep', hint: 'Expected automatic or manual.' });
  }
  const table = requireTable(given, 'd1Store');
  const steps = sqliteSteps(table);
  let sweepDueAt = sweep === 'automatic' ? 0 : Number.POSITIVE_INFINITY;

  const run = async (...statements: Statement[]): Promise<Row[][]> => {
    try {
      const results = await database.batch(statements.map(([sql, values]) => database.prepare(sql).bind(...values)));
      return results.map((result) => result.results as Row[]);
    } catch (error) {
      throw explainSqlite(error, 'd1Store', table);
    }
  };
  const isOne = async (statement: Statement) => (await run(statement))[0]?.length === 1;

  const raise = async (key: string, position: number | undefined, retentionSeconds: number) => {
    const raising = position === undefined ? [] : [steps.raiseWatermark(key, position, retentionSeconds)];
    const [before = []] = await run(steps.readWatermark(key), ...raising);
    return steps.watermarkOf(before);
  };

  const methods: StepsByToken & Omit<SqlMethods, 'claim'> = {
    async claim(key, leaseSeconds, token) {
      const isSweepDue = Date.now() >= sweepDueAt;
      if (isSweepDue) sweepDueAt = Date.now() + sweepPauseMilliseconds;
      // Work that a Worker starts without waiting for it may be cut off after its response, so a sweep has to be part
      // of a claim.
      const [claimed = [], read = [], swept = []] = await run(
        steps.claim(key, token, leaseSeconds),
        steps.read(key),
        ...(isSweepDue ? [steps.sweep(sweepBesideClaim)] : []),
      );
      if (swept.length >= sweepBesideClaim) sweepDueAt = 0;
      return steps.claimOf(token, claimed, read);
    },
    extend: (key, token, leaseSeconds) => isOne(steps.extend(key, token, leaseSeconds)),
    complete: (key, token, retentionSeconds, answer) => isOne(steps.complete(key, token, retentionSeconds, answer)),
    release: (key, token, options) =>
      releaseOrAbandon(options, {
        release: () => isOne(steps.release(key, token, options)),
        abandon: () => run(steps.abandon(key, token)),
      }),
    raiseWatermark: raise,
    migrate: () =>
      migrateTable({
        at: 'd1Store',
        table,
        create: schemaStatements(table),
        upgrades: [],
        run: (statement) => run([statement, []]),
        raise,
      }),
    async sweep(limit = sweepBatchSize) {
      const [swept = []] = await run(steps.sweep(limit));
      return swept.length;
    },
  };
  return defineStore(withBareErrors(withSureReleases(methods)));
}

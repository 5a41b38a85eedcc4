/** The same steps give the same answers in every store: random sequences, held against the memory store. */

import { DatabaseSync } from 'node:sqlite';
import { type DedupeStore, memoryStore, type StoredResponse } from '@countersign/core';
import { findMissing, startMariadb, startPostgres, startRedis } from '@countersign/live-services';
import { mysqlStore } from '@countersign/stores/mysql';
import { postgresStore } from '@countersign/stores/postgres';
import { redisStore } from '@countersign/stores/redis';
import { sqliteStore } from '@countersign/stores/sqlite';
import fc from 'fast-check';
import { Redis } from 'ioredis';
import { createPool } from 'mysql2/promise';
import pg from 'pg';
import { afterAll, describe, expect, it } from 'vitest';
import { titleOf } from './process-options.ts';

type Step =
  | { readonly kind: 'claim'; readonly key: number }
  /** By the owner of the n-th claim that was given, of whatever key: most are strangers to this one. */
  | { readonly kind: 'extend'; readonly key: number; readonly owner: number }
  | { readonly kind: 'release'; readonly key: number; readonly owner: number }
  | {
      readonly kind: 'complete';
      readonly key: number;
      readonly owner: number;
      readonly answer: StoredResponse | undefined;
    };

const key = fc.nat(2);
const owner = fc.nat(5);
const answer = fc.option(
  fc.record({ status: fc.integer({ min: 200, max: 499 }), body: fc.string({ unit: 'binary', maxLength: 40 }) }),
  { nil: undefined },
);
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('claim' as const), key }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('extend' as const), key, owner }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('release' as const), key, owner }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('complete' as const), key, owner, answer }) },
  ),
  { minLength: 5, maxLength: 30 },
);

let runs = 0;

/** What the steps are answered, with tokens left out: those differ in every store. */
async function answersOf(store: DedupeStore, sequence: readonly Step[], run: number): Promise<unknown[]> {
  const tokens: string[] = [];
  const completed = new Set<string>();
  const answers: unknown[] = [];
  for (const step of sequence) {
    const name = `run ${run} key ${step.key}`;
    if (step.kind === 'claim') {
      const claim = await store.claim(name, 60);
      if (claim.state === 'claimed') {
        tokens.push(claim.token);
        answers.push(['claimed', claim.attempt]);
      } else answers.push(claim.state === 'done' ? ['done', claim.response] : ['in_flight']);
      continue;
    }
    const token = tokens[step.owner] ?? 'nobody';
    if (step.kind === 'extend') answers.push(await store.extend(name, token, 60));
    else if (step.kind === 'release') answers.push(await store.release(name, token));
    else if (step.kind === 'complete' && !completed.has(token)) {
      const isCompleted = await store.complete(name, token, 3600, step.answer);
      if (isCompleted) completed.add(token);
      answers.push(isCompleted);
    } else answers.push('an owner may complete again or be refused');
  }
  return answers;
}

const clean: (() => unknown)[] = [];
afterAll(async () => {
  for (const step of clean.reverse()) await step();
});

const backends: Record<string, { missing: string | undefined; open(): Promise<DedupeStore> }> = {
  SQLite: {
    missing: undefined,
    async open() {
      const store = sqliteStore({ database: new DatabaseSync(':memory:') });
      await store.migrate();
      return store;
    },
  },
  Redis: {
    missing: findMissing('redis'),
    async open() {
      const server = await startRedis();
      const client = new Redis(server.port);
      clean.push(server.stop, () => client.disconnect());
      return redisStore({ client });
    },
  },
  PostgreSQL: {
    missing: findMissing('postgres'),
    async open() {
      const server = await startPostgres({ fsync: false });
      const client = new pg.Pool({ connectionString: server.url });
      clean.push(server.stop, () => client.end());
      const store = postgresStore({ client });
      await store.migrate();
      return store;
    },
  },
  MariaDB: {
    missing: findMissing('mariadb'),
    async open() {
      const server = await startMariadb();
      clean.push(server.stop);
      const client = createPool(server.url);
      clean.push(() => client.end());
      const store = mysqlStore({ client });
      await store.migrate();
      return store;
    },
  },
};

describe('every store', () => {
  for (const [name, { missing, open }] of Object.entries(backends)) {
    it.skipIf(missing !== undefined)(
      `answers random steps as the memory store does: ${titleOf(name, missing)}`,
      async () => {
        const store = await open();
        await fc.assert(
          fc.asyncProperty(steps, async (sequence) => {
            const run = runs++;
            expect(await answersOf(store, sequence, run)).toEqual(await answersOf(memoryStore(), sequence, run));
          }),
          { numRuns: Number(process.env.FAST_CHECK_RUNS ?? 100) },
        );
      },
      60_000,
    );
  }
});

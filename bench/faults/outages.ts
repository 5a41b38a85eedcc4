/** F4, F6, F7, F8: stores that crash, go silent or run full. */

import { DatabaseSync } from 'node:sqlite';
import { startTcpProxy, type TcpProxy } from '@countersign/live-services';
import pg from 'pg';
import { isSuccess, quantile } from './judge.ts';
import {
  judgeWorld,
  newEvent,
  type Result,
  requireZeros,
  round,
  type Scenario,
  sendTo,
  type World,
  withReceivers,
} from './scenario.ts';
import { type Journal, pause } from './sender.ts';
import { monotonic } from './wire.ts';

/** Time for which open events are retried once the fault is over. A store that never recovers strands them. */
const drainMilliseconds = 30_000;

/** Sends without a pause until `fault` is over, and for a moment longer. */
async function loadWhile(world: World, fault: (journal: Journal) => Promise<void>): Promise<Journal> {
  let isOver = false;
  const givenUp = new AbortController();
  const journal: Journal = new Map();
  const sending = sendTo(world, {
    lanes: 8,
    journal,
    doubledPercent: 10,
    paceMilliseconds: 10,
    signal: givenUp.signal,
    next: () => (isOver ? undefined : newEvent({ before: Math.random() * 10 })),
  });
  await pause(300);
  try {
    await fault(journal);
    await pause(500);
  } finally {
    isOver = true;
    const giveUp = setTimeout(() => givenUp.abort(), drainMilliseconds);
    await sending;
    clearTimeout(giveUp);
  }
  return journal;
}

/** Seconds from a moment to the next success. */
function secondsToSuccess(journal: Journal, from: bigint): number {
  const ends = [...journal.values()].flat().filter(({ status, endedAt }) => isSuccess(status) && endedAt > from);
  const first = ends.reduce<bigint | undefined>(
    (least, { endedAt }) => (least === undefined || endedAt < least ? endedAt : least),
    undefined,
  );
  return first === undefined ? Number.POSITIVE_INFINITY : Number(first - from) / 1e9;
}

export const redisKilled: Scenario = {
  id: 'F4',
  fault: 'Redis killed by -9 and started again under load: no file, appendfsync everysec, always',
  unit: 'kills for each setting',
  full: 20,
  short: 2,
  stores: ['redis'],
  modes: ['lease'],
  async run({ store, mode, amount }) {
    const figures: Record<string, string> = {};
    const broken: string[] = [];
    let whole: Result['verdict'];
    for (const appendOnly of ['off', 'everysec', 'always'] as const) {
      await withReceivers(store, mode, { appendOnly }, async (world) => {
        const journal = await loadWhile(world, async () => {
          for (let kill = 0; kill < amount; kill++) {
            await pause(300 + Math.random() * 300);
            await world.backend.server?.kill();
            await pause(100);
            await world.backend.server?.restart();
          }
        });
        const { verdict, ledger } = await judgeWorld(world, journal);
        broken.push(...requireZeros(verdict, true, ledger.lines).map((what) => `${appendOnly}: ${what}`));
        figures[appendOnly] = `${verdict.lost} lost, ${verdict.twice} twice of ${verdict.events}`;
        whole =
          whole === undefined
            ? verdict
            : {
                ...verdict,
                events: whole.events + verdict.events,
                attempts: whole.attempts + verdict.attempts,
                twice: whole.twice + verdict.twice,
              };
      });
    }
    return { ...(whole && { verdict: whole }), figures, broken };
  },
};

export const storeUnreachable: Scenario = {
  id: 'F6',
  fault: 'the store cut off for 10 s, then silent for 5 s, under load (3 s each in the short form)',
  unit: 'times each',
  full: 20,
  short: 1,
  stores: ['redis', 'postgres', 'mysql'],
  modes: ['lease', 'transactional'],
  async run({ store, mode, amount, isShort }) {
    let proxy: TcpProxy | undefined;
    const recoveries: number[] = [];
    const gaps: { kind: string; from: bigint; to: bigint }[] = [];
    return withReceivers(
      store,
      mode,
      {
        config: { timeoutSeconds: 1 },
        urlOf: async (backend) => {
          proxy = await startTcpProxy(backend.server?.port as number);
          return backend.url.replace(String(backend.server?.port), String(proxy.port));
        },
      },
      async (world) => {
        const moments: bigint[] = [];
        const journal = await loadWhile(world, async () => {
          for (let time = 0; time < amount * 2; time++) {
            const kind = time % 2 === 0 ? 'cut' : 'silent';
            if (kind === 'cut') await proxy?.cut();
            else proxy?.stall();
            // Events claimed before may still start; they finish soon.
            await pause(300);
            const from = monotonic();
            await pause(isShort ? 2700 : kind === 'cut' ? 9700 : 4700);
            gaps.push({ kind, from, to: monotonic() });
            await proxy?.restore();
            moments.push(monotonic());
            await pause(1500);
          }
        });
        await proxy?.close();
        for (const moment of moments) recoveries.push(secondsToSuccess(journal, moment));
        const { verdict, ledger } = await judgeWorld(world, journal);
        // A process just before a gap already had its claim; one that starts during the gap did not.
        const starts = [...ledger.starts.values()].flat();
        const startsInGap = gaps.reduce(
          (sum, { from, to }) => sum + starts.filter((at) => at > from && at < to).length,
          0,
        );
        const inGap = [...journal.values()]
          .flat()
          .filter(({ startedAt, endedAt }) => gaps.some(({ from, to }) => startedAt > from && endedAt < to));
        const wrong = inGap.filter(({ status, retryAfter }) => status !== 503 || retryAfter === undefined);
        const broken = requireZeros(verdict, mode === 'lease', ledger.lines);
        if (startsInGap > 0) broken.push(`${startsInGap} handlers started while the store was down`);
        if (wrong.length > 0)
          broken.push(
            `${wrong.length} responses in the gap were not 503 with Retry-After, such as ${wrong[0]?.status}`,
          );
        if (inGap.length === 0) broken.push('there were no responses while the store was down');
        if (quantile(recoveries, 1) > (isShort ? 5 : 2))
          broken.push(`recovery took ${round(quantile(recoveries, 1))} s`);
        return {
          verdict,
          broken,
          figures: {
            outages: gaps.length,
            '503 in the gaps': inGap.length,
            'handlers begun in the gaps': startsInGap,
            'slowest recovery, s': round(quantile(recoveries, 1)),
          },
        };
      },
    );
  },
};

/** The attempts sent after a moment: events claimed before it may succeed although the store is down. */
function startedAfter(journal: Journal, moment: bigint): Journal {
  return new Map([...journal].map(([id, attempts]) => [id, attempts.filter(({ startedAt }) => startedAt > moment)]));
}

export const connectionsLost: Scenario = {
  id: 'F18',
  fault: 'every open connection to the store goes silent forever while new ones work, under load',
  unit: 'losses',
  full: 20,
  short: 1,
  stores: ['redis', 'postgres', 'mysql'],
  modes: ['lease', 'transactional'],
  async run({ store, mode, amount }) {
    const timeoutSeconds = 1;
    let proxy: TcpProxy | undefined;
    return withReceivers(
      store,
      mode,
      {
        config: { timeoutSeconds },
        urlOf: async (backend) => {
          proxy = await startTcpProxy(backend.server?.port as number);
          return backend.url.replace(String(backend.server?.port), String(proxy.port));
        },
      },
      async (world) => {
        const moments: bigint[] = [];
        const journal = await loadWhile(world, async () => {
          for (let time = 0; time < amount; time++) {
            // Otherwise twenty losses would leave the server with more connections than it allows.
            proxy?.endLost();
            proxy?.loseConnections();
            // Responses already sent may still be on their way to the sender.
            await pause(100);
            moments.push(monotonic());
            await pause(9000);
          }
        });
        await proxy?.close();
        const recoveries = moments.map((moment) => secondsToSuccess(startedAfter(journal, moment), moment));
        const { verdict, ledger } = await judgeWorld(world, journal);
        const broken = requireZeros(verdict, mode === 'lease', ledger.lines);
        const refused = [...journal.values()].flat().filter(({ status }) => status === 503).length;
        if (quantile(recoveries, 1) > timeoutSeconds + 5)
          broken.push(`recovery took ${round(quantile(recoveries, 1))} s`);
        if (refused === 0) broken.push('no delivery noticed that the connections were lost');
        return {
          verdict,
          broken,
          figures: { losses: amount, '503': refused, 'slowest recovery, s': round(quantile(recoveries, 1)) },
        };
      },
    );
  },
};

export const postgresStopped: Scenario = {
  id: 'F7',
  fault: 'PostgreSQL stopped immediately and restarted, and backends terminated during COMMIT, under load',
  unit: 'stops, and four times as many terminations',
  full: 50,
  short: 3,
  stores: ['postgres'],
  modes: ['lease', 'transactional'],
  run: ({ store, mode, amount }) =>
    withReceivers(store, mode, {}, async (world) => {
      const { server } = world.backend;
      const recoveries: number[] = [];
      const moments: bigint[] = [];
      let terminated = 0;
      const journal = await loadWhile(world, async () => {
        for (let stop = 0; stop < amount; stop++) {
          await pause(200 + Math.random() * 200);
          // Immediate shutdown: no checkpoint, recovery from the log at the next start.
          await server?.kill('SIGQUIT');
          await server?.restart();
          moments.push(monotonic());
          await pause(300);
        }
        const client = new pg.Client({ connectionString: world.backend.url });
        await client.connect();
        for (let tries = 0; terminated < amount * 4 && tries < amount * 4000; tries++) {
          // A commit takes as long as its fsync, so a backend in COMMIT is found by its wait event or its text.
          const { rows } = await client.query(
            `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
             WHERE pid <> pg_backend_pid() AND state = 'active' AND (query = 'COMMIT' OR wait_event IN ('WALSync', 'WALWrite')) LIMIT 1`,
          );
          terminated += rows.length;
          if (rows.length > 0) await pause(20);
        }
        await client.end();
      });
      for (const moment of moments) recoveries.push(secondsToSuccess(journal, moment));
      const { verdict, ledger } = await judgeWorld(world, journal);
      const broken = requireZeros(verdict, mode === 'lease', ledger.lines);
      if (quantile(recoveries, 1) > 5) broken.push(`the pool took ${round(quantile(recoveries, 1))} s to recover`);
      if (terminated < amount * 4) broken.push(`only ${terminated} backends were found in COMMIT`);
      return {
        verdict,
        broken,
        figures: {
          stops: amount,
          'terminated in COMMIT': terminated,
          'slowest recovery, s': round(quantile(recoveries, 1)),
        },
      };
    }),
};

export const sqliteTrouble: Scenario = {
  id: 'F8',
  fault: 'SQLite locked by another writer for 5 s, full, and killed during a checkpoint',
  unit: 'times, a third of each',
  full: 50,
  short: 6,
  stores: ['sqlite'],
  modes: ['lease', 'transactional'],
  run: ({ store, mode, amount, isShort }) =>
    withReceivers(store, mode, { config: { timeoutSeconds: 2 } }, async (world) => {
      const other = new DatabaseSync(world.backend.url, { timeout: 3000 });
      const counts = { locked: 0, full: 0, 'killed in a checkpoint': 0 };
      let refusedWhileFull = 0;
      const journal = await loadWhile(world, async (journal) => {
        for (let time = 0; time < amount; time++) {
          if (time % 3 === 0) {
            other.exec('BEGIN IMMEDIATE');
            await pause(isShort ? 2500 : 5000);
            other.exec('ROLLBACK');
            counts.locked++;
          } else if (time % 3 === 1) {
            refusedWhileFull += await fillDisk(world, journal);
            counts.full++;
          } else {
            const checkpoint = pause(5 * Math.random()).then(() => world.slots[time % 2]?.signal('SIGKILL'));
            try {
              other.exec('PRAGMA wal_checkpoint(TRUNCATE)');
            } catch {
              // Busy: the kill still hits a running checkpoint, or the moment after one.
            }
            await checkpoint;
            counts['killed in a checkpoint']++;
            await pause(600);
          }
          await pause(300);
        }
      });
      const check = other.prepare('PRAGMA integrity_check').get() as { integrity_check: string };
      other.close();
      const { verdict, ledger } = await judgeWorld(world, journal);
      const broken = requireZeros(verdict, mode === 'lease', ledger.lines);
      if (check.integrity_check !== 'ok') broken.push(`integrity_check says ${check.integrity_check}`);
      if (refusedWhileFull === 0) broken.push('no delivery failed although the file could not grow');
      return {
        verdict,
        broken,
        figures: { ...counts, '503 while full': refusedWhileFull, integrity_check: check.integrity_check },
      };
    }),
};

/** Stops every receiver's file from growing for a moment, and returns how many responses that affected. */
async function fillDisk({ slots }: World, journal: Journal): Promise<number> {
  const from = monotonic();
  for (const slot of slots) slot.signal('SIGUSR2');
  await pause(1000);
  for (const slot of slots) slot.signal('SIGHUP');
  const to = monotonic();
  return [...journal.values()].flat().filter(({ status, endedAt }) => status === 503 && endedAt > from && endedAt < to)
    .length;
}

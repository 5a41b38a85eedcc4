/** Measures a claim and its completion against the simplest commands that could replace them. */

import { findMissing, startPostgres, startRedis } from '@countersign/live-services';
import { postgresStore } from '@countersign/stores/postgres';
import { redisStore } from '@countersign/stores/redis';
import { Redis } from 'ioredis';
import pg from 'pg';

export interface StepRatio {
  readonly backend: string;
  readonly lanes: number;
  readonly against: string;
  /** Microseconds for one claim and one completion. */
  readonly ours: number;
  readonly theirs: number;
  /** The speed relative to the other one. */
  readonly ratio: number;
  /** The goal: on one connection. With more in progress, both keep the processor busy, and Lua has its own cost. */
  readonly least: number | undefined;
}

const rounds = 31;
const pairsInRound = 100;
/** Sequentially, and with as many in progress as on a busy receiver. */
const lanesMeasured = [1, 10] as const;

/** Each against the same server, over the same client, in turn. */
export async function measureStoreSteps(): Promise<StepRatio[]> {
  const ratios: StepRatio[] = [];
  for (const lanes of lanesMeasured) {
    if (findMissing('redis') === undefined) ratios.push(await measureRedis(lanes));
    if (findMissing('postgres') === undefined) ratios.push(await measurePostgres(lanes));
  }
  return ratios;
}

async function measureRedis(lanes: number): Promise<StepRatio> {
  const server = await startRedis();
  const client = new Redis(server.port);
  const store = redisStore({ client });
  try {
    const bare = async (key: string) => {
      await client.set(key, 'token', 'PX', 30_000, 'NX');
      await client.set(key, 'done', 'PX', 604_800_000);
    };
    return {
      backend: 'Redis',
      lanes,
      against: 'SET NX PX, then SET PX',
      ...(await compare(lanes, claimAndComplete(store), bare)),
    };
  } finally {
    client.disconnect();
    await server.stop();
  }
}

async function measurePostgres(lanes: number): Promise<StepRatio> {
  const server = await startPostgres();
  const client = new pg.Pool({ connectionString: server.url, max: lanes });
  const store = postgresStore({ client, sweep: 'manual' });
  try {
    await store.migrate();
    await client.query('CREATE TABLE bare (key text PRIMARY KEY, token text, done boolean, until timestamptz)');
    // Prepared by name, as in the store: otherwise this would compare planning with not planning.
    const bare = async (key: string) => {
      const insert = `INSERT INTO bare VALUES ($1, $2, false, now() + interval '30 s') ON CONFLICT (key) DO NOTHING`;
      await client.query({ name: 'bare_claim', text: insert, values: [key, 'token'] });
      const update = `UPDATE bare SET done = true, until = now() + interval '7 d' WHERE key = $1 AND token = $2`;
      await client.query({ name: 'bare_done', text: update, values: [key, 'token'] });
    };
    return {
      backend: 'PostgreSQL',
      lanes,
      against: 'INSERT ON CONFLICT, then UPDATE',
      ...(await compare(lanes, claimAndComplete(store), bare)),
    };
  } finally {
    await client.end();
    await server.stop();
  }
}

function claimAndComplete(store: ReturnType<typeof redisStore>) {
  return async (key: string) => {
    const claim = await store.claim(key, 30);
    if (claim.state === 'claimed') await store.complete(key, claim.token, 604_800, { fingerprint: 'abcdefgh' });
  };
}

/** Medians over rounds in which both take turns, so that other load on the machine affects both. */
async function compare(
  lanes: number,
  ours: (key: string) => Promise<void>,
  theirs: (key: string) => Promise<void>,
): Promise<Pick<StepRatio, 'ours' | 'theirs' | 'ratio' | 'least'>> {
  let keys = 0;
  const run = async (work: (key: string) => Promise<void>) => {
    let left = pairsInRound;
    const startedAt = performance.now();
    const lane = async () => {
      while (left-- > 0) await work(`${keys++}`.padStart(43, 'k'));
    };
    await Promise.all(Array.from({ length: lanes }, lane));
    return ((performance.now() - startedAt) * 1000) / pairsInRound;
  };
  for (let warm = 0; warm < 5; warm++) {
    await run(ours);
    await run(theirs);
  }
  const pairs: [number, number][] = [];
  for (let round = 0; round < rounds; round++) {
    pairs.push(
      round % 2 === 0
        ? [await run(ours), await run(theirs)]
        : ([await run(theirs), await run(ours)].reverse() as [number, number]),
    );
  }
  const ratios = pairs.map(([own, other]) => other / own);
  return {
    ours: median(pairs.map(([own]) => own)),
    theirs: median(pairs.map(([, other]) => other)),
    ratio: median(ratios),
    least: lanes === 1 ? 0.8 : undefined,
  };
}

function median(values: number[]): number {
  return values.sort((a, b) => a - b)[Math.floor(values.length / 2)] as number;
}

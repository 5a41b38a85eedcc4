import { type ClaimsNamespace, durableObjectStore } from '@countersign/stores/durable-object';
import { storeContract } from '@countersign/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { contractRunner } from './contract-runner.ts';
import { type DurableObjectServer, startDurableObjects } from './durable-object-server.ts';
import { createLossyPath } from './lossy-path.ts';
import { peekSqliteBy } from './peeked-record.ts';

describe('Durable Objects in workerd', () => {
  let server: DurableObjectServer;
  beforeAll(async () => {
    server = await startDurableObjects();
  }, 60_000);
  afterAll(() => server?.close());

  const rowsOf = async (sql: string, values?: string[]) =>
    (await server.query(sql, values)).flatMap(({ rows }) => rows);

  const peek = peekSqliteBy(async (text, values) => {
    const rows = await rowsOf(text, values);
    // One object alone keeps a key.
    expect(rows.length).toBeLessThanOrEqual(1);
    return rows;
  });
  storeContract(contractRunner, {
    make: () => ({ store: server.store }),
    peek,
    outage: { cut: () => server.cut(), restore: () => server.restore() },
  });

  describe('called from outside of the Worker', () => {
    const path = createLossyPath();
    const namespace: ClaimsNamespace = {
      idFromName: (name) => ({ name }),
      get: (id) => ({
        fetch: (_, { body }) => path.pass(() => server.fetchObject((id as { name: string }).name, body)),
      }),
    };
    storeContract(contractRunner, {
      make: () => ({ store: durableObjectStore({ namespace, shards: 4 }) }),
      peek,
      loss: path,
    });
  });

  it('makes a token itself for a caller of an older version, which sends none', async () => {
    const step = JSON.stringify({ step: 'claim', key: 'older', leaseSeconds: 30 });
    const answer = await server.fetchObject('countersign:0', step);
    const { token } = ((await answer.json()) as { result: { token: string } }).result;
    const release = JSON.stringify({ step: 'release', key: 'older', token });
    expect(await (await server.fetchObject('countersign:0', release)).json()).toEqual({ result: true });
  });

  it('remembers what was done when the objects start anew', async () => {
    const claim = await server.store.claim('kept', 30);
    if (claim.state !== 'claimed') throw new Error('not claimed');
    await server.store.complete('kept', claim.token, 3600, { status: 201 });
    await server.cut();
    await server.restore();
    expect(await server.store.claim('kept', 30)).toEqual({ state: 'done', response: { status: 201 } });
  });

  it('spreads keys evenly over its objects', async () => {
    await server.query('DELETE FROM countersign_claims');
    await Promise.all(Array.from({ length: 400 }, () => server.store.claim(crypto.randomUUID(), 30)));
    const counts = (await rowsOf('SELECT COUNT(*) AS n FROM countersign_claims')).map(({ n }) => Number(n));
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(400);
    // A hundred each, give or take six standard deviations.
    for (const count of counts) expect(Math.abs(count - 100)).toBeLessThan(52);
  });

  it('sets its alarm for the first expiry, no sooner than in an hour, and brings it forward', async () => {
    const hour = 3_600_000;
    const day = 24 * hour;
    const alarmsAfter = async () => (await server.query('SELECT 1')).map(({ alarmAt }) => (alarmAt ?? 0) - Date.now());
    await server.query('DELETE FROM countersign_claims', [], true);
    await server.query('SELECT 1', [], true);
    const keys = Array.from({ length: 40 }, (_, place) => `alarm ${place}`);
    const claims = await Promise.all(keys.map((key) => server.store.claim(key, 30)));
    for (const left of await alarmsAfter()) expect(Math.abs(left - 7 * day - 30_000)).toBeLessThan(20_000);
    await Promise.all(
      keys.map((key, place) => server.store.complete(key, (claims[place] as { token: string }).token, 2)),
    );
    for (const left of await alarmsAfter()) expect(Math.abs(left - hour)).toBeLessThan(20_000);
  });

  it('removes expired records by its alarm in batches, and stops when none is left', async () => {
    await server.query('DELETE FROM countersign_claims');
    const seeded = `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1500)
INSERT INTO countersign_claims (key, token, attempt, done, lease_until, expires_at) SELECT 'old ' || i, '', 1, 1, 0, 1 FROM n`;
    await server.query(seeded);
    await server.store.claim('stays', 30);
    const count = 'SELECT COUNT(*) AS n FROM countersign_claims';
    const [first] = await server.query(count, [], true);
    // Five hundred and perhaps the live one; the runtime may have rung the next alarm by now.
    expect(Number(first?.rows[0]?.n)).toBeLessThanOrEqual(501);
    await expect.poll(async () => (await rowsOf(count)).reduce((sum, { n }) => sum + Number(n), 0)).toBe(1);
    const answers = await server.query(count);
    for (const { rows, alarmAt } of answers) {
      if (rows[0]?.n === 0) expect(alarmAt).toBeNull();
      else expect(alarmAt).toBeGreaterThan(Date.now() + 6 * 86_400_000);
    }
    expect((await server.store.claim('stays', 30)).state).toBe('in_flight');
  });

  it('answers 400 to a step that it does not know, which the store calls unavailable', async () => {
    const body = JSON.stringify({ step: 'forget', key: 'a' });
    expect(await server.fetchObject('countersign:0', body)).toMatchObject({ ok: false, status: 400 });
    const namespace: ClaimsNamespace = {
      idFromName: (name) => ({ name }),
      get: () => ({ fetch: async () => new Response(null, { status: 400 }) }),
    };
    await expect(durableObjectStore({ namespace }).claim('a', 30)).rejects.toMatchObject({
      code: 'store_unavailable',
      hint: expect.stringContaining('ClaimsObject'),
    });
  });

  it('asks the same object for a key at every step, among as many as there are shards', async () => {
    const names: string[] = [];
    const namespace: ClaimsNamespace = {
      idFromName(name) {
        names.push(name);
        return { name };
      },
      get: () => ({ fetch: async () => Response.json({ result: false }) }),
    };
    const store = durableObjectStore({ namespace });
    await store.extend('a key', 'token', 30);
    await store.complete('a key', 'token', 30);
    await store.release('a key', 'token');
    // Written down here, because another distribution would forget what is done.
    expect(names.splice(0)).toEqual(['countersign:3', 'countersign:3', 'countersign:3']);
    for (let n = 0; n < 1000; n++) await store.release(`key ${n}`, 'token');
    expect(new Set(names).size).toBe(32);
    await durableObjectStore({ namespace, shards: 1 }).release('a key', 'token');
    expect(names.at(-1)).toBe('countersign:0');
  });

  it('bundles into a module that imports nothing', () => {
    expect(server.script).toContain('ClaimsObject');
    expect(server.script).not.toMatch(/\bimport\b[^.(]|\brequire\(/);
  });

  it('refuses what is no namespace, and numbers of shards that make no sense', () => {
    for (const namespace of [undefined, null, {}, 'CLAIMS']) {
      expect(() => durableObjectStore({ namespace: namespace as never })).toThrow('durableObjectStore.namespace');
    }
    const namespace = { idFromName() {}, get() {} } as never;
    for (const shards of [0, -1, 1.5, 10_001, Number.NaN, '4' as never]) {
      expect(() => durableObjectStore({ namespace, shards })).toThrow('durableObjectStore.shards');
    }
  });
});

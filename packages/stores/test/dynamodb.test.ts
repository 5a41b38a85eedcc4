import type { DynamoDB } from '@aws-sdk/client-dynamodb';
import { startTcpProxy, type TcpProxy } from '@countersign/live-services';
import {
  type DynamodbClient,
  type DynamodbItem,
  type DynamodbUpdate,
  dynamodbStore,
  dynamodbTable,
} from '@countersign/stores/dynamodb';
import { storeContract } from '@countersign/testing';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { contractRunner } from './contract-runner.ts';
import { connectDynamodb, startDynalite } from './dynamodb-server.ts';
import { createLossyPath } from './lossy-path.ts';
import { execArgv } from './process-options.ts';

describe('DynamoDB through Dynalite', () => {
  let server: Awaited<ReturnType<typeof startDynalite>>;
  let proxy: TcpProxy;
  let eye: DynamoDB;
  beforeAll(async () => {
    server = await startDynalite();
    proxy = await startTcpProxy(server.port);
    eye = connectDynamodb(server.port);
    await eye.createTable(dynamodbTable());
    process.env.COUNTERSIGN_TEST_DYNAMODB_PORT = String(server.port);
  }, 60_000);
  afterAll(async () => {
    eye?.destroy();
    await proxy?.close();
    await server?.close();
  });

  const itemOf = async (key: string, table = 'countersign_claims') =>
    (await eye.getItem({ TableName: table, Key: { key: { S: key } }, ConsistentRead: true })).Item;
  const peek = async (key: string) => {
    const item = await itemOf(key);
    const keptMilliseconds = Number(item?.expires_at?.N) - Date.now();
    if (item === undefined || keptMilliseconds <= 0) return undefined;
    // DynamoDB's own expiry may not come before that of the record.
    expect(Number(item.expires_at_seconds?.N) * 1000).toBeGreaterThanOrEqual(Number(item.expires_at?.N));
    return {
      state: item.done?.BOOL
        ? ('done' as const)
        : item.token === undefined
          ? ('released' as const)
          : ('claimed' as const),
      attempt: Number(item.attempt?.N),
      token: item.token?.S,
      response: item.answer?.S === undefined ? undefined : JSON.parse(item.answer.S),
      expiresInSeconds: keptMilliseconds / 1000,
    };
  };
  const path = createLossyPath();
  const overPath = (client: DynamodbClient): DynamodbClient => ({
    updateItem: (input) => path.pass(() => client.updateItem(input)),
    getItem: (input) => client.getItem(input),
  });
  const contract = (wrap: (client: DynamoDB) => DynamodbClient, processes?: { module: URL; execArgv: string[] }) =>
    storeContract(contractRunner, {
      make() {
        const client = connectDynamodb(proxy.port);
        return {
          store: dynamodbStore({ client: overPath(wrap(client)), maxClockSkewSeconds: 0 }),
          close: () => client.destroy(),
        };
      },
      peek,
      clock: 'caller',
      outage: { cut: () => proxy.cut(), restore: () => proxy.restore() },
      loss: path,
      ...(processes === undefined ? {} : { processes }),
    });

  describe('which sends no item with a failed condition', () => {
    contract((client) => client, { module: new URL('./dynamodb-make.ts', import.meta.url), execArgv });
  });

  // Dynalite does not know ReturnValuesOnConditionCheckFailure. This reads the item in a second request, as it stands a
  // moment later, and puts it where AWS's client has it.
  describe('with the item in the error, as AWS sends it', () => {
    contract(withItemInError);
  });

  it('is one request for a fresh claim, a completion and a duplicate, and two for a claim that takes over', async () => {
    const names: string[] = [];
    const client = withItemInError(eye, (name) => names.push(name));
    const store = dynamodbStore({ client });
    const claim = await store.claim('counted', 30);
    if (claim.state !== 'claimed') throw new Error('not claimed');
    expect(names.splice(0)).toEqual(['updateItem']);
    expect((await store.claim('counted', 30)).state).toBe('in_flight');
    expect(names.splice(0)).toEqual(['updateItem']);
    await store.release('counted', claim.token);
    expect(names.splice(0)).toEqual(['updateItem']);
    const second = await store.claim('counted', 30);
    expect(second).toMatchObject({ state: 'claimed', attempt: 2 });
    expect(names.splice(0)).toEqual(['updateItem', 'updateItem']);
    await store.complete('counted', (second as { token: string }).token, 60);
    expect(names.splice(0)).toEqual(['updateItem']);
    expect((await store.claim('counted', 30)).state).toBe('done');
    expect(names).toEqual(['updateItem']);
  });

  it('waits for the skew of clocks before a lease counts as over, and not after a release', async () => {
    const client = eye;
    const ahead = (seconds: number) => vi.spyOn(Date, 'now').mockReturnValue(realNow() + seconds * 1000);
    const realNow = Date.now.bind(Date);
    const store = dynamodbStore({ client, maxClockSkewSeconds: 20 });
    const strict = dynamodbStore({ client, maxClockSkewSeconds: 0 });
    try {
      for (const key of ['skew', 'no skew', 'released', 'retained']) await store.claim(key, 30);
      ahead(45);
      expect(await store.claim('skew', 30)).toEqual({ state: 'in_flight', leaseLeftSeconds: 5 });
      expect(await strict.claim('no skew', 30)).toMatchObject({ state: 'claimed', attempt: 2 });
      ahead(51);
      expect(await store.claim('skew', 30)).toMatchObject({ state: 'claimed', attempt: 2 });
      vi.restoreAllMocks();

      const owner = (await itemOf('released'))?.token?.S as string;
      await store.release('released', owner);
      ahead(-15);
      expect(await store.claim('released', 30)).toMatchObject({ state: 'claimed', attempt: 2 });
      vi.restoreAllMocks();

      await store.complete('retained', (await itemOf('retained'))?.token?.S as string, 60);
      ahead(75);
      expect((await store.claim('retained', 30)).state).toBe('done');
      ahead(81);
      expect(await store.claim('retained', 30)).toMatchObject({ state: 'claimed', attempt: 1 });
    } finally {
      vi.restoreAllMocks();
    }
  });

  it('counts attempts from 1 again once they are forgotten, though the item still stands', async () => {
    const store = dynamodbStore({ client: eye });
    const realNow = Date.now.bind(Date);
    try {
      const first = await store.claim('forgotten', 30);
      await store.release('forgotten', (first as { token: string }).token);
      const eightDays = 8 * 86_400_000;
      vi.spyOn(Date, 'now').mockImplementation(() => realNow() + eightDays);
      expect(await store.claim('forgotten', 30)).toMatchObject({ state: 'claimed', attempt: 1 });
    } finally {
      vi.restoreAllMocks();
    }
  });

  it('knows its own claim again when the client had to send it twice', async () => {
    for (const client of [eye, withItemInError(eye)] as DynamodbClient[]) {
      const key = crypto.randomUUID();
      const store = dynamodbStore({
        client: {
          async updateItem(input) {
            await client.updateItem(input);
            return client.updateItem(input);
          },
          getItem: (input) => client.getItem(input),
        },
      });
      const claim = await store.claim(key, 30);
      expect(claim).toMatchObject({ state: 'claimed', attempt: 1 });
      expect((await itemOf(key))?.token?.S).toBe((claim as { token: string }).token);
    }
  });

  it('does not let an older renewal that lands later shorten the lease', async () => {
    for (const client of [eye, withItemInError(eye)] as DynamodbClient[]) {
      const key = crypto.randomUUID();
      let hold: Promise<void> | undefined;
      const store = dynamodbStore({
        client: {
          async updateItem(input) {
            await hold;
            return client.updateItem(input);
          },
          getItem: (input) => client.getItem(input),
        },
        maxClockSkewSeconds: 0,
      });
      const claim = await store.claim(key, 1);
      const { token } = claim as { token: string };
      let land: () => void = () => undefined;
      hold = new Promise((resolve) => {
        land = resolve;
      });
      const older = store.extend(key, token, 1);
      hold = undefined;
      expect(await store.extend(key, token, 30)).toBe(true);
      const leaseUntil = (await itemOf(key))?.lease_until?.N;
      land();
      // It is still the owner's, whichever came first.
      expect(await older).toBe(true);
      expect((await itemOf(key))?.lease_until?.N).toBe(leaseUntil);
      await store.complete(key, token, 60);
      expect(await store.extend(key, token, 1)).toBe(false);
    }
  });

  it('claims once more what was granted after its own lease', async () => {
    for (const client of [eye, withItemInError(eye)] as DynamodbClient[]) {
      const key = crypto.randomUUID();
      let delay = 1500;
      const store = dynamodbStore({
        client: {
          async updateItem(input) {
            await new Promise((resolve) => setTimeout(resolve, delay));
            delay = 0;
            return client.updateItem(input);
          },
          getItem: (input) => client.getItem(input),
        },
      });
      expect(await store.claim(key, 1)).toMatchObject({ state: 'claimed', attempt: 1 });
      expect(Number((await itemOf(key))?.lease_until?.N)).toBeGreaterThan(Date.now());
      expect((await dynamodbStore({ client, maxClockSkewSeconds: 0 }).claim(key, 1)).state).toBe('in_flight');
    }
  });

  it('gives up as unavailable where others change an item at each try', async () => {
    const refusal = Object.assign(new Error('The conditional request failed'), {
      name: 'ConditionalCheckFailedException',
    });
    const store = dynamodbStore({
      client: { updateItem: () => Promise.reject(refusal), getItem: async () => ({}) },
    });
    await expect(store.claim('a', 30)).rejects.toMatchObject({ code: 'store_unavailable' });
    await expect(store.raiseWatermark?.('a', 1, 30)).rejects.toMatchObject({ code: 'store_unavailable' });
  });

  it('says how to create the table where it is missing or has another key', async () => {
    await eye.createTable({
      TableName: 'other_key',
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
    });
    for (const table of ['not_there', 'other_key']) {
      const store = dynamodbStore({ client: eye, table });
      const failure = { code: 'store_unavailable', hint: expect.stringContaining(`dynamodbTable('${table}')`) };
      await expect(store.claim('a', 30)).rejects.toMatchObject(failure);
      await expect(store.raiseWatermark?.('a', undefined, 30)).rejects.toMatchObject(failure);
    }
  });

  it('refuses what is no client, no table and no skew', () => {
    for (const client of [undefined, null, {}, { send() {} }]) {
      expect(() => dynamodbStore({ client: client as never })).toThrow('dynamodbStore.client');
    }
    for (const table of ['', 'a', 'a b', 'x'.repeat(256), 5 as never]) {
      if (typeof table === 'string') expect(() => dynamodbTable(table)).toThrow('dynamodbTable.table');
      expect(() => dynamodbStore({ client: eye, table })).toThrow('dynamodbStore.table');
    }
    dynamodbStore({ client: eye, table: 'arn:aws:dynamodb:us-east-1:123456789012:table/claims' });
    for (const maxClockSkewSeconds of [-1, 301, Number.NaN, '5' as never]) {
      expect(() => dynamodbStore({ client: eye, maxClockSkewSeconds })).toThrow('dynamodbStore.maxClockSkewSeconds');
    }
  });
});

function withItemInError(client: DynamoDB, onCall: (name: string) => void = () => undefined): DynamodbClient {
  return {
    async updateItem(input: DynamodbUpdate) {
      onCall('updateItem');
      try {
        return await client.updateItem(input);
      } catch (error) {
        const { name } = error as Error;
        if (name !== 'ConditionalCheckFailedException') throw error;
        expect(input.ReturnValuesOnConditionCheckFailure).toBe('ALL_OLD');
        const { Item } = await client.getItem({ TableName: input.TableName, Key: input.Key, ConsistentRead: true });
        throw Object.assign(error as Error, { Item: Item as DynamodbItem | undefined });
      }
    },
    getItem(input) {
      onCall('getItem');
      return client.getItem(input);
    },
  };
}

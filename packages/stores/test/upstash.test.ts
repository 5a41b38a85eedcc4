import { findMissing, type LiveServer, startRedis } from '@countersign/live-services';
import { redisStore } from '@countersign/stores/redis';
import { type UpstashClient, upstashStore } from '@countersign/stores/upstash';
import { storeContract } from '@countersign/testing';
import { Redis as Upstash } from '@upstash/redis';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { contractRunner } from './contract-runner.ts';
import { createLossyPath } from './lossy-path.ts';
import { peekRedisBy } from './peeked-record.ts';
import { execArgv, titleOf } from './process-options.ts';
import { startUpstashShim, type UpstashShim } from './upstash-shim.ts';

const missing = findMissing('redis');

describe.skipIf(missing !== undefined)(titleOf('Upstash', missing), () => {
  let server: LiveServer;
  let shim: UpstashShim;
  let eye: Redis;
  beforeAll(async () => {
    server = await startRedis();
    shim = await startUpstashShim(server.port);
    eye = new Redis(server.port);
    process.env.COUNTERSIGN_TEST_UPSTASH = shim.url;
  }, 60_000);
  afterAll(async () => {
    eye?.disconnect();
    await shim?.close();
    await server?.stop();
  });

  const connect = (settings: object = {}) =>
    new Upstash({ url: shim.url, token: 'none', retry: false, enableTelemetry: false, ...settings });
  const peek = peekRedisBy(() => eye);
  const path = createLossyPath();
  const overPath = (client: UpstashClient): UpstashClient => ({
    evalsha: (...given) => path.pass(() => client.evalsha(...given)),
    eval: (...given) => path.pass(() => client.eval(...given)),
  });

  describe.each([
    ['with the client as it comes', {}],
    ['with automaticDeserialization off', { automaticDeserialization: false }],
    ['with responseEncoding and enableAutoPipelining off', { responseEncoding: false, enableAutoPipelining: false }],
  ])('%s', (_, settings) => {
    storeContract(contractRunner, {
      make: () => ({ store: upstashStore({ client: overPath(connect(settings)) }) }),
      peek,
      outage: { cut: () => shim.cut(), restore: () => shim.restore() },
      loss: path,
      ...('responseEncoding' in settings
        ? {}
        : { processes: { module: new URL('./upstash-make.ts', import.meta.url), execArgv } }),
    });
  });

  it('gives back answers that look like JSON as the texts they are', async () => {
    const store = upstashStore({ client: connect() });
    const responses = [
      { body: '12' },
      { body: '{"a":1}' },
      { body: 'null' },
      { body: '' },
      { body: '"' },
      { status: 200 },
      {},
      { body: '1e400', headers: { 'x-number': '007' }, fingerprint: '123' },
    ];
    for (const [place, response] of responses.entries()) {
      const key = `like json ${place}`;
      const claim = await store.claim(key, 30);
      if (claim.state !== 'claimed') throw new Error('not claimed');
      await store.complete(key, claim.token, 60, response);
      expect(await store.claim(key, 30)).toEqual({ state: 'done', response });
    }
  });

  it('is one request for each step, and one more for each script that the server has not seen', async () => {
    await eye.script('FLUSH');
    const store = upstashStore({ client: connect(), prefix: 'counted:' });
    shim.requests.length = 0;
    for (const key of ['a', 'b']) {
      const claim = await store.claim(key, 30);
      if (claim.state !== 'claimed') throw new Error('not claimed');
      await store.complete(key, claim.token, 60);
    }
    const seen = [['evalsha'], ['eval'], ['evalsha'], ['eval'], ['evalsha'], ['evalsha']];
    expect(shim.requests).toEqual(seen);
  });

  it('takes no answer from a client whose signal is aborted, and no command into its error', async () => {
    const settings = { enableAutoPipelining: false, responseEncoding: false };
    for (const reason of ['x', '', '{}', '12', { status: 200 }, undefined]) {
      const store = upstashStore({ client: connect({ ...settings, signal: AbortSignal.abort(reason) }) });
      await expect(store.claim('aborted', 30)).rejects.toMatchObject({ code: 'store_unavailable' });
    }
    const store = upstashStore({ client: connect(settings) });
    await eye.lpush('countersign:a list', 'x');
    const failure = await store.complete('a list', 'token', 60, { body: 'private' }).catch((error: unknown) => error);
    expect(String(failure)).toContain('WRONGTYPE');
    expect(`${failure} ${JSON.stringify(failure)} ${(failure as Error).stack}`).not.toContain('private');
  });

  it('knows its own claim again when the client sent it twice because the answer was lost', async () => {
    const store = upstashStore({ client: connect({ retry: { retries: 3, backoff: () => 10 } }) });
    // The script is known to the server, so that the claim itself is what gets lost.
    await store.claim('first', 30);
    shim.requests.length = 0;
    shim.loseNextAnswer();
    const claim = await store.claim('answer lost', 30);
    expect(shim.requests).toEqual([['evalsha'], ['evalsha']]);
    expect(claim).toMatchObject({ state: 'claimed', attempt: 1 });
    expect(await store.complete('answer lost', (claim as { token: string }).token, 60)).toBe(true);
    expect((await store.claim('answer lost', 30)).state).toBe('done');
  });

  it('shares its keys with the store that speaks to the same Redis over TCP', async () => {
    await upstashStore({ client: connect() }).claim('shared', 30);
    expect((await redisStore({ client: eye }).claim('shared', 30)).state).toBe('in_flight');
  });

  it('refuses what is no client, and a prefix that is no text', () => {
    for (const client of [undefined, null, {}, 'https://127.0.0.1', eye.options]) {
      expect(() => upstashStore({ client: client as never })).toThrow('upstashStore.client');
    }
    expect(() => upstashStore({ client: connect(), prefix: 5 as never })).toThrow('upstashStore.prefix');
  });
});

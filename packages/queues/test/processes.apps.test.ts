import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createReceiver, memoryStore } from '@countersign/core';
import { findMissing, type LiveServer, startRedis } from '@countersign/live-services';
import { standardWebhooks } from '@countersign/providers/standard-webhooks';
import { signDelivery } from '@countersign/testing';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bullmqQueue } from '../src/bullmq.ts';
import { enqueue } from '../src/index.ts';
import { freshName, titleOf } from './contract.ts';

const missing = findMissing('redis');
const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

interface Told {
  readonly started?: string;
  readonly ended?: string;
  readonly attempt?: number;
}

describe.skipIf(missing !== undefined)(titleOf('workers as processes', missing), () => {
  let server: LiveServer;
  const children: ChildProcess[] = [];
  beforeAll(async () => {
    server = await startRedis({ appendOnly: 'always' });
  });
  afterAll(async () => {
    for (const child of children) child.kill('SIGKILL');
    await server?.stop();
  });

  const startWorker = (name: string, mode: 'hangs' | 'slow' | 'quick', told: Told[]) => {
    const program = new URL('worker-process.ts', import.meta.url).pathname;
    const child = spawn(
      process.execPath,
      ['--conditions=countersign-source', program, String(server.port), name, mode],
      {
        stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      },
    );
    child.on('message', (message: Told) => told.push(message));
    children.push(child);
    return child;
  };
  const put = async (name: string, count: number) => {
    const client = new Redis(server.port, { maxRetriesPerRequest: null });
    const queue = new Queue(name, {
      connection: client,
      defaultJobOptions: { attempts: 3, backoff: { type: 'fixed', delay: 50 } },
    });
    const receiver = createReceiver({
      provider: standardWebhooks,
      secrets: secret,
      dedupe: { store: memoryStore(), namespace: name },
    });
    for (let number = 0; number < count; number++) {
      const delivery = await signDelivery(standardWebhooks, { secret, id: `msg_${number}`, body: '{"type":"a"}' });
      expect((await receiver.receive(delivery, enqueue(bullmqQueue({ queue })) as never)).kind).toBe('handled');
    }
    await queue.close();
    client.disconnect();
  };

  it('runs an event again whose worker was killed while its handler ran, and loses none', async () => {
    const name = freshName();
    await put(name, 5);
    const told: Told[] = [];
    const first = startWorker(name, 'hangs', told);
    await expect.poll(() => told.filter(({ started }) => started !== undefined).length, { timeout: 20_000 }).toBe(1);
    first.kill('SIGKILL');
    const hung = told.find(({ started }) => started !== undefined)?.started;
    startWorker(name, 'quick', told);
    const ended = () => told.flatMap(({ ended }) => ended ?? []).sort();
    await expect.poll(ended, { timeout: 30_000 }).toEqual(['msg_0', 'msg_1', 'msg_2', 'msg_3', 'msg_4']);
    expect(told.find((one) => one.ended === hung)?.attempt).toBe(2);
  });

  it('ends what runs when it gets SIGTERM, leaves the rest to the next, and runs none twice', async () => {
    const name = freshName();
    await put(name, 4);
    const told: Told[] = [];
    const first = startWorker(name, 'slow', told);
    await expect.poll(() => told.some(({ started }) => started !== undefined), { timeout: 20_000 }).toBe(true);
    first.kill('SIGTERM');
    const [, signal] = await once(first, 'exit');
    expect(signal).toBe('SIGTERM');
    const begun = told.flatMap(({ started }) => started ?? []);
    expect(told.flatMap(({ ended }) => ended ?? [])).toEqual(begun);
    expect(begun.length).toBeLessThan(4);
    startWorker(name, 'quick', told);
    const ended = () => told.flatMap(({ ended }) => ended ?? []).sort();
    await expect.poll(ended, { timeout: 30_000 }).toEqual(['msg_0', 'msg_1', 'msg_2', 'msg_3']);
    expect(told.flatMap(({ started }) => started ?? [])).toHaveLength(4);
  });
});

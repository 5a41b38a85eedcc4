import { findMissing, type LiveServer, startRabbitmq, startTcpProxy, type TcpProxy } from '@countersign/live-services';
import { type ChannelModel, connect } from 'amqplib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RabbitmqQueue, rabbitmqQueue } from '../src/rabbitmq.ts';
import { freshName, testEngine, titleOf } from './contract.ts';

const missing = findMissing('rabbitmq');

describe.skipIf(missing !== undefined)(titleOf('RabbitMQ', missing), () => {
  let server: LiveServer;
  let proxy: TcpProxy;
  let eye: ChannelModel;
  const look = async () => {
    eye = await connect(server.url);
    eye.on('error', () => undefined);
  };
  beforeAll(async () => {
    server = await startRabbitmq();
    proxy = await startTcpProxy(server.port);
    await look();
    await declare(settled, 3);
    await server.kill('SIGTERM');
    await server.restart();
    await look();
  }, 300_000);
  /** Known to RabbitMQ's file of quorum queues, which it writes when it ends, or minutes later: a crash before that loses the queue. */
  const settled = freshName();
  const declare = async (name: string, attempts: number) => {
    const channel = await eye.createChannel();
    await channel.assertQueue(`${name}dead`, { durable: true });
    await channel.assertQueue(name, {
      durable: true,
      arguments: {
        'x-queue-type': 'quorum',
        'x-delivery-limit': attempts - 1,
        'x-dead-letter-exchange': '',
        'x-dead-letter-routing-key': `${name}dead`,
      },
    });
    await channel.close();
  };
  afterAll(async () => {
    await eye?.close().catch(() => undefined);
    await proxy?.close();
    await server?.stop();
  });

  it('rejects a job that RabbitMQ does not take, because the queue is full or missing', async () => {
    const name = freshName();
    const channel = await eye.createChannel();
    await channel.assertQueue(name, { arguments: { 'x-max-length': 1, 'x-overflow': 'reject-publish' } });
    await channel.close();
    const publish = async (queue: RabbitmqQueue, id: string) => {
      await queue.publish({ text: id, id, group: undefined, transaction: undefined });
    };
    const open = (queue: string) => rabbitmqQueue({ connect: () => connect(server.url), queue });
    const [full, missing] = [open(name), open(freshName())];
    await publish(full, 'one');
    await expect(publish(full, 'two')).rejects.toThrow('nack');
    await expect(publish(missing, 'one')).rejects.toThrow('does not exist');
    // It still confirms the next.
    await expect(Promise.allSettled([publish(missing, 'a'), publish(missing, 'b')])).resolves.toMatchObject([
      { status: 'rejected' },
      { status: 'rejected' },
    ]);
    await Promise.all([full.close(), missing.close()]);
  });

  testEngine({
    countsRunning: false,
    buriesAtOnce: true,
    outage: { cut: () => proxy.cut(), restore: () => proxy.restore() },
    async restart() {
      await server.kill();
      await server.restart();
      await look();
    },
    async make(attempts, purpose) {
      const name = purpose === 'crash' ? settled : freshName();
      if (purpose !== 'crash') await declare(name, attempts);
      const waiting = async (queue: string) => {
        const one = await eye.createChannel();
        const { messageCount } = await one.checkQueue(queue);
        await one.close();
        return messageCount;
      };
      const queue = rabbitmqQueue({
        connect: () => connect(`amqp://guest:guest@127.0.0.1:${proxy.port}`),
        queue: name,
        retryDelaysSeconds: [0.05],
      });
      return { queue, pending: () => waiting(name), dead: () => waiting(`${name}dead`), close: () => queue.close() };
    },
  });
});

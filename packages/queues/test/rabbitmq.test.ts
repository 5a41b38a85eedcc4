import { findMissing, type LiveServer, startRabbitmq, startTcpProxy, type TcpProxy } from '@countersign/live-services';
import { type ChannelModel, connect } from 'amqplib';
import { afterAll, beforeAll, describe } from 'vitest';
import { rabbitmqQueue } from '../src/rabbitmq.ts';
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
  }, 120_000);
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

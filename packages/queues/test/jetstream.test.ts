import { findMissing, type LiveServer, startNats, startTcpProxy, type TcpProxy } from '@countersign/live-services';
import { AckPolicy, DiscardPolicy, jetstream, jetstreamManager, RetentionPolicy } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { jetstreamQueue } from '../src/jetstream.ts';
import { freshName, testEngine, titleOf } from './contract.ts';

const missing = findMissing('nats');

describe.skipIf(missing !== undefined)(titleOf('NATS JetStream', missing), () => {
  let server: LiveServer;
  let proxy: TcpProxy;
  let client: NatsConnection;
  let eye: NatsConnection;
  beforeAll(async () => {
    server = await startNats();
    proxy = await startTcpProxy(server.port);
    const reconnecting = { maxReconnectAttempts: -1, reconnectTimeWait: 100 };
    client = await connect({ servers: `127.0.0.1:${proxy.port}`, ignoreClusterUpdates: true, ...reconnecting });
    eye = await connect({ servers: `127.0.0.1:${server.port}`, ...reconnecting });
  });
  afterAll(async () => {
    await Promise.all([client?.close(), eye?.close()]);
    await proxy?.close();
    await server?.stop();
  });

  it('rejects a job that no stream takes, that goes to another one, or for which there is no room', async () => {
    const name = freshName();
    const manager = await jetstreamManager(eye);
    await manager.streams.add({ name, subjects: [name], max_msgs: 1, discard: DiscardPolicy.New });
    const publish = async (options: { stream: string; subject: string }, id: string) => {
      const queue = jetstreamQueue({ jetstream: jetstream(client), ...options });
      await queue.publish({ text: id, id, group: undefined, transaction: undefined });
    };
    await publish({ stream: name, subject: name }, 'one');
    await expect(publish({ stream: name, subject: name }, 'two')).rejects.toThrow('maximum messages');
    await expect(publish({ stream: name, subject: freshName() }, 'one')).rejects.toThrow();
    await expect(publish({ stream: 'another', subject: name }, 'one')).rejects.toMatchObject({
      code: 'options_invalid',
    });
  });

  testEngine({
    ordered: true,
    buriesAtOnce: true,
    outage: { cut: () => proxy.cut(), restore: () => proxy.restore() },
    async restart() {
      await server.kill();
      await server.restart();
    },
    async make(attempts, purpose) {
      const name = freshName();
      const manager = await jetstreamManager(eye);
      await manager.streams.add({
        name,
        subjects: [name, `${name}.>`],
        retention: RetentionPolicy.Workqueue,
        duplicate_window: 10e9,
      });
      await manager.streams.add({ name: `${name}dead`, subjects: [`dead.${name}`] });
      await manager.consumers.add(name, {
        durable_name: 'worker',
        ack_policy: AckPolicy.Explicit,
        max_deliver: attempts,
        ack_wait: 2e9,
        ...(purpose === 'order' && { max_ack_pending: 1 }),
      });
      const messages = async (stream: string) => (await manager.streams.info(stream)).state.messages;
      return {
        queue: jetstreamQueue({
          jetstream: jetstream(client),
          stream: name,
          subject: name,
          consumer: 'worker',
          deadLetterSubject: `dead.${name}`,
          retryDelaysSeconds: [0.05],
        }),
        pending: () => messages(name),
        dead: () => messages(`${name}dead`),
      };
    },
  });
});

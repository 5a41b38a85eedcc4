import { SQS } from '@aws-sdk/client-sqs';
import { startTcpProxy, type TcpProxy } from '@countersign/live-services';
import { type FauxqsServer, startFauxqs } from 'fauxqs';
import { afterAll, beforeAll, describe } from 'vitest';
import { sqsQueue } from '../src/sqs.ts';
import { freshName, testEngine } from './contract.ts';

describe.each([
  ['FIFO', '.fifo'],
  ['standard', ''],
])('live: SQS, a %s queue', (_, suffix) => {
  let server: FauxqsServer;
  let proxy: TcpProxy;
  let client: SQS;
  beforeAll(async () => {
    server = await startFauxqs({ port: 0, logger: false });
    proxy = await startTcpProxy(server.port);
    const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
    client = new SQS({ endpoint: `http://127.0.0.1:${proxy.port}`, region: 'eu-west-1', credentials, maxAttempts: 1 });
  });
  afterAll(async () => {
    client?.destroy();
    await proxy?.close();
    await server?.stop();
  });

  testEngine({
    ordered: suffix !== '',
    outage: { cut: () => proxy.cut(), restore: () => proxy.restore() },
    async make(attempts) {
      const name = freshName();
      const options = { region: 'eu-west-1' };
      const fifo = suffix === '' ? {} : { FifoQueue: 'true' };
      const dead = server.createQueue(`${name}dead${suffix}`, { ...options, attributes: fifo });
      const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: dead.queueArn, maxReceiveCount: attempts });
      const { queueName } = server.createQueue(`${name}${suffix}`, {
        ...options,
        attributes: { ...fifo, RedrivePolicy },
      });
      const count = (of: string) => {
        const { ready, delayed, inflight } = (
          server.inspectQueue(of) as NonNullable<ReturnType<FauxqsServer['inspectQueue']>>
        ).messages;
        return ready.length + delayed.length + inflight.length;
      };
      return {
        queue: sqsQueue({
          client,
          queueUrl: `http://127.0.0.1:${proxy.port}/000000000000/${queueName}`,
          visibilityTimeoutSeconds: 2,
          retryDelaysSeconds: [0],
        }),
        pending: async () => count(queueName),
        dead: async () => count(dead.queueName),
      };
    },
  });
});

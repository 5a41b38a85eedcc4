// Tests the queues through the installed packages, as modules and as CommonJS: each engine loads without its client and refuses a value that is
// none, and an event passes a list. Prints `right`, or the fault.
import { createRequire } from 'node:module';
import { createReceiver, memoryStore } from '@countersign/core';
import { standardWebhooks } from '@countersign/providers/standard-webhooks';
import { signDelivery } from '@countersign/testing';

const require = createRequire(import.meta.url);
const names = {
  'pg-boss': 'pgBossQueue',
  'graphile-worker': 'graphileQueue',
  bullmq: 'bullmqQueue',
  jetstream: 'jetstreamQueue',
  rabbitmq: 'rabbitmqQueue',
  sqs: 'sqsQueue',
  'cloudflare-queues': 'cloudflareQueue',
};
const wrong = [];
for (const [path, name] of Object.entries(names)) {
  for (const loaded of [await import(`@countersign/queues/${path}`), require(`@countersign/queues/${path}`)]) {
    try {
      loaded[name]({});
      wrong.push(`${name} accepts anything as a client`);
    } catch (error) {
      if (error.code !== 'options_invalid') wrong.push(`${name}: ${error}`);
    }
  }
}

const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const modules = [await import('@countersign/queues'), require('@countersign/queues')];
for (const { enqueue } of modules) {
  for (const { work } of modules) {
    const jobs = [];
    let run;
    const take = async (one) => {
      run = one;
      return { close: async () => undefined };
    };
    const queue = { name: 'list', engine: 'list', maxJobBytes: 1e6, publish: async (job) => jobs.push(job.text), take };
    const receiver = createReceiver({ provider: standardWebhooks, secrets: secret, dedupe: memoryStore() });
    const ran = [];
    await work(queue, receiver, (event) => void ran.push(event.id)).ready;
    const delivery = await signDelivery(standardWebhooks, { secret, id: 'msg_1' });
    const { kind } = await receiver.receive(delivery, enqueue(queue));
    for (let time = 0; time < 2; time++) await run({ job: jobs[0], messageId: '1', delivery: 1 });
    if (kind !== 'handled' || ran.join() !== 'msg_1') wrong.push(`an event was ${kind} and ran as ${ran.join()}`);
  }
}
process.stdout.write(wrong.length === 0 ? 'right\n' : `${wrong.join('\n')}\n`);

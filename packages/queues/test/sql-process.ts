/** A route as a process of its own, which dies right after an event was published, before its record is written. */

import { createReceiver } from '@countersign/core';
import { standardWebhooks } from '@countersign/providers/standard-webhooks';
import { postgresStore } from '@countersign/stores/postgres';
import { signDelivery } from '@countersign/testing';
import pg from 'pg';
import { PgBoss } from 'pg-boss';
import { graphileQueue } from '../src/graphile-worker.ts';
import { enqueue } from '../src/index.ts';
import { pgBossQueue } from '../src/pg-boss.ts';

const [url, engine, mode, name, count, dies] = process.argv.slice(2) as [
  string,
  string,
  'lease',
  string,
  string,
  string,
];
const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const pool = new pg.Pool({ connectionString: url, max: 4 });
let queue = graphileQueue({ task: name, pool });
if (engine === 'pg-boss') {
  const boss = new PgBoss({ connectionString: url, supervise: false, schedule: false });
  await boss.start();
  queue = pgBossQueue({ boss, name });
}
const receiver = createReceiver({
  provider: standardWebhooks,
  secrets: secret,
  dedupe: { store: postgresStore({ client: pool }), namespace: name, mode, leaseSeconds: 1 },
});
const handler = enqueue(queue);
for (let number = 0; number < Number(count); number++) {
  const delivery = await signDelivery(standardWebhooks, { secret, id: `msg_${number}`, body: '{"type":"a"}' });
  const isLast = number === Number(count) - 1;
  const outcome = await receiver.receive(delivery, async (event, context) => {
    const response = await handler(event as never, context);
    if (dies === 'dies' && isLast) process.kill(process.pid, 'SIGKILL');
    return response;
  });
  process.send?.(outcome.kind);
}
process.exit();

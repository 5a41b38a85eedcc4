/** Puts one event after another on a queue in the folder that is its argument, and reports each that was acknowledged. */

import { createReceiver, memoryStore } from '@countersign/core';
import { standardWebhooks } from '@countersign/providers/standard-webhooks';
import { signDelivery } from '@countersign/testing';
import { PGlite } from '@electric-sql/pglite';
import { fromPglite, PgBoss } from 'pg-boss';
import { enqueue } from '../src/index.ts';
import { pgBossQueue } from '../src/pg-boss.ts';

const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const boss = new PgBoss({ db: fromPglite(new PGlite(process.argv[2] as string)), backend: 'pglite' });
await boss.start();
await boss.createQueue('webhooks');
const receiver = createReceiver({
  provider: standardWebhooks,
  secrets: secret,
  dedupe: { store: memoryStore(), namespace: 'embedded' },
});
const handler = enqueue(pgBossQueue({ boss, name: 'webhooks' }));
for (let count = 0; count < 1000; count++) {
  const id = `msg_${count}`;
  const delivery = await signDelivery(standardWebhooks, { secret, id, body: '{"type":"a"}' });
  const { kind } = await receiver.receive(delivery, handler as never);
  if (kind === 'handled') process.send?.(id);
}

/** Books a payment once for each paid invoice, in the transaction that also records the event. */

import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { createReceiver, type EventOf, type HandlersByType } from '@countersign/core';
import { webhook } from '@countersign/express';
import { stripe } from '@countersign/providers/stripe';
import { sqliteStore } from '@countersign/stores/sqlite';
import express, { type Express } from 'express';

/** The app's settings: in a real app, from the environment. */
export interface Settings {
  readonly file: string;
  readonly secret: string | undefined;
  /** Called within the transaction, after the payment is written. */
  readonly afterBooking?: (eventId: string | undefined) => Promise<void> | void;
}

export async function createApp({ file, secret, afterBooking }: Settings): Promise<Express> {
  const database = new DatabaseSync(file);
  database.exec('PRAGMA journal_mode = WAL');
  database.exec('CREATE TABLE IF NOT EXISTS payments (invoice TEXT NOT NULL, cents INTEGER NOT NULL)');
  const store = sqliteStore({ database });
  await store.migrate();

  const receiver = createReceiver({
    provider: stripe,
    secrets: secret,
    dedupe: { store, namespace: 'payments', mode: 'transactional' },
    deadLetter: {
      afterAttempts: 10,
      handle: (event, { attempts }) => console.error(`${event.id} was given up after ${attempts} attempts`),
    },
  });
  const handle: HandlersByType<EventOf<typeof stripe>> = {
    'invoice.paid': async (event, context) => {
      const { object } = event.payload.data as { object: { id: string; amount_paid: number } };
      const transaction = store.transactionOf(context);
      transaction.prepare('INSERT INTO payments VALUES (?, ?)').run(object.id, object.amount_paid);
      await afterBooking?.(event.id);
    },
  };

  const app = express();
  app.post('/webhooks/stripe', webhook(receiver, handle));
  return app;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const app = await createApp({ file: 'payments.db', secret: process.env.STRIPE_WEBHOOK_SECRET });
  app.listen(3000, () => console.log('http://localhost:3000/webhooks/stripe'));
}

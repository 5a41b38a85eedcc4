/** An app's module for `countersign archive`: a receiver with an archive in a SQLite file, and handlers. */

import { appendFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { createReceiver, defineProvider, memoryStore, rawBodyHmac } from '@countersign/core';
import { sqliteStore } from '@countersign/stores/sqlite';
import { sqliteArchive } from '@countersign/stores/sqlite-archive';

const database = new DatabaseSync(process.env.ARCHIVE_TEST_FILE ?? ':memory:');
export const secret = 'archive-app-secret-9d24c1e07b';
export const archive = sqliteArchive({ database, settleSeconds: 0 });
const store = sqliteStore({ database });
await store.migrate();
await archive.migrate();

export const provider = defineProvider({
  name: 'shop',
  scheme: rawBodyHmac({ header: 'x-sig' }),
  eventId: { json: 'id' },
  eventType: { json: 'type' },
});
const options = { provider, secrets: secret, archive, onWarning: () => undefined } as const;
export const receiver = createReceiver({ ...options, dedupe: { store, namespace: 'billing' } });
export const inMemory = createReceiver({ ...options, dedupe: { store: memoryStore(), namespace: 'billing' } });
export const withoutArchive = createReceiver({ provider, secrets: secret, onWarning: () => undefined });

export const handlers = {
  'order.paid': (event: { readonly id: string | undefined }) => {
    appendFileSync(process.env.ARCHIVE_TEST_EFFECTS ?? '/dev/null', `${event.id}\n`);
  },
  'order.broken': () => {
    throw new Error('still broken');
  },
};
export const close = () => database.close();

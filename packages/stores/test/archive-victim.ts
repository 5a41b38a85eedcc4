/** A process that receives one delivery and is killed: in the store's claim, or in the handler. */

import { writeSync } from 'node:fs';
import { createReceiver } from '@countersign/core';
import { openBackend } from './archive-backends.ts';
import { archivedDelivery, archivedOptions } from './archive-shop.ts';

const [url = '', namespace = '', stage = ''] = process.argv.slice(2);
const { store, archive } = openBackend(url);
const hang = () => {
  writeSync(1, 'here\n');
  setInterval(() => undefined, 1000);
  return new Promise<never>(() => undefined);
};
const receiver = createReceiver({
  ...archivedOptions,
  archive,
  dedupe: {
    store: stage === 'claim' ? { ...store, claim: hang } : store,
    namespace,
    leaseSeconds: 1,
    timeoutSeconds: 60,
  },
});
await receiver.receive(archivedDelivery('killed'), hang);

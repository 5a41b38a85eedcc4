/** A sender for tests of archives, and its deliveries. */

import { createHmac } from 'node:crypto';
import { defineProvider, rawBodyHmac } from '@countersign/core';

const secrets = 'archive-shop-0123456789abcdef';
const provider = defineProvider({
  name: 'archive-shop',
  scheme: rawBodyHmac({ header: 'x-sig' }),
  eventId: { json: 'id' },
  eventType: { json: 'type' },
});

export const archivedOptions = { provider, secrets, onOutcome: () => undefined, onWarning: () => undefined } as const;

export const archivedDelivery = (id: string) => {
  const body = Buffer.from(JSON.stringify({ id, type: 't' }));
  return { body, headers: { 'x-sig': createHmac('sha256', secrets).update(body).digest('hex') } };
};

/** A sender for tests of receivers, and its deliveries. */

import { createHmac } from 'node:crypto';
import {
  createReceiver,
  type DedupeOptions,
  defineProvider,
  type ReceiverOptions,
  rawBodyHmac,
} from '@countersign/core';

const secret = '0123456789abcdef0123456789abcdef';
const provider = defineProvider({ name: 'shop', scheme: rawBodyHmac({ header: 'x-sig' }), eventId: { json: 'id' } });

/** A receiver that keeps what it has to say to itself. */
export const shopReceiver = (
  dedupe: DedupeOptions,
  options: Pick<ReceiverOptions, 'onOutcome' | 'handlerTimeoutSeconds' | 'ordering' | 'deadLetter'> = {},
) =>
  createReceiver({
    provider,
    secrets: secret,
    dedupe,
    onOutcome: () => undefined,
    onWarning: () => undefined,
    ...options,
  });

export const deliveryOf = (id: string, more: object = {}) => {
  const body = Buffer.from(JSON.stringify({ id, ...more }));
  return { body, headers: { 'x-sig': createHmac('sha256', secret).update(body).digest('hex') } };
};

export const later = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

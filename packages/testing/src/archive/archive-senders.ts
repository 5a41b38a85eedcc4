/** Senders for the archive contract, and their signed deliveries. */

import { createHmac, randomUUID } from 'node:crypto';
import { defineProvider, rawBodyHmac } from '@countersign/core';

const scheme = rawBodyHmac({ header: 'x-sig' });
const places = { eventId: { json: 'id' }, eventType: { json: 'type' } } as const;

export const sender = defineProvider({ name: 'archived', scheme, ...places });
export const bytesSender = defineProvider({ name: 'archived-bytes', scheme, payload: 'bytes' });
export const batchSender = defineProvider({ name: 'archived-batch', scheme, batch: { json: 'events.*' }, ...places });

/** The secrets of the contract, by one letter. */
export const secretOf = (name: string) => `archive-contract-${name}-4f1c9a07d2e8b653`;

export const freshName = (start: string) => `${start}-${randomUUID().slice(0, 8)}`;

export const silent = { onOutcome: () => undefined, onWarning: () => undefined } as const;

export function deliver(
  content: Uint8Array | object,
  secret = 'a',
  headers: Readonly<Record<string, string>> = {},
): { readonly body: Uint8Array; readonly headers: Readonly<Record<string, string>> } {
  const body = content instanceof Uint8Array ? content : Buffer.from(JSON.stringify(content));
  return { body, headers: { ...headers, 'x-sig': createHmac('sha256', secretOf(secret)).update(body).digest('hex') } };
}

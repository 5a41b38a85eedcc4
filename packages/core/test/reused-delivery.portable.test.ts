/** An app may put a parsed body on its own object, or use the object for the next request: what was verified stays as it was. */

import { createReceiver, defineProvider, memoryStore, type Outcome, rawBodyHmac } from '@countersign/core';
import { expect, it } from 'vitest';

const secret = 'k7Lw2mQ9xV4bN8tR1cY6';
const provider = defineProvider({
  name: 'acme',
  scheme: rawBodyHmac({ header: 'x-signature' }),
  eventId: { json: 'id' },
});
const genuine = new TextEncoder().encode('{"id":"genuine"}');
const forged = new TextEncoder().encode('{"id":"forged"}');

async function signed(): Promise<{ body: Uint8Array; headers: Record<string, string> }> {
  const { subtle } = globalThis.crypto;
  const key = await subtle.importKey(
    'raw',
    new TextEncoder().encode(secret),
    { name: 'HMAC', hash: 'SHA-256' },
    false,
    ['sign'],
  );
  const mac = new Uint8Array(await subtle.sign('HMAC', key, genuine));
  return {
    body: genuine,
    headers: { 'x-signature': [...mac].map((byte) => byte.toString(16).padStart(2, '0')).join('') },
  };
}

it('keeps the bytes that were verified if the object gets another body after the verification', async () => {
  const request = await signed();
  const event = await createReceiver({ provider, secrets: secret }).verify(request);
  request.body = forged;
  expect([event.id, event.text(), event.payload]).toEqual(['genuine', '{"id":"genuine"}', { id: 'genuine' }]);
  request.body = { id: 'forged' } as never;
  expect(new TextDecoder().decode(event.body)).toBe('{"id":"genuine"}');
});

it.each([
  ['a secret', secret],
  ['a function that looks it up', async () => secret],
])('keeps them if the object gets another body while it is verified, with %s', async (_, secrets) => {
  const request = await signed();
  const seen: string[] = [];
  const receiver = createReceiver({ provider, secrets, dedupe: memoryStore() });
  const ended: Promise<Outcome> = receiver.receive(request, (event) => void seen.push(event.text()));
  request.body = forged;
  request.headers = {};
  expect((await ended).kind).toBe('handled');
  expect(seen).toEqual(['{"id":"genuine"}']);
});

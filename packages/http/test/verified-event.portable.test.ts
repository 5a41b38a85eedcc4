import { createReceiver, defineProvider, isWebhookError, rawBodyHmac, type WebhookEvent } from '@countersign/core';
import { fetchMiddleware, verifiedEvent } from '@countersign/http/fetch';
import { describe, expect, expectTypeOf, it } from 'vitest';

const secret = '0123456789abcdef0123456789abcdef';
const bytesOf = (text: string) => new TextEncoder().encode(text);
interface Events {
  'order.paid': { amount: number };
}
const provider = defineProvider<Events>({
  name: 'accessor',
  scheme: rawBodyHmac({ header: 'x-sig' }),
  eventId: { json: 'id' },
  eventType: { json: 'type' },
});
const receiverOf = (name = 'accessor') =>
  createReceiver({
    provider: { ...provider, name },
    secrets: secret,
    onWarning: () => undefined,
    onOutcome: () => undefined,
  });

async function signed(body: string, headers: Record<string, string> = {}): Promise<Request> {
  const key = await crypto.subtle.importKey('raw', bytesOf(secret), { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
  const mac = new Uint8Array(await crypto.subtle.sign('HMAC', key, bytesOf(body) as BufferSource));
  const hex = [...mac].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return new Request('https://example.com/x', { method: 'POST', body, headers: { 'x-sig': hex, ...headers } });
}

/** What the accessor throws; anything but a coded error fails the test. */
function errorOf(read: () => unknown) {
  try {
    read();
  } catch (error) {
    if (isWebhookError(error)) return error;
    throw error;
  }
  throw new Error('it returned');
}

describe('verifiedEvent()', () => {
  it('returns the event that its receiver has verified on this very request, with the types of that receiver', async () => {
    const receiver = receiverOf();
    const request = await signed('{"id":"evt_1","type":"order.paid","amount":1}');
    let seen: WebhookEvent | undefined;
    const response = await fetchMiddleware(receiver)(request, (event) => {
      const found = verifiedEvent(receiver, request);
      if (found.type === 'order.paid') expectTypeOf(found.payload).toEqualTypeOf<{ amount: number }>();
      expect(found).toBe(event);
      seen = found as WebhookEvent;
      return new Response(null, { status: 204 });
    });
    expect([response.status, seen?.id]).toEqual([204, 'evt_1']);
  });

  it('throws event_not_verified, a fault of the receiver, where nothing was verified', async () => {
    const error = errorOf(() => verifiedEvent(receiverOf(), new Request('https://example.com/x')));
    expect([error.code, error.fault, error.at]).toEqual(['event_not_verified', 'receiver', 'verifiedEvent()']);
    expect(error.hint).toContain('Mount webhookMiddleware(receiver), with this same receiver, before the handler');
    for (const nothing of [undefined, null, 'request', 1])
      expect(errorOf(() => verifiedEvent(receiverOf(), nothing as never)).code).toBe('event_not_verified');
  });

  it('throws for a request that was refused, and for another request that looks the same', async () => {
    const receiver = receiverOf();
    const forged = await signed('{"id":"1"}', { 'x-sig': '0'.repeat(64) });
    expect((await fetchMiddleware(receiver)(forged, () => new Response('never'))).status).toBe(401);
    expect(errorOf(() => verifiedEvent(receiver, forged)).code).toBe('event_not_verified');
    const request = await signed('{"id":"2"}');
    const copy = request.clone();
    await fetchMiddleware(receiver)(request, () => new Response('ok'));
    expect(verifiedEvent(receiver, request).id).toBe('2');
    for (const other of [copy, { ...request }, Object.assign({}, request), Object.create(request)])
      expect(errorOf(() => verifiedEvent(receiver, other)).code).toBe('event_not_verified');
  });

  it('throws where another receiver has verified the request, and names its provider', async () => {
    const [one, other] = [receiverOf('one'), receiverOf('other')];
    const request = await signed('{"id":"1"}');
    await fetchMiddleware(one)(request, () => new Response('ok'));
    const error = errorOf(() => verifiedEvent(other, request));
    expect([error.code, error.hint]).toEqual([
      'event_not_verified',
      'Another receiver (one) has verified this request. Pass the receiver that webhookMiddleware() is mounted with on this route.',
    ]);
    // A copy of the receiver is another one, and a missing import is none.
    expect(errorOf(() => verifiedEvent({ ...one }, request)).code).toBe('event_not_verified');
    expect(errorOf(() => verifiedEvent(undefined as never, request)).code).toBe('event_not_verified');
  });

  it('finds nothing in what a sender can name: fields, headers, prototypes', () => {
    const receiver = receiverOf();
    const kept = [{ receiver, event: { id: 'forged' }, provider: 'accessor' }];
    const names = ['webhook', 'countersign.verified', 'Symbol(countersign.verified)', '@@countersign.verified'];
    for (const name of names) {
      const request = Object.assign(JSON.parse(`{"headers":{"${name}":"1"},"__proto__":{"${name}":1}}`), {
        [name]: kept,
      });
      expect(errorOf(() => verifiedEvent(receiver, request)).code).toBe('event_not_verified');
    }
    // Even a prototype that was polluted by something worse verifies nothing.
    const key = Symbol.for('countersign.verified');
    Object.defineProperty(Object.prototype, key, { value: kept, configurable: true });
    try {
      expect(errorOf(() => verifiedEvent(receiver, {})).code).toBe('event_not_verified');
    } finally {
      Reflect.deleteProperty(Object.prototype, key);
    }
  });
});

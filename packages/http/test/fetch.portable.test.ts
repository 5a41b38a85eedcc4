import {
  createReceiver,
  defineProvider,
  type HandlerContext,
  type HandlerResponse,
  memoryStore,
  type Outcome,
  type ReceiverPolicy,
  rawBodyHmac,
  type SecretInput,
  type WebhookEvent,
} from '@countersign/core';
import { fetchHandler, fetchMiddleware } from '@countersign/http/fetch';
import { describe, expect, it, vi } from 'vitest';

const secret = '0123456789abcdef0123456789abcdef';
const provider = defineProvider({ name: 'fetch', scheme: rawBodyHmac({ header: 'x-sig' }), eventId: { json: 'id' } });
const address = 'https://example.com/webhooks/x?a=1';
const bytesOf = (text: string) => new TextEncoder().encode(text);

/** Signed by the Web Crypto of whatever runtime this is. */
async function mac(body: Uint8Array): Promise<string> {
  const key = await crypto.subtle.importKey('raw', bytesOf(secret), { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
  const bytes = new Uint8Array(await crypto.subtle.sign('HMAC', key, body as BufferSource));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

async function signed(body: string | Uint8Array, init: RequestInit & { headers?: Record<string, string> } = {}) {
  const bytes = typeof body === 'string' ? bytesOf(body) : body;
  const headers = { 'x-sig': await mac(bytes), 'content-length': String(bytes.byteLength), ...init.headers };
  return new Request(address, { method: 'POST', body: bytes as BodyInit, ...init, headers });
}

function streamed(chunks: readonly Uint8Array[], then: 'end' | 'stall' | 'fail'): ReadableStream<Uint8Array> {
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      const chunk = chunks[at++];
      if (chunk !== undefined) controller.enqueue(chunk);
      else if (then === 'end') controller.close();
      else if (then === 'fail') controller.error(new Error('cut off'));
      else return new Promise(() => undefined);
      return undefined;
    },
  });
}

function receiverOf(policy: Partial<ReceiverPolicy> & { readonly secrets?: SecretInput } = {}) {
  const outcomes: Outcome[] = [];
  const receiver = createReceiver({
    provider,
    secrets: secret,
    onWarning: () => undefined,
    onOutcome: (outcome) => void outcomes.push(outcome as Outcome),
    ...policy,
  });
  const reasons = () => outcomes.map((outcome) => (outcome.kind === 'rejected' ? outcome.error.code : outcome.kind));
  return { receiver, outcomes, reasons };
}

const shown = async (response: Response) => [response.status, await response.text()];

describe('the edge for Request and Response', () => {
  it('handles a genuine delivery over its bytes, and hands over the target without the authority', async () => {
    const seen: unknown[] = [];
    const { receiver, reasons } = receiverOf({
      secrets: ({ url }) => {
        seen.push(url);
        return secret;
      },
      dedupe: memoryStore(),
    });
    const body = bytesOf('{"id":"e1","s":"caf\u00e9"}');
    const serve = fetchHandler(receiver, (event: WebhookEvent) => void seen.push([...event.body]));
    expect(await shown(await serve(await signed(body)))).toEqual([200, '']);
    expect(seen).toEqual(['/webhooks/x?a=1', [...body]]);
    expect(reasons()).toEqual(['handled']);
  });

  it('sends text, bytes and objects, and nothing where there may be no content', async () => {
    const answers: HandlerResponse[] = [
      { status: 201, headers: { 'X-A': 'b' }, body: '\u00e9' },
      { body: Uint8Array.of(0, 255) },
      { body: { a: [1] } },
      { status: 204, body: 'dropped' },
    ];
    const { receiver } = receiverOf();
    const serve = fetchHandler(receiver, () => answers.shift() as HandlerResponse);
    const next = async () => serve(await signed('{}'));
    const text = await next();
    expect([text.status, text.headers.get('x-a'), await text.text()]).toEqual([201, 'b', '\u00e9']);
    expect([...new Uint8Array(await (await next()).arrayBuffer())]).toEqual([0, 255]);
    const object = await next();
    expect([object.headers.get('content-type'), await object.text()]).toEqual(['application/json', '{"a":[1]}']);
    expect(await shown(await next())).toEqual([204, '']);
  });

  it('reads a body that no length announces, in pieces', async () => {
    const { receiver, reasons } = receiverOf();
    const body = bytesOf(`{"id":"e2","pad":"${'x'.repeat(3000)}"}`);
    const lengths: number[] = [];
    const serve = fetchHandler(receiver, (event: WebhookEvent) => void lengths.push(event.body.byteLength));
    const chunks = [body.slice(0, 7), body.slice(7, 2000), body.slice(2000)];
    const headers = { 'x-sig': await mac(body) };
    const request = new Request(address, {
      method: 'POST',
      headers,
      body: streamed(chunks, 'end'),
      duplex: 'half',
    } as never);
    expect((await serve(request)).status).toBe(200);
    expect(lengths).toEqual([body.byteLength]);
    expect(reasons()).toEqual(['handled']);
  });

  it.each([
    ['by what is announced', { 'content-length': '101' }],
    ['by what comes', {}],
    ['by what comes where less was announced', { 'content-length': '5' }],
  ])('refuses a body that is too large, %s', async (_by, headers) => {
    const { receiver, reasons } = receiverOf({ maxBodyBytes: 100 });
    const handle = vi.fn();
    const init = { method: 'POST', headers: { 'x-sig': '0'.repeat(64), ...headers }, duplex: 'half' };
    const body = streamed([new Uint8Array(60), new Uint8Array(60)], 'end');
    const response = await fetchHandler(receiver, handle)(new Request(address, { ...init, body } as never));
    expect(await shown(response)).toEqual([413, '{"error":"content_too_large"}']);
    expect(reasons()).toEqual(['body_too_large']);
    expect(handle).not.toHaveBeenCalled();
  });

  it('reports a body that is gone where the request throws when it is asked whether it is', async () => {
    const { receiver, outcomes } = receiverOf();
    const request = await signed('{"id":"e1"}');
    Object.defineProperty(request, 'bodyUsed', {
      get: () => {
        throw new TypeError('disturbed or locked');
      },
    });
    const response = await fetchHandler(receiver, () => undefined)(request);
    expect([response.status, await response.json()]).toMatchObject([500, { error: 'body_not_raw' }]);
    expect(outcomes[0]).toMatchObject({ error: { code: 'body_not_raw', at: 'request' } });
  });

  it.each([
    ['announced', { 'content-length': '50' }],
    ['not announced', {}],
  ] as const)(
    'reports the limit of a framework that ends the body with an error of status 413, its length %s',
    async (_how, headers) => {
      const { receiver, outcomes, reasons } = receiverOf();
      const body = new ReadableStream({
        start: (controller) => controller.error(Object.assign(new Error('too much'), { status: 413 })),
      });
      const init = { method: 'POST', headers: { 'x-sig': '0'.repeat(64), ...headers }, duplex: 'half' };
      const serve = fetchHandler(receiver, () => undefined);
      const response = await serve(new Request(address, { ...init, body } as never));
      expect(await shown(response)).toEqual([413, '{"error":"content_too_large"}']);
      expect(reasons()).toEqual(['body_too_large']);
      expect(outcomes[0]).toMatchObject({ error: { hint: expect.stringContaining("framework's own limit") } });
    },
  );

  it.each([
    ['stalls, its length announced', 'stall', { 'content-length': '50' }],
    ['stalls, its length unknown', 'stall', {}],
    ['breaks off', 'fail', {}],
  ] as const)('gives up a body that %s', async (_how, then, headers) => {
    const { receiver, reasons } = receiverOf({ bodyTimeoutSeconds: 0.05 });
    const init = { method: 'POST', headers: { 'x-sig': '0'.repeat(64), ...headers }, duplex: 'half' };
    const body = streamed([bytesOf('{')], then);
    const serve = fetchHandler(receiver, () => undefined);
    const response = await serve(new Request(address, { ...init, body } as never));
    expect(await shown(response)).toEqual([503, '{"error":"unavailable"}']);
    expect(reasons()).toEqual(['body_timeout']);
  });

  it('refuses by the head alone, and reads and drops what is left of the body', async () => {
    const { receiver, reasons } = receiverOf();
    for (const headers of [{ 'content-length': '2' }, {}]) {
      const request = new Request(address, {
        method: 'POST',
        headers,
        body: streamed([bytesOf('{}')], 'end'),
        duplex: 'half',
      } as never);
      expect((await fetchHandler(receiver, () => undefined)(request)).status).toBe(401);
      await vi.waitFor(() => expect(request.bodyUsed).toBe(true));
    }
    expect(reasons()).toEqual(['header_missing', 'header_missing']);
  });

  it('says body_not_raw where the body was read, is being read, or came through here before', async () => {
    const { receiver, outcomes, reasons } = receiverOf();
    const serve = fetchHandler(receiver, () => undefined);
    const read = await signed('{}');
    await read.text();
    const locked = await signed('{}');
    const reader = locked.body?.getReader();
    const twice = await signed('{}');
    await serve(twice);
    for (const request of [read, locked, twice]) {
      const response = await serve(request);
      expect(response.status).toBe(500);
      expect(await response.json()).toMatchObject({ error: 'body_not_raw' });
    }
    expect(reasons()).toEqual(['handled', 'body_not_raw', 'body_not_raw', 'body_not_raw']);
    const hints = outcomes.map((outcome) => (outcome.kind === 'rejected' ? outcome.error.hint : ''));
    expect(hints[1]).toContain('request.json()');
    expect(hints[3]).toContain('mount it once');
    reader?.releaseLock();
  });

  it('gives work that goes on past the answer to whatever has waitUntil', async () => {
    for (const dedupe of [undefined, memoryStore()]) {
      const { receiver, reasons } = receiverOf({ handlerTimeoutSeconds: 0.05, ...(dedupe && { dedupe }) });
      const work: Promise<unknown>[] = [];
      let isDone = false;
      const handle = async (_event: unknown, { signal }: HandlerContext) => {
        await new Promise((resolve) => signal.addEventListener('abort', resolve));
        await new Promise((resolve) => setTimeout(resolve, 20));
        isDone = true;
      };
      const serve = fetchHandler(receiver, handle);
      const context = { waitUntil: (one: Promise<unknown>) => void work.push(one) };
      const response = await serve(await signed('{"id":"late"}'), {}, context);
      expect([response.status, isDone, work.length]).toEqual([500, false, 1]);
      await work[0];
      expect(isDone).toBe(true);
      // What it achieved after all is on record.
      if (dedupe !== undefined) expect((await serve(await signed('{"id":"late"}'))).status).toBe(200);
      expect(reasons()).toEqual(dedupe === undefined ? ['failed'] : ['failed', 'duplicate']);
    }
  });

  it('answers as ever where waitUntil throws, and where there is none', async () => {
    const { receiver, reasons } = receiverOf({ handlerTimeoutSeconds: 0.02, dedupe: memoryStore() });
    const serve = fetchHandler(receiver, () => new Promise((resolve) => setTimeout(resolve, 60)));
    const broken = {
      waitUntil() {
        throw new Error('too late');
      },
    };
    expect((await serve(await signed('{"id":"a"}'), null, broken)).status).toBe(500);
    expect((await serve(await signed('{"id":"b"}'), undefined)).status).toBe(500);
    expect(reasons()).toEqual(['failed', 'failed']);
  });

  it('refuses what is no receiver, no handler and no option when it is mounted', () => {
    const { receiver } = receiverOf();
    expect(() => fetchHandler(undefined as never, () => undefined)).toThrow(/createReceiver/);
    expect(() => fetchHandler(receiver, undefined as never)).toThrow(/At handle/);
    expect(() => fetchHandler(receiver, () => undefined, { limit: 1 } as never)).toThrow(/At limit/);
    expect(() => fetchMiddleware(receiver, { bodyTimeoutSeconds: 1 } as never)).toThrow(/createReceiver/);
  });

  describe('with an answer of the app', () => {
    it('sends it untouched, streams included, once the event is on record', async () => {
      const { receiver, reasons } = receiverOf({ dedupe: memoryStore() });
      const verify = fetchMiddleware(receiver);
      const own = new Response(streamed([bytesOf('one '), bytesOf('two')], 'end'), {
        status: 201,
        headers: { 'x-a': 'b' },
      });
      const response = await verify(await signed('{"id":"m1"}'), () => own);
      expect(response).toBe(own);
      expect(await response.text()).toBe('one two');
      const again = await verify(await signed('{"id":"m1"}'), () => new Response('never'));
      expect([again.status, again.headers.get('webhook-replayed'), await again.text()]).toEqual([
        201,
        'true',
        'one two',
      ]);
      expect(reasons()).toEqual(['handled', 'duplicate']);
    });

    it('sends a 503 of the app and lets the retry run, and 500 for what it throws', async () => {
      const { receiver, reasons } = receiverOf({ dedupe: memoryStore() });
      const verify = fetchMiddleware(receiver);
      const answers: (() => Response)[] = [
        () => new Response('later', { status: 503 }),
        () => {
          throw new Error('broken');
        },
        () => new Response('ok'),
      ];
      const seen: unknown[] = [];
      for (const answer of answers) seen.push(await shown(await verify(await signed('{"id":"m2"}'), answer)));
      expect(seen).toEqual([
        [503, 'later'],
        [500, '{"error":"internal_error"}'],
        [200, 'ok'],
      ]);
      expect(reasons()).toEqual(['failed', 'failed', 'handled']);
    });

    it('gives an answer that comes past the deadline to waitUntil', async () => {
      const { receiver, reasons } = receiverOf({ dedupe: memoryStore(), handlerTimeoutSeconds: 0.02 });
      const verify = fetchMiddleware(receiver);
      const work: Promise<unknown>[] = [];
      const late = async () => {
        await new Promise((resolve) => setTimeout(resolve, 60));
        return new Response('late');
      };
      const context = { waitUntil: (one: Promise<unknown>) => void work.push(one) };
      expect((await verify(await signed('{"id":"m4"}'), late, context)).status).toBe(500);
      expect(work.length).toBe(1);
      await work[0];
      expect((await verify(await signed('{"id":"m4"}'), late)).status).toBe(200);
      expect(reasons()).toEqual(['failed', 'duplicate']);
    });

    it('answers 500 and not what the app says when the claim was lost meanwhile', async () => {
      const store = memoryStore();
      const lost = { ...store, complete: async () => false };
      const { receiver } = receiverOf({ dedupe: lost });
      const response = await fetchMiddleware(receiver)(await signed('{"id":"m3"}'), () => new Response('ok'));
      expect(await shown(response)).toEqual([500, '{"error":"internal_error"}']);
    });
  });
});

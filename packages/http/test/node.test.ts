import { createHmac } from 'node:crypto';
import { createServer as createHttp, IncomingMessage, ServerResponse } from 'node:http';
import { connect as connectHttp2, constants, createServer as createHttp2 } from 'node:http2';
import { type AddressInfo, Socket } from 'node:net';
import {
  createReceiver,
  defineProvider,
  type Handler,
  type Outcome,
  rawBodyHmac,
  sharedToken,
} from '@countersign/core';
import { describe, expect, it, vi } from 'vitest';
import { handlerContext, nodeHandler, nodeMiddleware, verifiedEvent } from '../src/node/node.ts';

const secret = '0123456789abcdef0123456789abcdef';
const body = '{"id":"evt_1"}';
const signature = createHmac('sha256', secret).update(body).digest('hex');
const provider = defineProvider({ name: 'node', scheme: rawBodyHmac({ header: 'x-sig' }) });
const bearer = defineProvider({
  name: 'bearer',
  scheme: sharedToken({ token: { header: 'authorization', scheme: 'Bearer' } }),
});

function receiverOf(chosen: typeof provider) {
  const outcomes: Outcome[] = [];
  const receiver = createReceiver({
    provider: chosen,
    secrets: secret,
    onWarning: () => undefined,
    onOutcome: (outcome) => void outcomes.push(outcome as Outcome),
  });
  return { receiver, outcomes };
}

async function answerOf(handle: Handler) {
  const server = createHttp(nodeHandler(receiverOf(provider).receiver, handle as never));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const response = await fetch(url, { method: 'POST', body, headers: { 'x-sig': signature } });
  const content = Buffer.from(await response.arrayBuffer());
  server.closeAllConnections();
  server.close();
  return { response, content };
}

function frame(type: number, flags: number, stream: number, payload: Buffer): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head.writeUInt8(type, 3);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

/** Fields without compression (RFC 7541 section 6.2.2), each of fewer than 127 bytes. */
function literalFields(fields: Readonly<Record<string, string>>): Buffer {
  const texts = Object.entries(fields).map(([name, value]) =>
    Buffer.concat([Buffer.of(0, name.length), Buffer.from(name), Buffer.of(value.length), Buffer.from(value)]),
  );
  return Buffer.concat(texts);
}

describe('the edge for Node', () => {
  it('hands the event to whoever asks with its receiver, in each copy of the package, and to nobody else', async () => {
    const { receiver } = receiverOf(provider);
    const { receiver: other } = receiverOf(provider);
    // As where an app has a CommonJS module beside its own ES modules.
    vi.resetModules();
    const copy = await import('../src/node/node.ts');
    expect(copy.verifiedEvent).not.toBe(verifiedEvent);
    const codes: unknown[] = [];
    const verify = nodeMiddleware(receiver);
    const server = createHttp((request, response) => {
      const read = (one: typeof verifiedEvent, by: typeof receiver) => {
        try {
          return one(by, request).secretId;
        } catch (error) {
          return (error as { code?: unknown }).code;
        }
      };
      codes.push(read(verifiedEvent, receiver));
      verify(request, response, () => {
        codes.push(read(verifiedEvent, receiver), read(copy.verifiedEvent, receiver), read(verifiedEvent, other));
        codes.push(handlerContext(receiver, request).attempt);
        codes.push(Object.keys(request).some((name) => name.includes('verified')));
        response.end();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    expect((await fetch(url, { method: 'POST', body, headers: { 'x-sig': signature } })).status).toBe(200);
    expect(codes).toEqual(['event_not_verified', '0', '0', 'event_not_verified', 1, false]);
    server.closeAllConnections();
    server.close();
  });

  it('sends text, bytes and objects, and no length where there is no content', async () => {
    const text = await answerOf(() => ({ status: 201, headers: { 'X-A': 'b' }, body: 'é' }));
    expect([text.response.status, text.response.headers.get('x-a'), text.content.toString()]).toEqual([201, 'b', 'é']);
    const bytes = await answerOf(() => ({ body: Uint8Array.of(0, 255) }));
    expect([...bytes.content]).toEqual([0, 255]);
    const object = await answerOf(() => ({ body: { a: [1] } }));
    expect([object.response.headers.get('content-type'), object.content.toString()]).toEqual([
      'application/json',
      '{"a":[1]}',
    ]);
    const none = await answerOf(() => ({
      status: 204,
      headers: { 'transfer-encoding': 'chunked', 'content-length': '9' },
      body: 'x',
    }));
    expect([none.response.status, none.response.headers.get('content-length'), none.content.length]).toEqual([
      204,
      null,
      0,
    ]);
  });

  it('takes a request that a cloud function has made up, which has headers and a body and no raw headers', async () => {
    const { receiver, outcomes } = receiverOf(provider);
    const request = Object.assign(new IncomingMessage(new Socket()), {
      method: 'POST',
      url: '/',
      complete: true,
      headers: { 'x-sig': signature, 'content-length': String(body.length) },
      body: Buffer.from(body),
    });
    const response = new ServerResponse(request);
    await nodeHandler(receiver, () => undefined)(request, response);
    expect([outcomes[0]?.kind, response.statusCode]).toEqual(['handled', 200]);
  });

  it('reads bodies and every line of a field over HTTP/2, where neither length nor chunks are announced', async () => {
    const { receiver, outcomes } = receiverOf(provider);
    const tokens = receiverOf(bearer);
    const signed = nodeHandler(receiver, () => ({ body: 'ok' }));
    const borne = nodeHandler(tokens.receiver, () => undefined);
    const server = createHttp2((request, response) => {
      void (request.url === '/bearer' ? borne : signed)(request as never, response as never);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const client = connectHttp2(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    const send = (headers: Record<string, string | string[]>, content: string) =>
      new Promise<string>((resolve, reject) => {
        const stream = client.request({ ':method': 'POST', ...headers });
        let status = '';
        stream.on('response', (fields) => {
          status = String(fields[':status']);
        });
        stream
          .on('error', reject)
          .on('data', () => undefined)
          .on('end', () => resolve(status));
        stream.end(content);
      });
    expect(await send({ 'x-sig': signature }, body)).toBe('200');
    expect(await send({ 'x-sig': signature }, 'other')).toBe('401');
    expect(await send({ 'x-sig': 'abc' }, 'x'.repeat(100_000))).toBe('401');
    expect(await send({ 'x-sig': [signature, '0'] }, body)).toBe('401');
    expect(await send({ ':path': '/bearer', authorization: `Bearer ${secret}` }, body)).toBe('200');
    expect(outcomes.map((outcome) => (outcome.kind === 'rejected' ? outcome.error.code : outcome.kind))).toEqual([
      'handled',
      'signature_mismatch',
      'header_malformed',
      'header_repeated',
    ]);
    client.close();
    server.close();
  });

  // Node's own client ends a stream before it resets it, so the frames are written here (RFC 9113 sections 3.4, 4.1, 6).
  it.each([
    ['reset by the sender', () => frame(3, 0, 1, Buffer.of(0, 0, 0, constants.NGHTTP2_CANCEL))],
    ['reset without a reason', () => frame(3, 0, 1, Buffer.of(0, 0, 0, constants.NGHTTP2_NO_ERROR))],
    ['cut off with its connection', () => undefined],
  ])('takes no stump of an HTTP/2 body for a whole one: %s', async (_, last) => {
    const { receiver, outcomes } = receiverOf(bearer);
    const handle = vi.fn();
    const serve = nodeHandler(receiver, handle);
    const server = createHttp2((request, response) => void serve(request as never, response as never));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const fields = {
      ':method': 'POST',
      ':scheme': 'http',
      ':path': '/',
      ':authority': 'a',
      authorization: `Bearer ${secret}`,
    };
    const socket = new Socket().connect((server.address() as AddressInfo).port, '127.0.0.1').setNoDelay(true);
    socket.on('error', () => undefined).resume();
    socket.write('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
    socket.write(frame(4, 0, 0, Buffer.of()));
    socket.write(frame(1, 4, 1, literalFields(fields)));
    // A stump that parses: nothing but the end of the stream tells that more was to come.
    socket.write(frame(0, 0, 1, Buffer.from('{"id":"1"}')));
    await new Promise((resolve) => setTimeout(resolve, 100));
    const end = last();
    if (end === undefined) socket.destroy();
    else socket.write(end);
    await vi.waitFor(() => expect(outcomes).toHaveLength(1));
    expect(handle).not.toHaveBeenCalled();
    expect(outcomes).toEqual([
      expect.objectContaining({ kind: 'rejected', error: expect.objectContaining({ code: 'body_timeout' }) }),
    ]);
    socket.destroy();
    server.close();
  });

  it('takes a body however it is cut into packets, and serves on over the same connection', async () => {
    const { receiver, outcomes } = receiverOf(provider);
    const handle = vi.fn();
    const server = createHttp(nodeHandler(receiver, ({ body: bytes }) => handle(Buffer.from(bytes).toString())));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const socket = new Socket().connect((server.address() as AddressInfo).port, '127.0.0.1').setNoDelay(true);
    let received = '';
    socket.setEncoding('latin1').on('data', (text) => {
      received += text;
    });
    const head = `POST / HTTP/1.1\r\nhost: a\r\nx-sig: ${signature}\r\ncontent-length: ${body.length}\r\n\r\n`;
    const cuts = [
      [head + body],
      [head, body],
      [head + body.slice(0, 5), body.slice(5)],
      [head, body.slice(0, 1), body.slice(1)],
      [head.slice(0, 20), head.slice(20) + body],
      [head + body + head + body],
    ];
    for (const packets of cuts) {
      for (const packet of packets) {
        socket.write(packet);
        await new Promise((resolve) => setTimeout(resolve, 30));
      }
    }
    await vi.waitFor(() => expect(received.match(/HTTP\/1\.1 200 OK/g)).toHaveLength(7));
    expect(outcomes.map(({ kind }) => kind)).toEqual(Array(7).fill('handled'));
    expect(handle.mock.calls).toEqual(Array(7).fill([body]));
    socket.destroy();
    server.close();
  });

  it('leaves the bytes to others who listen, and the end of the stream too', async () => {
    const { receiver } = receiverOf(provider);
    const seen: string[] = [];
    const serve = nodeHandler(receiver, () => undefined);
    const server = createHttp((request, response) => {
      request.on('data', (chunk) => seen.push(String(chunk))).on('end', () => seen.push('end'));
      request.on('close', () => seen.push('close'));
      void serve(request, response);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const response = await fetch(url, { method: 'POST', body, headers: { 'x-sig': signature } });
    expect(response.status).toBe(200);
    await vi.waitFor(() => expect(seen).toEqual([body, 'end', 'close']));
    server.closeAllConnections();
    server.close();
  });

  it('answers 500 when what stands behind the middleware throws into it', async () => {
    const { receiver, outcomes } = receiverOf(provider);
    const middleware = nodeMiddleware(receiver);
    const next = vi.fn(() => {
      throw new Error('behind');
    });
    const server = createHttp((request, response) => middleware(request, response, next));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    expect((await fetch(url, { method: 'POST', body, headers: { 'x-sig': signature } })).status).toBe(500);
    expect(next).toHaveBeenCalledTimes(1);
    expect(outcomes[0]?.kind).toBe('failed');
    server.closeAllConnections();
    server.close();
  });
});

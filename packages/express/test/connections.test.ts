/** What happens on the connection when a delivery is refused, stalls, or is cut off. */

import { connect } from 'node:net';
import { memoryStore } from '@countersign/core';
import { webhook } from '@countersign/express';
import type { Express, Request, RequestHandler } from 'express';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { closeAll, frameworks, later, mac, post, R, raw, receiverOf, serve, signedR, signedT, T } from './server.ts';

const body = '{"id":"evt_1"}';
afterEach(closeAll);

/** A sender of the simplest kind: writes everything, and only then reads. Answers with what it read, or its error. */
function writeThenRead(port: number, head: string, chunk: Buffer, count: number): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    let text = '';
    let isWritten = false;
    socket.pause();
    socket.on('error', (error) => resolve(`${(error as { code?: string }).code} ${isWritten} ${text}`));
    socket.on('data', (data) => {
      text += data.toString('latin1');
    });
    socket.on('close', () => resolve(text));
    void (async () => {
      socket.write(head);
      for (let index = 0; index < count; index++) {
        await new Promise((wake) => socket.write(chunk, wake));
        await later(1);
      }
      await later(30);
      isWritten = true;
      socket.resume();
      setTimeout(() => socket.destroy(), 1000);
    })();
  });
}

describe.each(frameworks)('connections to %s', (_, express) => {
  const open = async (policy: Parameters<typeof receiverOf>[1] = {}) => {
    const requests: Request[] = [];
    const handle = vi.fn();
    const t = receiverOf(T, policy);
    const r = receiverOf(R, policy);
    const app: Express = express();
    app.use((request, _response, next) => {
      requests.push(request);
      next();
    });
    app.all('/t', webhook(t.receiver, handle) as RequestHandler);
    app.all('/r', webhook(r.receiver, handle) as RequestHandler);
    return { ...(await serve(app)), requests, handle, reasons: () => [...t.reasons(), ...r.reasons()] };
  };

  it.each([
    ['announced', `Content-Length: ${14 * 65_536}`, Buffer.alloc(65_536, 'x'), 14],
    ['chunked', 'Transfer-Encoding: chunked', Buffer.from(`10000\r\n${'x'.repeat(65_536)}\r\n`), 14],
  ])(
    'let a sender that writes all before it reads read the refusal of an %s body',
    async (_kind, field, chunk, count) => {
      const { port } = await open();
      const head = `POST /t HTTP/1.1\r\nHost: x\r\n${field}\r\n\r\n`;
      for (let round = 0; round < 3; round++)
        expect(await writeThenRead(port, head, chunk, count)).toMatch(/^HTTP\/1\.1 401 [\s\S]*"unauthorized"}$/);
    },
  );

  it('let a sender read that its body is too large, chunked or not', async () => {
    const { port } = await open({ maxBodyBytes: 100_000 });
    const head = (field: string) => `POST /r HTTP/1.1\r\nHost: x\r\nX-Sig: ${'0'.repeat(64)}\r\n${field}\r\n\r\n`;
    const chunk = Buffer.from(`10000\r\n${'x'.repeat(65_536)}\r\n`);
    expect(await writeThenRead(port, head('Transfer-Encoding: chunked'), chunk, 10)).toMatch(/^HTTP\/1\.1 413 /);
    expect(await writeThenRead(port, head('Content-Length: 655360'), Buffer.alloc(65_536), 10)).toMatch(
      /^HTTP\/1\.1 413 /,
    );
  });

  it('let fetch read 401, 413 and 415, each time', async () => {
    const { url } = await open();
    const large = new Uint8Array(3_000_000);
    const statuses = new Set<number>();
    for (let round = 0; round < 10; round++) {
      statuses.add((await post(`${url}/t`, new Uint8Array(1_000_000), {})).status);
      statuses.add((await post(`${url}/t`, large, signedT(large))).status);
      statuses.add((await post(`${url}/r`, large, { ...signedR(large), 'content-encoding': 'gzip' })).status);
    }
    expect(statuses).toEqual(new Set([401, 413, 415]));
  });

  it('RX-02 end soon after a refusal, however much or little still comes', async () => {
    const { port } = await open({ maxBodyBytes: 1000 });
    const head = (field: string) => `POST /r HTTP/1.1\r\nHost: x\r\nX-Sig: ${'0'.repeat(64)}\r\n${field}\r\n\r\n`;
    const chunk = `10000\r\n${'x'.repeat(65_536)}\r\n`;
    const endless: (string | number)[] = [head('Transfer-Encoding: chunked')];
    for (let index = 0; index < 1000; index++) endless.push(chunk);
    const trickle = [head('Transfer-Encoding: chunked'), chunk];
    for (let index = 0; index < 100; index++) trickle.push(50 as never, '1\r\nx\r\n');
    for (const pieces of [endless, trickle, [head('Content-Length: 5000')], [head('Content-Length: 500000')]]) {
      const startedAt = performance.now();
      expect(await raw(port, pieces, 6000)).toMatch(/^HTTP\/1\.1 413 /);
      expect(performance.now() - startedAt).toBeLessThan(3500);
    }
  });

  it('are used again after an answer, a refusal, and a small body that comes after its refusal', async () => {
    const { port } = await open();
    const request = (path: string, field: string, length = body.length) =>
      `POST ${path} HTTP/1.1\r\nHost: x\r\n${field}Content-Length: ${length}\r\n\r\n`;
    const signed = `X-Sig: ${mac(body)}\r\n`;
    const text = await raw(
      port,
      [
        request('/r', signed) + body,
        50,
        request('/t', '', 5000),
        50,
        'x'.repeat(5000) + request('/r', `X-Sig: ${'0'.repeat(64)}\r\n`) + body + request('/r', signed) + body,
      ],
      1500,
    );
    expect(text.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 401', 'HTTP/1.1 401', 'HTTP/1.1 200']);
    expect(text).not.toMatch(/connection: close/i);
  });

  it('answer a sender that has closed its own half after the body', async () => {
    const { port } = await open();
    const text = await new Promise<string>((resolve) => {
      let read = '';
      const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
      socket.on('data', (data) => {
        read += data.toString();
      });
      socket.on('end', () => resolve(read));
      socket.end(`POST /r HTTP/1.1\r\nHost: x\r\nX-Sig: ${mac(body)}\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
    });
    expect(text).toMatch(/^HTTP\/1\.1 200 /);
  });

  it('AD-13 that break leave no listener, no timer, no store call, and run no handler', async () => {
    const store = memoryStore();
    const claim = vi.spyOn(store, 'claim');
    const { port, requests, handle, reasons } = await open({ dedupe: store });
    const timers = () => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
    const head = `POST /r HTTP/1.1\r\nHost: x\r\nX-Sig: ${mac(body)}\r\n`;
    const cut = (rest: string) =>
      new Promise<void>((resolve) => {
        const socket = connect(port, '127.0.0.1', () =>
          socket.write(head + rest, () => setTimeout(() => socket.resetAndDestroy(), 20)),
        );
        socket.on('close', () => resolve()).on('error', () => undefined);
      });
    await cut(`Content-Length: 1000\r\n\r\n${body}`);
    await vi.waitFor(() => expect(requests.length).toBe(1));
    const before = timers();
    const own = ['data', 'end', 'error', 'close'];
    await Promise.all(
      Array.from({ length: 30 }, (_entry, index) =>
        cut(
          index % 2 === 0 ? `Content-Length: 1000\r\n\r\n${body}` : `Transfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n`,
        ),
      ),
    );
    await vi.waitFor(() => expect(reasons()).toHaveLength(31));
    expect(new Set(reasons())).toEqual(new Set(['body_timeout']));
    // At most Node's own 'error' and 'close' may be left.
    await vi.waitFor(() => {
      for (const request of requests)
        for (const name of own) expect(request.listenerCount(name), name).toBeLessThanOrEqual(name === 'end' ? 1 : 0);
      expect(timers()).toBeLessThanOrEqual(before);
    });
    expect([handle.mock.calls.length, claim.mock.calls.length]).toEqual([0, 0]);
  });

  it('AD-08 get 405 with Allow for any other method, and no body for HEAD', async () => {
    const { port, reasons } = await open();
    for (const method of ['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS', 'PATCH']) {
      const text = await raw(port, [`${method} /r HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`], 500);
      expect(text).toMatch(/^HTTP\/1\.1 405 [\s\S]*allow: POST/i);
      expect(text.endsWith('"method_not_allowed"}'), method).toBe(method !== 'HEAD');
    }
    expect(new Set(reasons())).toEqual(new Set(['method_unsupported']));
  });

  it('RX-03 give 503 to a body that stalls, and end', async () => {
    const { port } = await open({ bodyTimeoutSeconds: 0.1 });
    const startedAt = performance.now();
    const head = `POST /r HTTP/1.1\r\nHost: x\r\nX-Sig: ${mac(body)}\r\nContent-Length: 14\r\n\r\n{`;
    expect(await raw(port, [head], 3000)).toMatch(/^HTTP\/1\.1 503 [\s\S]*connection: close/i);
    expect(performance.now() - startedAt).toBeLessThan(1500);
  });
});

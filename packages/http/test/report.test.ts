import { createHmac } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createReceiver, defineProvider, rawBodyHmac } from '@countersign/core';
import { type Report, reportFetch } from '@countersign/http/fetch';
import { type NodeRequest, reportNode } from '@countersign/http/node';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

const secret = 'report-R7kQ2mXv9Ls4Tz8p4Ls9dQk7Xw2';
const provider = defineProvider({ name: 'reported', scheme: rawBodyHmac({ header: 'x-signature' }) });
const receiver = createReceiver({ provider, secrets: secret, maxBodyBytes: 1000, onWarning: () => undefined });
const text = '{"id":"evt_1"}';
const sign = (body: string, by = secret) => createHmac('sha256', by).update(body).digest('hex');
const short = (report: Report) => (report.verified ? 'verified' : report.error.code);

let warned: string[] = [];
beforeEach(() => {
  warned = [];
  vi.spyOn(console, 'warn').mockImplementation((line: string) => void warned.push(line));
});
afterEach(() => vi.restoreAllMocks());

const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve));
});

/** A server that reports, and answers with what its own code sees of the body. */
async function serve(options: Parameters<typeof reportNode>[1], before?: (request: NodeRequest) => Promise<void>) {
  const report = reportNode(receiver, options as never);
  const server = createServer(async (request: NodeRequest, response) => {
    await before?.(request);
    await report(request, response, (error) => {
      const { statusCode } = (error ?? {}) as { statusCode?: number };
      response.writeHead(statusCode ?? 200, { connection: 'close' });
      response.end(Buffer.isBuffer(request.body) ? request.body : `no bytes: ${typeof request.body}`);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  servers.push(server);
  const { port } = server.address() as AddressInfo;
  return async (body: string | ReadableStream, signature: string) => {
    const init = { method: 'POST', body, headers: { 'x-signature': signature }, duplex: 'half' };
    const response = await fetch(`http://127.0.0.1:${port}/hook`, init as RequestInit);
    return `${response.status} ${await response.text()}`;
  };
}

describe('report-only mode over Node’s requests', () => {
  it('passes every request on with its raw body, and reports what each would have got', async () => {
    const reports: string[] = [];
    const post = await serve({ onReport: (report) => void reports.push(short(report)) });
    expect(await post(text, sign(text))).toBe(`200 ${text}`);
    expect(await post(text, sign(text, 'another-R7kQ2mXv9Ls4Tz8'))).toBe(`200 ${text}`);
    expect(await post(text, '')).toBe(`200 ${text}`);
    expect(reports).toEqual(['verified', 'signature_mismatch', 'header_missing']);
  });

  it('says loudly, once, that nothing is refused, and prints each kind of refusal once a minute', async () => {
    const post = await serve({});
    expect(warned).toEqual([expect.stringMatching(/reported: report only\. NO REQUEST IS REFUSED/)]);
    for (let request = 0; request < 3; request++) await post(text, 'ab'.repeat(32));
    await post(text, sign(text));
    expect(warned.slice(1)).toEqual([
      'countersign: reported: report only: a request would be refused, signature_mismatch.',
    ]);
  });

  it('does not let an observer that throws or rejects stop a request', async () => {
    const throwing = await serve({
      onReport: () => {
        throw new Error('observer');
      },
    });
    expect(await throwing(text, sign(text))).toBe(`200 ${text}`);
    const rejecting = await serve({ onReport: (async () => Promise.reject(new Error('observer'))) as never });
    expect(await rejecting(text, sign(text))).toBe(`200 ${text}`);
  });

  it('uses the Buffer of a raw parser, and reports a parsed body without touching it', async () => {
    const reports: string[] = [];
    const onReport = (report: Report) => void reports.push(short(report));
    const read = async (request: NodeRequest) => Buffer.concat(await request.toArray());
    const raw = await serve({ onReport }, async (request) => {
      request.body = await read(request);
    });
    expect(await raw(text, sign(text))).toBe(`200 ${text}`);
    const parsed = await serve({ onReport }, async (request) => {
      request.body = JSON.parse(String(await read(request)));
    });
    expect(await parsed(text, sign(text))).toBe('200 no bytes: object');
    expect(reports).toEqual(['verified', 'body_not_raw']);
  });

  it('passes a body on unread that was announced as too large, and answers 413 to one that turned out to be', async () => {
    const reports: string[] = [];
    const post = await serve({ onReport: (report) => void reports.push(short(report)) });
    const large = 'a'.repeat(2000);
    expect(await post(large, sign(large))).toBe('200 no bytes: undefined');
    const stream = new Blob([large]).stream();
    expect(await post(stream, sign(large))).toMatch(/^413 /);
    expect(reports).toEqual(['body_too_large', 'body_too_large']);
  });

  it('refuses what is no option, when it is mounted', () => {
    expect(() => reportNode(receiver, { onReport: 'x' } as never)).toThrow(/onReport.*function/s);
    expect(() => reportNode(receiver, { report: true } as never)).toThrow(/options_invalid/);
    expect(() => reportNode({} as never)).toThrow(/receiver/);
  });
});

describe('report-only mode over Request', () => {
  it('leaves the body to the app’s own code, and reports', async () => {
    const reports: string[] = [];
    const report = reportFetch(receiver, { onReport: (one) => void reports.push(short(one)) });
    for (const signature of [sign(text), sign('other')]) {
      const request = new Request('https://example.com/hook', {
        method: 'POST',
        body: text,
        headers: { 'x-signature': signature },
      });
      await report(request);
      expect(await request.text()).toBe(text);
    }
    const headers = { 'x-signature': sign(text) };
    const used = new Request('https://example.com/hook', { method: 'POST', body: text, headers });
    await used.text();
    await report(used);
    expect(reports).toEqual(['verified', 'signature_mismatch', 'body_not_raw']);
  });
});

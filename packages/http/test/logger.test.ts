/** Each line about a receiver goes to its logger, wherever it comes from. */

import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createReceiver, defineProvider, memoryStore, rawBodyHmac } from '@countersign/core';
import { fetchHandler, reportFetch } from '@countersign/http/fetch';
import { nodeMiddleware } from '@countersign/http/node';
import { afterEach, expect, it, vi } from 'vitest';

const body = '{"id":"evt_1"}';
const signatureBy = (secret: string) => createHmac('sha256', secret).update(body).digest('hex');
const requestBy = (secret: string) =>
  new Request('http://localhost/hooks', { method: 'POST', headers: { 'x-sig': signatureBy(secret) }, body });

function set(name: string) {
  const lines: string[] = [];
  const write = (line: string) => void lines.push(line);
  const secret = `a-secret-of-${name}-0123456789abcdef`;
  const provider = defineProvider({ name, scheme: rawBodyHmac({ header: 'x-sig' }) });
  const logger = { warn: write, error: write };
  const receiver = createReceiver({ provider, secrets: secret, dedupe: memoryStore(), logger });
  return { receiver, lines, secret };
}

const consoles = (['warn', 'error'] as const).map((level) => vi.spyOn(console, level));
afterEach(() => {
  for (const spy of consoles) {
    expect(spy).not.toHaveBeenCalled();
    spy.mockClear();
  }
});

it('report-only mode, at its start and for what it would refuse', async () => {
  const { receiver, lines } = set('reported');
  const report = reportFetch(receiver);
  await report(requestBy('another-secret-0123456789abcdef'));
  await vi.waitFor(() =>
    expect(lines).toEqual([
      expect.stringContaining('report only. NO REQUEST IS REFUSED'),
      expect.stringContaining('a request would be refused, signature_mismatch'),
    ]),
  );
});

it('the diagnosis of a refused delivery', async () => {
  const { receiver, lines } = set('diagnosed');
  await fetchHandler(receiver, () => undefined, { diagnose: true })(requestBy('another-secret-0123456789abcdef'));
  await vi.waitFor(() => expect(lines.at(-1)).toMatch(/^countersign: diagnosed refused a delivery/), 5000);
});

it('a failure of the app after its response', async () => {
  const { receiver, lines, secret } = set('late');
  const verify = nodeMiddleware(receiver);
  const server = createServer((request, response) => {
    void verify(request, response, async () => {
      response.end('ok');
      await new Promise((resolve) => setTimeout(resolve, 5));
      throw new Error('after the end');
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const answer = await fetch(`http://127.0.0.1:${port}/`, {
    method: 'POST',
    headers: { 'x-sig': signatureBy(secret) },
    body,
  });
  expect(answer.status).toBe(200);
  server.close();
  await vi.waitFor(() => expect(lines).toHaveLength(1));
  expect(lines).toEqual(['countersign: the code behind a webhook failed after it had responded']);
});

import { createHmac } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { createReceiver } from '@countersign/core';
import { webhookReport } from '@countersign/express';
import { stripe } from '@countersign/providers/stripe';
import express from 'express';
// @ts-expect-error It has no types of its own.
import express4 from 'express-4';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

const secret = 'whsec_R7kQ2mXv9Ls4Tz8p4Ls9dQk7Xw2';
const body = '{"id":"evt_1","type":"invoice.paid"}';
const signed = (by: string) => {
  const t = Math.floor(Date.now() / 1000);
  return `t=${t},v1=${createHmac('sha256', by).update(`${t}.${body}`).digest('hex')}`;
};

beforeEach(() => void vi.spyOn(console, 'warn').mockImplementation(() => undefined));
afterEach(() => vi.restoreAllMocks());

describe.each([
  ['Express 5', express],
  ['Express 4', express4 as unknown as typeof express],
])('report-only mode on %s', (_, framework) => {
  it('reports every request and leaves its raw body to the route, also before express.json()', async () => {
    const reports: string[] = [];
    const receiver = createReceiver({ provider: stripe, secrets: secret, onWarning: () => undefined });
    const app = framework();
    const report = webhookReport(receiver, {
      onReport: (one) => void reports.push(one.verified ? one.event.id : one.error.code),
    });
    app.post('/hook', report, framework.json(), (request, response) => {
      response.send(Buffer.isBuffer(request.body) ? request.body : 'no bytes');
    });
    const server = app.listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    try {
      const { port } = server.address() as AddressInfo;
      for (const signature of [signed(secret), signed('whsec_another'), 'nonsense']) {
        const headers = { 'stripe-signature': signature, 'content-type': 'application/json' };
        const response = await fetch(`http://127.0.0.1:${port}/hook`, { method: 'POST', body, headers });
        expect(response.status).toBe(200);
        expect(await response.text()).toBe(body);
      }
      expect(reports).toEqual(['evt_1', 'signature_mismatch', 'header_malformed']);
    } finally {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  });
});

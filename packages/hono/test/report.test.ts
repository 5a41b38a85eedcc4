import { createHmac } from 'node:crypto';
import { createReceiver, defineProvider, rawBodyHmac } from '@countersign/core';
import { webhookReport } from '@countersign/hono';
import { Hono } from 'hono';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

const secret = 'report-R7kQ2mXv9Ls4Tz8p4Ls9dQk7Xw2';
const provider = defineProvider({ name: 'reported', scheme: rawBodyHmac({ header: 'x-signature' }) });
const body = '{"id":"evt_1"}';

beforeEach(() => void vi.spyOn(console, 'warn').mockImplementation(() => undefined));
afterEach(() => vi.restoreAllMocks());

describe('report-only mode on Hono', () => {
  it('reports every request and leaves its body to the route', async () => {
    const reports: string[] = [];
    const receiver = createReceiver({ provider, secrets: secret, onWarning: () => undefined });
    const app = new Hono();
    const onReport = (one: { readonly verified: boolean }) => void reports.push(String(one.verified));
    app.post('/hook', webhookReport(receiver, { onReport }), async (c) => c.text(await c.req.text()));
    for (const by of [secret, 'another-R7kQ2mXv9Ls4Tz8']) {
      const signature = createHmac('sha256', by).update(body).digest('hex');
      const response = await app.request('/hook', { method: 'POST', body, headers: { 'x-signature': signature } });
      expect(await response.text()).toBe(body);
    }
    expect(reports).toEqual(['true', 'false']);
  });
});

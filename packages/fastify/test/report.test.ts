import { createHmac } from 'node:crypto';
import { createReceiver, defineProvider, rawBodyHmac } from '@countersign/core';
import { webhookReport } from '@countersign/fastify';
import fastify from 'fastify';
import fastify4 from 'fastify-4';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

const secret = 'report-R7kQ2mXv9Ls4Tz8p4Ls9dQk7Xw2';
const provider = defineProvider({ name: 'reported', scheme: rawBodyHmac({ header: 'x-signature' }) });
const body = '{"id":"evt_1"}';

beforeEach(() => void vi.spyOn(console, 'warn').mockImplementation(() => undefined));
afterEach(() => vi.restoreAllMocks());

describe.each([
  ['Fastify 5', fastify],
  ['Fastify 4', fastify4 as unknown as typeof fastify],
])('report-only mode on %s', (_, framework) => {
  it('reports every request and leaves its raw body to the route; other routes are parsed as before', async () => {
    const reports: boolean[] = [];
    const receiver = createReceiver({ provider, secrets: secret, onWarning: () => undefined });
    const app = framework();
    app.register(webhookReport(receiver, { onReport: ({ verified }) => void reports.push(verified) }), {
      routes: (scope) =>
        scope.post('/hook', async (request) => ({
          isBuffer: Buffer.isBuffer(request.body),
          text: String(request.body),
        })),
    });
    app.post('/other', async (request) => request.body);
    const address = await app.listen({ port: 0, host: '127.0.0.1' });
    try {
      for (const by of [secret, 'another-R7kQ2mXv9Ls4Tz8']) {
        const headers = {
          'x-signature': createHmac('sha256', by).update(body).digest('hex'),
          'content-type': 'application/json',
        };
        const response = await fetch(`${address}/hook`, { method: 'POST', body, headers });
        expect(await response.json()).toEqual({ isBuffer: true, text: body });
        expect(await (await fetch(`${address}/other`, { method: 'POST', body, headers })).json()).toEqual({
          id: 'evt_1',
        });
      }
      expect(reports).toEqual([true, false]);
    } finally {
      await app.close();
    }
  });

  it('asks for its routes', async () => {
    const receiver = createReceiver({ provider, secrets: secret, onWarning: () => undefined });
    const app = framework();
    app.register(webhookReport(receiver), {} as never);
    await expect(app.ready()).rejects.toMatchObject({ code: 'options_invalid', at: 'routes' });
  });
});

/** The option `logger` with Fastify's own loggers, which are pino's. */

import { createHmac } from 'node:crypto';
import { createReceiver, defineProvider, rawBodyHmac } from '@countersign/core';
import { webhook } from '@countersign/fastify';
import fastify5 from 'fastify';
import fastify4 from 'fastify-4';
import { expect, it } from 'vitest';

const body = '{"id":"evt_1"}';

it.each([
  ['4', fastify4],
  ['5', fastify5],
])('the logger of Fastify %s gets failures and refusals as objects, with the error', async (version, fastify) => {
  const secret = `0123456789abcdef0123456789abcde${version}`;
  const signature = createHmac('sha256', secret).update(body).digest('hex');
  const lines: Record<string, unknown>[] = [];
  const stream = { write: (line: string) => void lines.push(JSON.parse(line)) };
  const app = (fastify as typeof fastify5)({ logger: { level: 'warn', stream } });
  const provider = defineProvider({ name: `logged-${version}`, scheme: rawBodyHmac({ header: 'x-sig' }) });
  const receiver = createReceiver({ provider, secrets: secret, logger: app.log });
  const handle = () => {
    throw new RangeError('of the handler');
  };
  app.register(webhook(receiver, handle) as never, { url: '/hooks' } as never);
  const post = (sig: string) =>
    app.inject({
      method: 'POST',
      url: '/hooks',
      headers: { 'content-type': 'application/json', 'x-sig': sig },
      payload: body,
    });
  expect((await post(signature)).statusCode).toBe(500);
  expect((await post('00'.repeat(32))).statusCode).toBe(401);
  await app.close();
  const ours = lines.filter(({ msg }) => `${msg}`.startsWith('countersign:'));
  expect(ours).toMatchObject([
    {
      level: 50,
      provider: `logged-${version}`,
      namespace: `logged-${version}`,
      err: { type: 'RangeError', message: 'of the handler' },
      msg: `countersign: handling logged-${version} failed`,
    },
    { level: 40, code: 'signature_mismatch', msg: expect.stringContaining('a delivery was refused') },
  ]);
});

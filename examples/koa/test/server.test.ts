import { type ChildApp, node, startApp } from 'example-testing/child-app';
import { endpointOf, testDeliveries, testOrders } from 'example-testing/deliveries';
import { fromAcme, secrets } from 'example-testing/signed';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const { ACME_WEBHOOK_SECRET } = secrets;
const folder = new URL('..', import.meta.url);
const command = [...node, 'server.ts'] as const;

describe('the Koa example', () => {
  let app: ChildApp;
  beforeAll(async () => {
    app = await startApp({ command, folder, env: { ACME_WEBHOOK_SECRET } });
  });
  afterAll(() => app?.stop());

  testDeliveries(() => endpointOf(app));
  testOrders(() => app);

  it('would get no bytes behind a body parser, and says so', async () => {
    const other = await startApp({
      command: [...node, 'test/parser-first.ts'],
      folder,
      env: { ACME_WEBHOOK_SECRET },
    });
    try {
      const answer = await endpointOf(other).deliver(fromAcme('msg_1'));
      expect([answer.status, await answer.json()]).toMatchObject([500, { error: 'body_not_raw' }]);
    } finally {
      await other.stop();
    }
  });

  it('does not start without its secret', async () => {
    await expect(startApp({ command, folder, env: {} })).rejects.toThrow(/acme needs the signing secret/);
  });
});

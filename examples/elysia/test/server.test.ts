import { type ChildApp, node, startApp } from 'example-testing/child-app';
import { endpointOf, testDeliveries, testOrders } from 'example-testing/deliveries';
import { findRuntime } from 'example-testing/runtime';
import { fromAcme, secrets } from 'example-testing/signed';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const { ACME_WEBHOOK_SECRET } = secrets;
const folder = new URL('..', import.meta.url);
const { program = '', note } = findRuntime('bun', '1.4.5');
const runtimes = [
  ['Node', node],
  [`Bun${note}`, [program, '--conditions=countersign-source']],
] as const;

for (const [title, runtime] of runtimes) {
  describe.skipIf(runtime[0] === '')(`the Elysia example on ${title}`, () => {
    const command = [...runtime, 'server.ts'] as const;
    let app: ChildApp;
    beforeAll(async () => {
      app = await startApp({ command, folder, env: { ACME_WEBHOOK_SECRET } });
    });
    afterAll(() => app?.stop());

    testDeliveries(() => endpointOf(app));
    testOrders(() => app);

    it('would get no bytes with its parser on, and says so', async () => {
      const other = await startApp({
        command: [...runtime, 'test/parser-on.ts'],
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
}

import { request } from 'node:http';
import { buildPackagesOf } from 'example-testing/built-packages';
import { type ChildApp, node, startApp } from 'example-testing/child-app';
import { endpointOf, testDeliveries, testOrders } from 'example-testing/deliveries';
import { statusOf } from 'example-testing/post';
import { runCommand } from 'example-testing/run-command';
import { fromAcme, secrets } from 'example-testing/signed';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const folder = new URL('..', import.meta.url);
const { ACME_WEBHOOK_SECRET } = secrets;

const deliver = (to: ChildApp, id: string) => endpointOf(to).deliver(fromAcme(id));

/** A stranger writes 12 MiB without a length; no response may come, because the connection may be closed in the middle. */
const flood = ({ url }: ChildApp) =>
  new Promise<void>((resolve) => {
    const sending = request(`${url}/webhooks/acme`, { method: 'POST', headers: { 'transfer-encoding': 'chunked' } });
    sending.on('response', (response) => response.resume());
    sending.on('error', () => undefined).on('close', resolve);
    sending.end(Buffer.alloc(12 * 1_048_576, ' '));
  });

describe('the Nitro example', () => {
  const apps: ChildApp[] = [];
  let app: ChildApp;
  const start = async (command: readonly [string, ...string[]], env: Record<string, string>) => {
    const started = await startApp({ command, folder, env });
    apps.push(started);
    return started;
  };
  const built = [process.execPath, '.output/server/index.mjs'] as const;

  beforeAll(async () => {
    await buildPackagesOf(folder);
    // Without a secret: the build must not need one.
    await runCommand(['npm', 'run', '--silent', 'build'], folder);
    app = await start(built, { ACME_WEBHOOK_SECRET });
  }, 300_000);
  afterAll(() => Promise.all(apps.map((one) => one.stop())));

  testDeliveries(() => endpointOf(app));
  testOrders(() => app);

  it('goes on after a stranger has written far more than is read', async () => {
    await flood(app);
    expect(await statusOf(deliver(app, 'msg_4'))).toBe(200);
    expect(app.output()).not.toContain('uncaughtException');
  });

  it('would not go on with the Request that h3 makes', async () => {
    const other = await start([...node, 'test/web-request.ts'], { ACME_WEBHOOK_SECRET });
    expect(await statusOf(deliver(other, 'msg_1'))).toBe(200);
    await flood(other);
    await expect.poll(other.output).toContain('Controller is already closed');
    await expect(deliver(other, 'msg_2')).rejects.toThrow();
  });

  it('answers nothing but 500 without its secret, and logs why', async () => {
    const careless = await start(built, { ACME_WEBHOOK_SECRET: '' });
    expect(await statusOf(deliver(careless, 'msg_5'))).toBe(500);
    await expect.poll(careless.output).toMatch(/acme: .*secret_invalid/);
    expect(careless.output()).not.toContain('msg_5');
  });
});

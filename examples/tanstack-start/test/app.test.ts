import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { buildPackagesOf } from 'example-testing/built-packages';
import { type ChildApp, startApp } from 'example-testing/child-app';
import { endpointOf, testDeliveries, testOrders } from 'example-testing/deliveries';
import { statusOf } from 'example-testing/post';
import { runCommand } from 'example-testing/run-command';
import { fromStripe, secrets } from 'example-testing/signed';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const { STRIPE_WEBHOOK_SECRET } = secrets;
const folder = new URL('..', import.meta.url);
const srvx = createRequire(import.meta.url)
  .resolve('srvx')
  .replace(/dist\/.*$/, 'bin/srvx.mjs');

describe('the TanStack Start example', () => {
  const apps: ChildApp[] = [];
  let app: ChildApp;
  const start = async (env: Record<string, string>) => {
    const command = [process.execPath, srvx, '--prod', 'dist/server/server.js'] as const;
    const started = await startApp({ command, folder, env: { NODE_ENV: 'production', ...env } });
    apps.push(started);
    return started;
  };
  const endpoint = (to = app) => endpointOf(to, '/webhooks/stripe');

  beforeAll(async () => {
    await buildPackagesOf(folder);
    // Without a secret: the build must not need one. It writes the tree of routes that the types come from.
    await runCommand(['npm', 'run', '--silent', 'build'], folder, { NODE_ENV: 'production' });
    await runCommand(['npm', 'run', '--silent', 'typecheck'], folder);
    app = await start({ STRIPE_WEBHOOK_SECRET });
  }, 300_000);
  afterAll(() => Promise.all(apps.map((one) => one.stop())));

  testDeliveries(() => endpoint(), { sender: fromStripe, printed: 'stripe invoice.paid' });
  testOrders(() => app);

  it('gives browsers nothing of the route', () => {
    const textIn = (part: string) =>
      readdirSync(new URL(`dist/${part}/`, folder), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => readFileSync(`${entry.parentPath}/${entry.name}`, 'utf8'))
        .join('\n');
    expect(textIn('server')).toContain('STRIPE_WEBHOOK_SECRET');
    expect(textIn('client')).not.toMatch(/STRIPE_WEBHOOK_SECRET|countersign/);
  });

  it('answers nothing but 500 without its secret, and logs why', async () => {
    const careless = await start({ STRIPE_WEBHOOK_SECRET: '' });
    expect(await statusOf(endpoint(careless).deliver(fromStripe('evt_unread')))).toBe(500);
    await expect.poll(careless.output).toMatch(/stripe: .*secret_invalid/);
    expect(careless.output()).not.toContain('evt_unread');
  });
});

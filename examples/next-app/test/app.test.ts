import { createHmac } from 'node:crypto';
import { createRequire } from 'node:module';
import { buildPackagesOf } from 'example-testing/built-packages';
import { type ChildApp, startApp } from 'example-testing/child-app';
import { post, statusOf } from 'example-testing/post';
import { runCommand } from 'example-testing/run-command';
import Stripe from 'stripe';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const folder = new URL('..', import.meta.url);
const next = createRequire(import.meta.url).resolve('next/dist/bin/next');
const production = { NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1' };
const secrets = {
  STRIPE_WEBHOOK_SECRET: 'whsec_a_secret_of_the_example_0123456789',
  LINEAR_WEBHOOK_SECRET: 'lin_wh_a_secret_of_the_example_0123456789',
};
const strangers = 'somebody_else_made_this_secret_up_0123456789';

describe('the Next.js example', () => {
  let app: ChildApp;
  const start = (env: Record<string, string>) =>
    startApp({ command: [process.execPath, next, 'start'], folder, env: { ...production, ...env } });

  beforeAll(async () => {
    await buildPackagesOf(folder);
    // What the build is given is not what the app runs with.
    const standIns = { STRIPE_WEBHOOK_SECRET: strangers, LINEAR_WEBHOOK_SECRET: strangers };
    await runCommand([process.execPath, next, 'build'], folder, { ...production, ...standIns });
    app = await start(secrets);
  }, 300_000);
  afterAll(() => app?.stop());

  const fromStripe = (id: string, { secret = secrets.STRIPE_WEBHOOK_SECRET, ageSeconds = 0, to = app } = {}) => {
    const payload = JSON.stringify({ id, object: 'event', type: 'invoice.paid', data: { object: { id: 'in_1' } } });
    const timestamp = Math.floor(Date.now() / 1000) - ageSeconds;
    const { webhooks } = new Stripe('sk_test_unused');
    const signature = webhooks.generateTestHeaderString({ payload, secret, timestamp });
    return post(`${to.url}/webhooks/stripe`, payload, { 'stripe-signature': signature });
  };
  const fromLinear = (id: string, { secret = secrets.LINEAR_WEBHOOK_SECRET, ageSeconds = 0 } = {}) => {
    const time = Date.now() - ageSeconds * 1000;
    const body = JSON.stringify({ action: 'create', type: 'Issue', data: { id }, webhookTimestamp: time });
    return () =>
      post(`${app.url}/api/webhooks/linear`, body, {
        'linear-delivery': id,
        'linear-signature': createHmac('sha256', secret).update(body).digest('hex'),
      });
  };

  it('runs the handler in the App Router once for an event that comes twice', async () => {
    const ids = ['evt_1', 'evt_1', 'evt_2'];
    for (const id of ids) expect(await statusOf(fromStripe(id))).toBe(200);
    const lines = ['stripe invoice.paid evt_1', 'stripe invoice.paid evt_2'];
    expect(await app.printedUntil('stripe invoice.paid evt_2', 'stripe')).toEqual(lines);
  });

  it('runs the handler in the Pages Router once for an event that comes twice', async () => {
    const copy = fromLinear('1');
    for (const send of [copy, copy, fromLinear('2')]) expect(await statusOf(send())).toBe(200);
    const lines = ['linear Issue.create 1', 'linear Issue.create 2'];
    expect(await app.printedUntil('linear Issue.create 2', 'linear')).toEqual(lines);
  });

  it('refuses what is forged or stale, in both routers', async () => {
    const forged = { secret: strangers };
    for (const flaw of [forged, { ageSeconds: 301 }]) expect(await statusOf(fromStripe('flawed', flaw))).toBe(401);
    // Linear repeats a delivery with its first time for some seven hours.
    for (const flaw of [forged, { ageSeconds: 28_801 }]) expect(await statusOf(fromLinear('flawed', flaw)())).toBe(401);
    expect([await statusOf(fromStripe('evt_3')), await statusOf(fromLinear('3')())]).toEqual([200, 200]);
    const lines = [
      ...(await app.printedUntil('stripe invoice.paid evt_3', 'stripe')),
      ...(await app.printedUntil('linear Issue.create 3', 'linear')),
    ];
    expect(lines.filter((line) => line.endsWith(' flawed'))).toEqual([]);
  });

  it('serves its page, and still parses JSON on its other route', async () => {
    expect(await (await fetch(app.url)).text()).toContain('Stripe posts to /webhooks/stripe');
    const answer = await post(`${app.url}/api/orders`, JSON.stringify({ item: 'tea' }));
    expect([answer.status, await answer.json()]).toEqual([200, { ordered: 'tea' }]);
  });

  it('answers nothing but 500 without its secret', async () => {
    const careless = await start({ LINEAR_WEBHOOK_SECRET: secrets.LINEAR_WEBHOOK_SECRET });
    try {
      expect(await statusOf(fromStripe('evt_4', { to: careless }))).toBe(500);
      await expect.poll(careless.output).toMatch(/stripe needs the signing secret, but it is not set/);
      expect(careless.output()).not.toContain('evt_4');
    } finally {
      await careless.stop();
    }
  });
});

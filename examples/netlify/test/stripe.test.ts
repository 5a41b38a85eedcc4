import type { Context } from '@netlify/functions';
import { functionEndpoint, testDeliveries } from 'example-testing/deliveries';
import { fromStripe, secrets } from 'example-testing/signed';
import { afterAll, describe, expect, it, vi } from 'vitest';

vi.stubEnv('STRIPE_WEBHOOK_SECRET', secrets.STRIPE_WEBHOOK_SECRET);
const { default: serve, config } = await import('../netlify/functions/stripe.ts');
// https://docs.netlify.com/build/functions/api/ (read 2026-11-27)
serve satisfies (request: Request, context: Context) => Response | Promise<Response>;
afterAll(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

const url = `https://example.netlify.app${config.path}`;
/** The part of Netlify's context that is used. */
const context = { waitUntil: () => undefined } as unknown as Context;

describe('the example of Netlify', () => {
  const endpoint = functionEndpoint(({ body, headers }) =>
    serve(new Request(url, { method: 'POST', body, headers }), context),
  );
  testDeliveries(() => endpoint, { sender: fromStripe, printed: 'stripe invoice.paid' });

  it('is served at a path of its own, for posts alone', () => {
    expect(config).toEqual({ path: '/webhooks/stripe', method: 'POST' });
  });
});

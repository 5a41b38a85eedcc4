import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { functionEndpoint, testDeliveries } from 'example-testing/deliveries';
import { post } from 'example-testing/post';
import { fromStripe, secrets } from 'example-testing/signed';
import { afterAll, describe, expect, it, vi } from 'vitest';

vi.stubEnv('STRIPE_WEBHOOK_SECRET', secrets.STRIPE_WEBHOOK_SECRET);
const { POST } = await import('../api/webhooks/stripe.ts');
// https://vercel.com/docs/functions/functions-api-reference (read 2026-11-27)
POST satisfies (request: Request) => Response | Promise<Response>;
afterAll(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

const url = 'https://example.vercel.app/webhooks/stripe';

describe('the example of Vercel', () => {
  const endpoint = functionEndpoint(({ body, headers }) => POST(new Request(url, { method: 'POST', body, headers })));
  testDeliveries(() => endpoint, { sender: fromStripe, printed: 'stripe invoice.paid' });

  it('takes a Request that streams its body, as Vercel makes it from a connection', async () => {
    const server = createServer(async (incoming, outgoing) => {
      const headers = new Headers(incoming.headers as Record<string, string>);
      const init = { method: 'POST', headers, body: incoming, duplex: 'half' };
      const response = await POST(new Request(url, init as unknown as RequestInit));
      outgoing.writeHead(response.status).end(await response.text());
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const statusFor = async (isForged: boolean) => {
      const { body, headers } = fromStripe('evt_streamed', { isForged });
      return (await post(`http://127.0.0.1:${port}`, body, headers)).status;
    };
    expect([await statusFor(true), await statusFor(false)]).toEqual([401, 200]);
    await new Promise((resolve) => server.close(resolve));
  });
});

import { HttpRequest, HttpResponse, InvocationContext } from '@azure/functions';
import { functionEndpoint, testDeliveries } from 'example-testing/deliveries';
import { statusOf } from 'example-testing/post';
import { fromAcme, type Signed, secrets } from 'example-testing/signed';
import { afterAll, describe, expect, it, vi } from 'vitest';

vi.stubEnv('ACME_WEBHOOK_SECRET', secrets.ACME_WEBHOOK_SECRET);
const { acme } = await import('../functions.ts');
afterAll(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

/** Azure's host passes a body as bytes, or as text from some older versions. */
const as = {
  bytes: (body: string) => ({ bytes: Buffer.from(body) }),
  text: (body: string) => ({ string: body }),
};

const call =
  (bodyOf: (body: string) => object) =>
  async ({ body, headers }: Signed) => {
    const init = { method: 'POST', url: 'https://example.azurewebsites.net/webhooks/acme', headers };
    const request = new HttpRequest({ ...init, body: bodyOf(body) });
    // What the worker makes of the answer.
    return new HttpResponse(await acme(request, new InvocationContext())) as unknown as Response;
  };

describe('the example of Azure Functions', () => {
  const endpoint = functionEndpoint(call(as.bytes));
  testDeliveries(() => endpoint);

  it('takes a body that the host passes as text', async () => {
    expect(await statusOf(call(as.text)(fromAcme('as_text')))).toBe(200);
    expect(await statusOf(call(as.text)(fromAcme('as_text_forged', { isForged: true })))).toBe(401);
  });

  it('answers with the headers and the body of the response', async () => {
    const answer = await endpoint.deliver(fromAcme('forged', { isForged: true }));
    expect([answer.status, answer.headers.get('content-type')]).toEqual([401, 'application/json']);
    expect(await answer.text()).toBe('{"error":"unauthorized"}');
  });
});

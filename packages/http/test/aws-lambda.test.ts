import { createHmac } from 'node:crypto';
import { createReceiver, defineProvider, memoryStore, type Outcome, rawBodyHmac } from '@countersign/core';
import { type LambdaEvent, lambdaHandler } from '@countersign/http/aws-lambda';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import httpApi from './lambda-events/http-api.json' with { type: 'json' };
import loadBalancer from './lambda-events/load-balancer.json' with { type: 'json' };
import loadBalancerLists from './lambda-events/load-balancer-lists.json' with { type: 'json' };
import restApi from './lambda-events/rest-api.json' with { type: 'json' };

const secret = '0123456789abcdef0123456789abcdef';
const provider = defineProvider({ name: 'lambda', scheme: rawBodyHmac({ header: 'x-sig' }), payload: 'bytes' });
const mac = (body: string | Uint8Array) => createHmac('sha256', secret).update(body).digest('hex');

/** Events as AWS documents them, one for each way in; the function URL has the form of the HTTP API. */
const events = {
  'REST API': restApi,
  'HTTP API and function URL': httpApi,
  'load balancer': loadBalancer,
  'load balancer with lists': loadBalancerLists,
} as unknown as Record<string, LambdaEvent>;

function filled(
  event: LambdaEvent,
  body: Uint8Array,
  isBase64Encoded: boolean,
  signature: readonly string[],
): LambdaEvent {
  const text = Buffer.from(body);
  const name =
    event.httpMethod === undefined || event.requestContext === loadBalancer.requestContext ? 'x-sig' : 'X-Sig';
  // Format 1.0 and load balancers show the last of several lines, format 2.0 joins them.
  const shown = event.httpMethod === undefined ? signature.join(',') : signature.at(-1);
  const length = String(text.byteLength);
  const { 'content-length': announced } = (event.headers ?? {}) as Record<string, string | undefined>;
  return {
    ...event,
    body: text.toString(isBase64Encoded ? 'base64' : 'utf8'),
    isBase64Encoded,
    ...(event.headers && {
      headers: { ...event.headers, [name]: shown, ...(announced && { 'content-length': length }) },
    }),
    ...(event.multiValueHeaders && { multiValueHeaders: { ...event.multiValueHeaders, [name]: signature } }),
  };
}

function receiverOf() {
  const outcomes: Outcome[] = [];
  const receiver = createReceiver({
    provider,
    secrets: secret,
    maxBodyBytes: 1000,
    dedupe: memoryStore(),
    onWarning: () => undefined,
    onOutcome: (outcome) => void outcomes.push(outcome as Outcome),
  });
  const reasons = () => outcomes.map((outcome) => (outcome.kind === 'rejected' ? outcome.error.code : outcome.kind));
  return { receiver, outcomes, reasons };
}

describe.each(Object.entries(events))('the edge for AWS Lambda behind a %s', (_name, event) => {
  it('AD-10 AD-12 takes the bytes as text and as base64, whatever the case of header names', async () => {
    const { receiver, reasons } = receiverOf();
    const seen: string[] = [];
    const handler = lambdaHandler(receiver, ({ body }) => void seen.push(Buffer.from(body).toString('hex')));
    const text = Buffer.from('{"id":"e","s":"caf\u00e9 \u{1f600}"}');
    const bytes = Uint8Array.of(0xef, 0xbb, 0xbf, 0xff, 0x00);
    expect((await handler(filled(event, text, false, [mac(text)]))).statusCode).toBe(200);
    const again = await handler(filled(event, text, true, [mac(text)]));
    expect([again.statusCode, again.headers['webhook-replayed']]).toEqual([200, 'true']);
    expect((await handler(filled(event, bytes, true, [mac(bytes)]))).statusCode).toBe(200);
    expect(seen).toEqual([text.toString('hex'), Buffer.from(bytes).toString('hex')]);
    expect(reasons()).toEqual(['handled', 'duplicate', 'handled']);
  });

  it('AD-11 refuses a signature that came twice, a wrong one, and none', async () => {
    const { receiver } = receiverOf();
    const handle = vi.fn();
    const handler = lambdaHandler(receiver, handle);
    const body = Buffer.from('{}');
    // Without lists, all that a load balancer shows of two lines is the last.
    const twice = event === (loadBalancer as never) ? [] : [['0'.repeat(64), mac(body)]];
    for (const signature of [...twice, ['0'.repeat(64)], []]) {
      const { statusCode, body: answer } = await handler(filled(event, body, true, signature));
      expect([statusCode, answer]).toEqual([401, '{"error":"unauthorized"}']);
    }
    expect(handle).not.toHaveBeenCalled();
  });

  it('names what is wrong with a body that was parsed, and refuses one that is too large', async () => {
    const { receiver, outcomes, reasons } = receiverOf();
    const handler = lambdaHandler(receiver, () => undefined);
    const good = filled(event, Buffer.from('{}'), false, [mac('{}')]);
    const parsed = await handler({ ...good, body: { id: 1 } as never });
    expect([parsed.statusCode, JSON.parse(parsed.body).error]).toEqual([500, 'body_not_raw']);
    expect(outcomes[0]).toMatchObject({ error: { hint: expect.stringContaining('proxy integration') } });
    const large = Buffer.alloc(1001, 'x');
    for (const isBase64 of [true, false])
      expect((await handler(filled(event, large, isBase64, [mac(large)]))).statusCode).toBe(413);
    expect(reasons()).toEqual(['body_not_raw', 'body_too_large', 'body_too_large']);
  });

  it('answers with text as it is and with bytes as base64, in the form that this way takes', async () => {
    const { receiver } = receiverOf();
    const answers = [{ status: 202, headers: { 'X-A': 'b' }, body: '\u00e9' }, { body: Uint8Array.of(0, 255) }];
    const handler = lambdaHandler(receiver, () => answers.shift() as never);
    const text = await handler(filled(event, Buffer.from('1'), false, [mac('1')]));
    expect(text).toMatchObject({ statusCode: 202, headers: { 'x-a': 'b' }, body: '\u00e9', isBase64Encoded: false });
    const isListed = event === (loadBalancerLists as never);
    expect(text.multiValueHeaders).toEqual(isListed ? { 'x-a': ['b'] } : undefined);
    expect(await handler(filled(event, Buffer.from('2'), false, [mac('2')]))).toMatchObject({
      body: Buffer.of(0, 255).toString('base64'),
      isBase64Encoded: true,
    });
  });

  it('shows a resolver of secrets the method and the target with its query', async () => {
    const seen: unknown[] = [];
    const receiver = createReceiver({
      provider,
      secrets: async ({ url, method }) => {
        seen.push([method, url]);
        return secret;
      },
      onWarning: () => undefined,
    });
    await lambdaHandler(receiver, () => undefined)(filled(event, Buffer.from('{}'), false, [mac('{}')]));
    const stage = event === (restApi as never) ? '/prod' : '';
    // Without lists, a load balancer hands over the last of several values and no more.
    const query = event === (loadBalancer as never) ? 'tenant=c' : 'tenant=a%20b&tenant=c';
    expect(seen).toEqual([['POST', `${stage}/webhooks/x?${query}`]]);
  });
});

describe('the edge for AWS Lambda', () => {
  it('rejects what is no HTTP request, so that the mistake is seen where it was made', async () => {
    const handler = lambdaHandler(receiverOf().receiver, () => undefined);
    for (const event of [{ Records: [] }, {}, undefined, null])
      await expect(handler(event as never)).rejects.toMatchObject({ code: 'options_invalid', at: 'event' });
  });

  it('takes a request without a body for an empty one', async () => {
    const { receiver, reasons } = receiverOf();
    const event = { ...filled(httpApi as never, Buffer.from(''), false, [mac('')]), body: undefined };
    expect((await lambdaHandler(receiver, () => undefined)(event)).statusCode).toBe(200);
    expect(reasons()).toEqual(['handled']);
  });
});

describe('what a stranger sends to a function', () => {
  const text = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('', '%', '%ED%A0%80', '\ud800', '__proto__'));
  const odd = fc.oneof(text, fc.constantFrom<unknown>(null, undefined, 5, true, [], {}, ['a', null]));
  const fields = fc.oneof(fc.dictionary(text, odd), fc.constantFrom(null, undefined));
  const lists = fc.oneof(fc.dictionary(text, fc.oneof(fc.array(odd), odd)), fc.constantFrom(null, undefined));

  it('never makes the function reject, whatever the parts of the request hold', async () => {
    const { receiver } = receiverOf();
    const serve = lambdaHandler(receiver, () => undefined);
    const request = fc.record(
      {
        httpMethod: text,
        path: text,
        rawPath: odd,
        rawQueryString: odd,
        body: odd,
        isBase64Encoded: fc.oneof(fc.boolean(), odd),
        headers: fields,
        multiValueHeaders: lists,
        queryStringParameters: fields,
        multiValueQueryStringParameters: lists,
        requestContext: fc.oneof(
          fc.constantFrom<unknown>(undefined, null, {}, { elb: {} }, { http: { method: 'POST' } }),
          fc.record({ path: odd }),
        ),
      },
      { requiredKeys: ['httpMethod'] },
    );
    await fc.assert(
      fc.asyncProperty(request, async (event) => {
        const { statusCode } = await serve(event as never);
        expect(statusCode).toBeGreaterThanOrEqual(400);
      }),
      { numRuns: Number(process.env.FAST_CHECK_RUNS ?? 2000) },
    );
  });

  it('is an event of something else than HTTP, which says so to its owner', async () => {
    const serve = lambdaHandler(receiverOf().receiver, () => undefined);
    for (const event of [{ Records: [] }, {}, null, undefined])
      await expect(serve(event as never)).rejects.toMatchObject({ code: 'options_invalid', at: 'event' });
  });
});

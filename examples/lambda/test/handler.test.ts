import { createHmac } from 'node:crypto';
import type {
  ALBEvent,
  ALBHandler,
  APIGatewayProxyEvent,
  APIGatewayProxyEventV2,
  APIGatewayProxyHandler,
  APIGatewayProxyHandlerV2,
} from 'aws-lambda';
import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest';

const secret = 'shpss_a_secret_of_the_example_0123456789';
vi.stubEnv('SHOPIFY_API_SECRET', secret);
const { handler } = await import('../handler.ts');
handler satisfies APIGatewayProxyHandler & APIGatewayProxyHandlerV2 & ALBHandler;

const handled = vi.spyOn(console, 'log').mockImplementation(() => undefined);
beforeEach(() => handled.mockClear());
afterAll(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

interface Delivery {
  readonly headers: Record<string, string>;
  readonly body: string;
}

/** Not ASCII, so that it matters how a gateway hands the body over. */
function deliver(id: string, signedWith = secret): Delivery {
  const body = JSON.stringify({ id, email: 'zoë@example.com' });
  const headers = {
    'Content-Type': 'application/json',
    'X-Shopify-Hmac-Sha256': createHmac('sha256', signedWith).update(body).digest('base64'),
    'X-Shopify-Topic': 'orders/create',
    'X-Shopify-Webhook-Id': id,
  };
  return { headers, body };
}

const lowerCase = (headers: Record<string, string>) =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
const asLists = (headers: Record<string, string>) =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]]));
const asBase64 = (body: string) => ({ body: Buffer.from(body).toString('base64'), isBase64Encoded: true });
const asText = (body: string) => ({ body, isBase64Encoded: false });

/** @see https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html */
const restApi =
  (encode: typeof asText) =>
  ({ headers, body }: Delivery) =>
    ({
      resource: '/webhooks/shopify',
      path: '/webhooks/shopify',
      httpMethod: 'POST',
      headers,
      multiValueHeaders: asLists(headers),
      queryStringParameters: null,
      multiValueQueryStringParameters: null,
      pathParameters: null,
      stageVariables: null,
      requestContext: {
        accountId: '123456789012',
        apiId: '1234567890',
        authorizer: null,
        protocol: 'HTTP/1.1',
        httpMethod: 'POST',
        path: '/prod/webhooks/shopify',
        stage: 'prod',
        requestId: 'c6af9ac6-7b61-11e6-9a41-93e8deadbeef',
        requestTimeEpoch: 1_795_251_600_000,
        resourceId: '123456',
        resourcePath: '/webhooks/shopify',
        identity: { sourceIp: '192.0.2.1', userAgent: 'Shopify-Captain-Hook' } as never,
      },
      ...encode(body),
    }) satisfies APIGatewayProxyEvent;

/** @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html */
const httpApi =
  (encode: typeof asText) =>
  ({ headers, body }: Delivery) =>
    ({
      version: '2.0',
      routeKey: 'POST /webhooks/shopify',
      rawPath: '/webhooks/shopify',
      rawQueryString: '',
      headers: lowerCase(headers),
      requestContext: {
        accountId: '123456789012',
        apiId: 'api-id',
        domainName: 'id.execute-api.eu-central-1.amazonaws.com',
        domainPrefix: 'id',
        http: {
          method: 'POST',
          path: '/webhooks/shopify',
          protocol: 'HTTP/1.1',
          sourceIp: '192.0.2.1',
          userAgent: 'Shopify-Captain-Hook',
        },
        requestId: 'id',
        routeKey: 'POST /webhooks/shopify',
        stage: '$default',
        time: '21/Nov/2026:09:00:00 +0000',
        timeEpoch: 1_795_251_600_000,
      },
      ...encode(body),
    }) satisfies APIGatewayProxyEventV2;

/** @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html */
const loadBalancer =
  (fields: 'headers' | 'multiValueHeaders') =>
  ({ headers, body }: Delivery) =>
    ({
      requestContext: {
        elb: { targetGroupArn: 'arn:aws:elasticloadbalancing:eu-central-1:123456789012:targetgroup/hooks/1' },
      },
      httpMethod: 'POST',
      path: '/webhooks/shopify',
      ...(fields === 'headers'
        ? { queryStringParameters: {}, headers: lowerCase(headers) }
        : { multiValueQueryStringParameters: {}, multiValueHeaders: asLists(lowerCase(headers)) }),
      ...asText(body),
    }) satisfies ALBEvent;

const sources = {
  'a REST API': restApi(asText),
  'a REST API with a binary media type': restApi(asBase64),
  'an HTTP API': httpApi(asText),
  'a function URL that hands bodies over as base64': httpApi(asBase64),
  'a load balancer': loadBalancer('headers'),
  'a load balancer with lists of values': loadBalancer('multiValueHeaders'),
};

describe('the Lambda example', () => {
  for (const [source, eventOf] of Object.entries(sources)) {
    it(`takes deliveries from ${source}, each once`, async () => {
      const first = await handler(eventOf(deliver(source)));
      expect([first.statusCode, (await handler(eventOf(deliver(source)))).statusCode]).toEqual([200, 200]);
      expect(handled.mock.calls).toEqual([[`shopify orders/create ${source}`]]);
    });

    it(`refuses what is forged from ${source}`, async () => {
      const forged = deliver(`forged ${source}`, 'shpss_somebody_else_made_this_secret_up');
      expect((await handler(eventOf(forged))).statusCode).toBe(401);
      const { headers, body } = deliver(`changed ${source}`);
      expect((await handler(eventOf({ headers, body: body.replace('zoë', 'zoe') }))).statusCode).toBe(401);
      expect(handled).not.toHaveBeenCalled();
    });
  }

  it('answers a load balancer that works with lists by lists', async () => {
    const forged = deliver('lists', 'shpss_somebody_else_made_this_secret_up');
    const answer = await handler(sources['a load balancer with lists of values'](forged));
    expect(answer.multiValueHeaders?.['content-type']).toEqual([expect.stringContaining('json')]);
    expect(await handler(sources['a load balancer'](forged))).not.toHaveProperty('multiValueHeaders');
  });

  it('does not load without its secret', async () => {
    vi.resetModules();
    vi.stubEnv('SHOPIFY_API_SECRET', undefined);
    await expect(import('../handler.ts')).rejects.toThrow(/shopify needs the signing secret, but it is not set/);
  });
});

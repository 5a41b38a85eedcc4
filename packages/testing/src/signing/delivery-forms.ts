/** Converts a signed delivery to the form that a framework or cloud expects. */

import type { SignedDelivery } from './signing-options.ts';

/**
 * Returns a Request for `fetch()` or a fetch handler.
 *
 * @example
 * const delivery = await signDelivery(stripe, { secret });
 * const response = await fetch(toRequest({ ...delivery, url: 'http://localhost:3000/webhooks/stripe' }));
 */
export function toRequest({ url, method, headers, body }: SignedDelivery): Request {
  const hasBody = method !== 'GET' && method !== 'HEAD';
  return new Request(url, { method, headers, ...(hasBody && { body: body as Uint8Array<ArrayBuffer> }) });
}

/** The parts of the options of Fastify's `app.inject()` (light-my-request) that are used here. */
export interface InjectOptions {
  readonly method: 'POST';
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly payload: Buffer;
}

/**
 * Returns a delivery for Fastify's `app.inject()`.
 *
 * @example
 * const response = await fastify.inject(toInjectOptions(await signDelivery(stripe, { secret })));
 */
export function toInjectOptions(delivery: SignedDelivery): InjectOptions {
  const { method, headers, body } = delivery;
  return { method: method as 'POST', url: targetOf(delivery), headers, payload: Buffer.from(body) };
}

/** The parts of a request of supertest, superagent or chai-http that are used here. */
export interface SuperTest<Self> {
  set(headers: Record<string, string>): Self;
  serialize(write: (body: unknown) => unknown): Self;
  send(body: string | Buffer): Self;
}

/**
 * Gives a supertest request the delivery's headers and exact bytes: `await sendBy(request(app).post(path), delivery)`.
 *
 * Without this, supertest would write a Buffer as JSON if the content type is JSON.
 *
 * @example
 * await sendBy(request(app).post('/webhooks/stripe'), await signDelivery(stripe, { secret })).expect(200);
 */
export function sendBy<Test extends SuperTest<Test>>(test: Test, { headers, body }: SignedDelivery): Test {
  return test
    .set(headers)
    .serialize((bytes) => bytes)
    .send(Buffer.from(body));
}

/**
 * The kind of event that a function gets. `rest`: API Gateway REST APIs. `http`: HTTP APIs and function URLs. `alb`:
 * load balancers.
 */
export type LambdaEventForm = 'rest' | 'http' | 'alb';

/**
 * Returns an event for a Lambda function, as API Gateway or a load balancer would pass it, with the body in base64.
 *
 * @example
 * const response = await handler(toLambdaEvent(await signDelivery(shopify, { secret }), 'http'));
 */
export function toLambdaEvent(delivery: SignedDelivery, form: LambdaEventForm = 'http'): Record<string, unknown> {
  const { method, headers, body, url } = delivery;
  const { pathname, search, searchParams, host } = new URL(url);
  const all = { host, ...headers };
  const common = { headers: all, body: Buffer.from(body).toString('base64'), isBase64Encoded: true };
  if (form === 'http') {
    return {
      version: '2.0',
      routeKey: '$default',
      rawPath: pathname,
      rawQueryString: search.slice(1),
      requestContext: { http: { method, path: pathname, protocol: 'HTTP/1.1' }, stage: '$default' },
      ...common,
    };
  }
  const query = Object.fromEntries(searchParams);
  return {
    httpMethod: method,
    path: pathname,
    queryStringParameters: search === '' ? null : query,
    requestContext:
      form === 'alb' ? { elb: { targetGroupArn: 'arn:aws:elasticloadbalancing:none' } } : { stage: 'test' },
    ...(form === 'rest' && {
      resource: pathname,
      multiValueHeaders: Object.fromEntries(Object.entries(all).map(([name, value]) => [name, [value]])),
      multiValueQueryStringParameters: search === '' ? null : valuesOf(searchParams),
    }),
    ...common,
  };
}

function valuesOf(parameters: URLSearchParams): Record<string, string[]> {
  return Object.fromEntries([...new Set(parameters.keys())].map((name) => [name, parameters.getAll(name)]));
}

function targetOf({ url }: SignedDelivery): string {
  return url.replace(/^https?:\/\/[^/?#]*/, '') || '/';
}

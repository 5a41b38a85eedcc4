import type { IncomingMessage, RequestListener } from 'node:http';
import { type LambdaEvent, lambdaHandler } from '@countersign/http/aws-lambda';
import { type AdapterApp, contractPaths } from '@countersign/testing/adapter-app';

/** The form in which the gateway passes a request to the function. */
export type Gateway = 'REST API' | 'HTTP API' | 'load balancer';

/** A gateway in front of a Lambda function: makes the event that AWS would make, and sends the function's response. */
export function lambdaBridge(gateway: Gateway, app: AdapterApp): RequestListener {
  const finished = lambdaHandler(app.receiver, app.handle);
  const parsed: typeof finished = (event) => finished({ ...event, body: JSON.parse(String(event.body)) });
  return (request, response) => {
    void (async () => {
      if (request.url === contractPaths.journal) return void response.end(app.journal());
      const serve = request.url === contractPaths.parsed ? parsed : finished;
      // Text for content that the gateway treats as text, base64 for everything else.
      const isText = /json|text/.test(request.headers['content-type'] ?? '') && request.url === contractPaths.parsed;
      const result = await serve(await eventOf(gateway, request, isText));
      const headers = result.multiValueHeaders ?? result.headers;
      response.writeHead(result.statusCode, headers);
      response.end(Buffer.from(result.body, result.isBase64Encoded ? 'base64' : 'utf8'));
    })();
  };
}

async function eventOf(gateway: Gateway, request: IncomingMessage, isText: boolean): Promise<LambdaEvent> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks);
  const shared = { body: body.toString(isText ? 'utf8' : 'base64'), isBase64Encoded: !isText };
  const { method = 'POST', url: path = '/' } = request;
  const distinct = request.headersDistinct as Record<string, string[]>;
  if (gateway === 'HTTP API') {
    const headers = Object.fromEntries(Object.entries(distinct).map(([name, lines]) => [name, lines.join(',')]));
    return { ...shared, headers, rawPath: path, rawQueryString: '', requestContext: { http: { method, path } } };
  }
  const titled = (name: string) => name.replace(/(^|-)[a-z]/g, (letters) => letters.toUpperCase());
  const multiValueHeaders = Object.fromEntries(Object.entries(distinct).map(([name, lines]) => [titled(name), lines]));
  if (gateway === 'load balancer')
    return {
      ...shared,
      httpMethod: method,
      path,
      multiValueHeaders,
      requestContext: { elb: { targetGroupArn: 'arn' } },
    };
  const headers = Object.fromEntries(Object.entries(multiValueHeaders).map(([name, lines]) => [name, lines.at(-1)]));
  return { ...shared, httpMethod: method, path, headers, multiValueHeaders, requestContext: { path, stage: 'prod' } };
}

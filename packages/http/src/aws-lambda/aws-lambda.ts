/** The edge for AWS Lambda: API Gateway (REST and HTTP), function URLs and load balancers, told apart by the event. */

import {
  type AnyEvent,
  type BodyLimits,
  type DeliveryHead,
  type Handle,
  handlerOf,
  type Receiver,
  WebhookError,
} from '@countersign/core';
import { createDiagnoser } from '../pipeline/diagnoser.ts';
import { lambdaFixes } from '../pipeline/framework-words.ts';
import { responseTo, type WebhookResponse } from '../pipeline/statuses.ts';
import { requireOptions, type WebhookOptions } from '../pipeline/webhook-options.ts';

type Fields = Readonly<Record<string, string | undefined>> | null;
type Lists = Readonly<Record<string, readonly string[] | undefined>> | null;

/**
 * What Lambda hands over for an HTTP request; the types of `@types/aws-lambda` fit it.
 *
 * Payload format 1.0 (REST APIs) and load balancers have `httpMethod`, format 2.0 (HTTP APIs, function URLs) has
 * `requestContext.http`. Source: AWS documentation, "Lambda proxy integrations", "Payload format version",
 * "Using AWS Lambda with an Application Load Balancer".
 */
export interface LambdaEvent {
  readonly body?: string | null | undefined;
  readonly isBase64Encoded?: boolean | undefined;
  readonly headers?: Fields | undefined;
  readonly multiValueHeaders?: Lists | undefined;
  readonly httpMethod?: string | undefined;
  readonly path?: string | undefined;
  readonly queryStringParameters?: Fields | undefined;
  readonly multiValueQueryStringParameters?: Lists | undefined;
  readonly rawPath?: string | undefined;
  readonly rawQueryString?: string | undefined;
  readonly requestContext?: unknown;
}

/** What Lambda takes as the answer. */
export interface LambdaResult {
  readonly statusCode: number;
  readonly headers: Record<string, string>;
  /** In place of `headers` where a load balancer works with lists. */
  readonly multiValueHeaders?: Record<string, string[]>;
  readonly body: string;
  readonly isBase64Encoded: boolean;
}

/** Options of {@link lambdaHandler}. A function is given its body whole, so there is no time to bound. */
export type LambdaOptions = Pick<WebhookOptions, 'diagnose'>;

/** A Lambda function. Rejects for an event that is no HTTP request, and for nothing else. */
export type LambdaHandler = (event: LambdaEvent, context?: unknown) => Promise<LambdaResult>;

/**
 * Makes a Lambda function of a receiver: `export const handler = lambdaHandler(receiver, (event) => ...)`.
 *
 * Behind a REST API, bodies that are no UTF-8 arrive whole only where the API lists a binary media type that matches
 * (usually `*\/*`).
 *
 * @param handle a function, or an object of functions by event type
 * @throws options_invalid
 */
export function lambdaHandler<Event extends AnyEvent>(
  receiver: Receiver<Event>,
  handle: Handle<Event>,
  options: LambdaOptions = {},
): LambdaHandler {
  requireOptions(receiver, options);
  const handler = handlerOf(handle);
  const diagnose = createDiagnoser(receiver, options, { fixes: lambdaFixes });
  return async (event) => {
    const head = headOf(event);
    const body = ({ maxBodyBytes }: BodyLimits) => {
      requireText(event.body, maxBodyBytes);
      return bytesOf(event);
    };
    const outcome = await receiver.receive({ ...head, body }, handler);
    diagnose?.(outcome, { ...head, body: bytesOf(event) });
    return toResult(responseTo(outcome), event);
  };
}

/** Empty for a body that is no text. */
function bytesOf({ body, isBase64Encoded }: LambdaEvent): Uint8Array {
  return Buffer.from(typeof body === 'string' ? body : '', isBase64Encoded === true ? 'base64' : 'utf8');
}

/** @throws body_not_raw, body_too_large */
function requireText(body: unknown, maxBodyBytes: number): void {
  if (body !== undefined && body !== null && typeof body !== 'string') {
    const hint =
      'The event has an object as its body: something parsed it (a middleware such as http-json-body-parser), or the integration is no proxy integration. Give lambdaHandler() the event as it came.';
    throw new WebhookError('body_not_raw', { at: 'event.body', hint });
  }
  // Four characters of base64 are three bytes, one of text is a byte at least. The receiver measures the bytes again.
  if (typeof body === 'string' && body.length * 0.75 > maxBodyBytes) throw new WebhookError('body_too_large');
}

function headOf(event: LambdaEvent): DeliveryHead {
  const { http, path: fullPath } = (event?.requestContext ?? {}) as { http?: { method?: string }; path?: string };
  const method = http?.method ?? event?.httpMethod;
  if (method === undefined) {
    const hint =
      'It is no HTTP request of API Gateway, a function URL or a load balancer. Is the function called by a queue or by hand?';
    throw new WebhookError('options_invalid', { at: 'event', hint });
  }
  const headers = event.multiValueHeaders ?? event.headers ?? {};
  if (http !== undefined) return { headers, method, url: withQuery(event.rawPath ?? '/', event.rawQueryString ?? '') };
  // With a stage in the address, only the path of the context has it.
  return { headers, method, url: withQuery(fullPath ?? event.path ?? '/', queryOf(event)) };
}

/** API Gateway decodes the parameters of format 1.0; a load balancer hands them over as they came. */
function queryOf({ queryStringParameters, multiValueQueryStringParameters, requestContext }: LambdaEvent): string {
  const isBalanced = isFromLoadBalancer(requestContext);
  // Half of a surrogate pair cannot be encoded, and no URL that was signed has one.
  const encode = isBalanced
    ? String
    : (text: unknown) => encodeURIComponent(String(text).replace(/\p{Surrogate}/gu, '\ufffd'));
  return Object.entries(multiValueQueryStringParameters ?? queryStringParameters ?? {})
    .flatMap(([name, value]) => [value].flat().map((one) => `${encode(name)}=${encode(one ?? '')}`))
    .join('&');
}

const withQuery = (path: string, query: string) => (query === '' ? path : `${path}?${query}`);

const isFromLoadBalancer = (context: unknown) => (context as { elb?: unknown } | undefined)?.elb !== undefined;

function toResult({ status, headers, body }: WebhookResponse, event: LambdaEvent): LambdaResult {
  const isText = typeof body === 'string';
  // A load balancer that sends lists drops an answer without them.
  const isListed = isFromLoadBalancer(event.requestContext) && event.multiValueHeaders !== undefined;
  return {
    statusCode: status,
    headers: { ...headers },
    ...(isListed && {
      multiValueHeaders: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]])),
    }),
    body: isText ? body : Buffer.from(body).toString('base64'),
    isBase64Encoded: !isText,
  };
}

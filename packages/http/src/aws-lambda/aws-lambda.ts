/**
 * The entry point for AWS Lambda: API Gateway (REST and HTTP), function URLs and load balancers, detected from the
 * event.
 */

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
import { responseTo, type WebhookResponse } from '../pipeline/responses.ts';
import { requireOptions, type WebhookOptions } from '../pipeline/webhook-options.ts';

type Fields = Readonly<Record<string, string | undefined>> | null;
type Lists = Readonly<Record<string, readonly string[] | undefined>> | null;

/**
 * The event that Lambda passes for an HTTP request; compatible with the types of `@types/aws-lambda`.
 *
 * Payload format 1.0 (REST APIs) and load balancers have `httpMethod`, format 2.0 (HTTP APIs, function URLs) has
 * `requestContext.http`. Source: AWS documentation, "Lambda proxy integrations", "Payload format version", "Using AWS
 * Lambda with an Application Load Balancer".
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

/** The response in the form that Lambda expects. */
export interface LambdaResult {
  readonly statusCode: number;
  readonly headers: Record<string, string>;
  /** Instead of `headers`, if a load balancer uses multi-value headers. */
  readonly multiValueHeaders?: Record<string, string[]>;
  readonly body: string;
  readonly isBase64Encoded: boolean;
}

/** Options of {@link lambdaHandler}. Lambda passes the whole body at once, so there is no time limit. */
export type LambdaOptions = Pick<WebhookOptions, 'diagnose'>;

/** A Lambda function. It rejects only for events that are not HTTP requests. */
export type LambdaHandler = (event: LambdaEvent, context?: unknown) => Promise<LambdaResult>;

/**
 * Makes a Lambda function from a receiver.
 *
 * Behind a REST API, bodies that are not UTF-8 arrive intact only if the API lists a matching binary media type
 * (usually `*\/*`).
 *
 * @example
 * export const handler = lambdaHandler(receiver, (event) => console.log(event.type));
 *
 * @param handle a function, or an object of functions by event type
 * @throws options_invalid
 */
export function lambdaHandler<Event extends AnyEvent>(
  receiver: Receiver<Event>,
  handle: NoInfer<Handle<Event>>,
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

/** Empty if the body is not text. */
function bytesOf({ body, isBase64Encoded }: LambdaEvent): Uint8Array {
  return Buffer.from(typeof body === 'string' ? body : '', isBase64Encoded === true ? 'base64' : 'utf8');
}

/** @throws body_not_raw, body_too_large */
function requireText(body: unknown, maxBodyBytes: number): void {
  if (body !== undefined && body !== null && typeof body !== 'string') {
    const hint =
      "The event's body is an object: something has parsed it (a middleware such as http-json-body-parser), or the integration is not a proxy integration. Pass the event to lambdaHandler() unchanged.";
    throw new WebhookError('body_not_raw', { at: 'event.body', hint });
  }
  // Four characters of base64 are three bytes; one character of text is at least one byte. The receiver measures the
  // bytes again.
  if (typeof body === 'string' && body.length * 0.75 > maxBodyBytes) throw new WebhookError('body_too_large');
}

function headOf(event: LambdaEvent): DeliveryHead {
  const { http, path: fullPath } = (event?.requestContext ?? {}) as { http?: { method?: string }; path?: string };
  const method = http?.method ?? event?.httpMethod;
  if (method === undefined) {
    const hint =
      'Expected an HTTP request from API Gateway, a function URL or a load balancer. Is the function called by a queue or by hand?';
    throw new WebhookError('options_invalid', { at: 'event', hint });
  }
  const headers = event.multiValueHeaders ?? event.headers ?? {};
  if (http !== undefined) return { headers, method, url: withQuery(event.rawPath ?? '/', event.rawQueryString ?? '') };
  // If the URL includes a stage, only the path of the context has it.
  return { headers, method, url: withQuery(fullPath ?? event.path ?? '/', queryOf(event)) };
}

/** API Gateway decodes the parameters of format 1.0; a load balancer passes them unchanged. */
function queryOf({ queryStringParameters, multiValueQueryStringParameters, requestContext }: LambdaEvent): string {
  const isBalanced = isFromLoadBalancer(requestContext);
  // A lone surrogate cannot be encoded, and no signed URL has one.
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
  // A load balancer that uses multi-value headers drops a response without them.
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

/** Node's own request and response behind those of a Nest platform, and the route that has verified a request. */

import type { ServerResponse } from 'node:http';
import { type AnyEvent, type HandlerContext, type Receiver, WebhookError } from '@countersign/core';
import { handlerContext, type NodeRequest, verifiedEvent } from '@countersign/http/node';
import type { ExecutionContext } from '@nestjs/common';

/** The fields that are read from a Fastify request and reply. */
interface FastifyRequestSide {
  readonly raw?: NodeRequest;
  readonly body?: unknown;
  readonly rawBody?: unknown;
}
interface FastifyReplySide {
  readonly raw: ServerResponse;
  getHeaders(): Readonly<Record<string, number | string | string[] | undefined>>;
}

/** The method that has verified a request, and its receiver. */
interface VerifiedRoute {
  readonly controller: unknown;
  readonly method: unknown;
  readonly receiver: Receiver<AnyEvent>;
}

/** The same symbol in every copy of this package (ESM and CJS). */
const routeKey: unique symbol = Symbol.for('countersign.nest.route');

/**
 * Returns Node's own request and response, with the bytes that Nest has kept.
 *
 * @throws options_invalid if it is not an HTTP request
 */
export function nodeSidesOf(context: ExecutionContext): {
  readonly request: NodeRequest;
  readonly response: ServerResponse;
} {
  if (context.getType() !== 'http') {
    const hint = `Expected an HTTP route. This is a handler for ${context.getType()}, which has no request to verify.`;
    throw new WebhookError('options_invalid', { at: '@Webhook()', hint });
  }
  const http = context.switchToHttp();
  const { raw: request, body, rawBody } = http.getRequest<FastifyRequestSide>();
  // On every platform except Fastify these are Node's own.
  if (request === undefined) return { request: http.getRequest(), response: http.getResponse() };
  const reply = http.getResponse<FastifyReplySide>();
  Object.assign(request, { ...(body !== undefined && { body }), ...(rawBody !== undefined && { rawBody }) });
  // Headers that hooks and plugins have set on the reply are sent with a refusal too.
  for (const [name, value] of Object.entries(reply.getHeaders())) {
    if (value !== undefined) reply.raw.setHeader(name, value);
  }
  return { request, response: reply.raw };
}

/** Records which method has verified a request. */
export function keepRoute(request: object, context: ExecutionContext, receiver: Receiver<AnyEvent>): void {
  const value: VerifiedRoute = { controller: context.getClass(), method: context.getHandler(), receiver };
  Object.defineProperty(request, routeKey, { value, configurable: true });
}

/**
 * Returns the event verified on a request that reached this method through `@Webhook()`.
 *
 * @param decorator the decorator that asks, for the error
 * @throws event_not_verified
 */
export function verifiedOnRoute(
  context: ExecutionContext,
  decorator: string,
): { readonly event: AnyEvent; readonly context: HandlerContext } {
  const given = Object(context.switchToHttp().getRequest()) as FastifyRequestSide;
  const request: object = given.raw ?? given;
  const route = Object.getOwnPropertyDescriptor(request, routeKey)?.value as VerifiedRoute | undefined;
  if (route === undefined || route.controller !== context.getClass() || route.method !== context.getHandler()) {
    const at = `${decorator} of ${context.getClass().name}.${context.getHandler().name}`;
    const hint =
      "Put @Webhook('name') on this method or its controller, with the name of a receiver in WebhooksModule.";
    throw new WebhookError('event_not_verified', { at, hint });
  }
  const { receiver } = route;
  return { event: verifiedEvent(receiver, request), context: handlerContext(receiver, request) };
}

/** Countersign for Fastify 4 and 5: a plugin with its own scope, in which bodies are not parsed. */

import {
  type AnyEvent,
  type Handle,
  type HandlerContext,
  type Receiver,
  WebhookError,
  type WebhookEvent,
} from '@countersign/core';
import {
  handlerContext as contextOnNode,
  nodeHandler,
  nodeMiddleware,
  noteFailure,
  verifiedEvent as verifiedOnNode,
  type WebhookOptions,
} from '@countersign/http/node';
import type { FastifyInstance, FastifyPluginAsync, FastifyRequest, RouteOptions } from 'fastify';
import { words } from './facts.ts';
import { carryOver, rawScope } from './raw-scope.ts';

export type { Report, ReportOptions, WebhookOptions } from '@countersign/http/node';
export { webhookReport } from './report.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** The verified event, in the routes of `webhookMiddleware(receiver)`. `verifiedEvent(receiver, request)` has its type, and throws where it is missing. */
    webhook?: WebhookEvent | undefined;
  }
}

/**
 * Options of `app.register(webhook(receiver, handle), { url })`: a path in Fastify's syntax, under the prefix of its
 * scope.
 */
export type WebhookRoute = { readonly url: string };
/**
 * Options of `app.register(webhookMiddleware(receiver), { routes })`: `(scope) => scope.post('/webhooks/stripe', async
 * (request) => ...)`.
 */
export type WebhookScope = { readonly routes: (scope: FastifyInstance) => unknown };

/**
 * A plugin with a finished route: verifies each request, runs the handler, responds. No other route of the app is touched.
 *
 * @example
 * app.register(webhook(receiver, { 'invoice.paid': (event) => console.log(event.payload) }), { url: '/webhooks/stripe' });
 * @param handle a function, or an object of functions by event type
 * @throws options_invalid, for the path when the app gets ready
 */
export function webhook<Event extends AnyEvent>(
  receiver: Receiver<Event>,
  handle: NoInfer<Handle<Event>>,
  options?: WebhookOptions,
): FastifyPluginAsync<WebhookRoute> {
  const serve = nodeHandler(receiver, handle, options, words);
  return rawScope(async (scope, { url }: Partial<WebhookRoute>) => {
    if (typeof url !== 'string') throw refuse('url', "app.register(webhook(receiver, handle), { url: '/webhooks' })");
    scope.route({
      url,
      // What the sender does not use is answered 405.
      method: ['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT'],
      exposeHeadRoute: false,
      handler(request, reply) {
        carryOver(request, reply);
        reply.hijack();
        void serve(request.raw, reply.raw);
      },
    });
  });
}

/**
 * A plugin with a scope of routes of your own behind verification, in which `verifiedEvent(receiver, request)` is the event.
 *
 * @example
 * app.register(webhookMiddleware(receiver), {
 *   routes: (scope) => scope.post('/webhooks/stripe', async (request) => ({ id: verifiedEvent(receiver, request).id })),
 * });
 * @throws options_invalid, for the routes when the app gets ready
 */
export function webhookMiddleware(
  receiver: Receiver<AnyEvent>,
  options?: WebhookOptions,
): FastifyPluginAsync<WebhookScope> {
  const verify = nodeMiddleware(receiver, options, words);
  return rawScope(async (scope, { routes }: Partial<WebhookScope>) => {
    if (typeof routes !== 'function')
      throw refuse('routes', 'app.register(webhookMiddleware(receiver), { routes: (scope) => scope.post(...) })');
    scope.decorateRequest('webhook', undefined);
    scope.addHook('preHandler', (request, reply, done) => {
      carryOver(request, reply);
      verify(request.raw, reply.raw, (error) => {
        request.webhook = (request.raw as { webhook?: WebhookEvent }).webhook;
        done(error as Error | undefined);
      });
    });
    scope.addHook('onError', async (request, _reply, error) => noteFailure(request.raw, error));
    scope.addHook('onRoute', requireNoSchema);
    await routes(scope);
  });
}

/**
 * Returns the event that a receiver has verified on this request, with the receiver's types.
 *
 * @example
 * scope.post('/webhooks/stripe', async (request) => ({ id: verifiedEvent(receiver, request).id }));
 * @throws event_not_verified where this receiver has verified nothing on this request, such as in a route outside of `routes`
 */
export function verifiedEvent<Event extends AnyEvent>(receiver: Receiver<Event>, request: FastifyRequest): Event {
  return verifiedOnNode(receiver, request.raw);
}

/**
 * Returns what surrounds the run of a route in `routes`: signal, attempt, deadline, tenant and, in mode `transactional`, the open transaction.
 *
 * @example
 * scope.post('/webhooks/stripe', async (request) => ({ attempt: handlerContext(receiver, request).attempt }));
 * @throws event_not_verified where this receiver has verified nothing on this request
 */
export function handlerContext(receiver: Receiver<AnyEvent>, request: FastifyRequest): HandlerContext {
  return contextOnNode(receiver, request.raw);
}

/** @throws options_invalid: Fastify would validate a body that nobody has parsed, and change headers before they are verified */
function requireNoSchema({ url, schema }: RouteOptions): void {
  for (const part of ['body', 'headers'] as const) {
    if ((schema as Record<string, unknown> | undefined)?.[part] === undefined) continue;
    throw new WebhookError('options_invalid', {
      at: `schema.${part} of ${url}`,
      hint: `Fastify validates before the delivery is verified as it was received: ${part === 'body' ? 'no one has parsed the body' : 'it would change headers'}. Remove schema.${part}; createReceiver({ schemas }) takes a schema for each event type.`,
    });
  }
}

const refuse = (at: string, code: string) => new WebhookError('options_invalid', { at, hint: `Expected ${code}.` });

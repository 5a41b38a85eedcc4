/** Countersign for Fastify 4 and 5: a plugin with its own scope, in which bodies are not parsed. */

import { type AnyEvent, type Handle, type Receiver, WebhookError, type WebhookEvent } from '@countersign/core';
import {
  nodeHandler,
  nodeMiddleware,
  noteFailure,
  verifiedEvent as verifiedOnNode,
  type WebhookOptions,
} from '@countersign/http/node';
import type { FastifyInstance, FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import plugin from 'fastify-plugin';
import { words } from './facts.ts';

export type { WebhookOptions } from '@countersign/http/node';

declare module 'fastify' {
  interface FastifyRequest {
    /** The verified event, in the routes of `webhookMiddleware(receiver)`. `verifiedEvent(receiver, request)` has its type, and throws where it is missing. */
    webhook?: WebhookEvent | undefined;
  }
}

/** What `app.register(webhook(receiver, handle), { url })` takes. */
export interface WebhookRoute {
  /** The path as Fastify takes it, under the prefix of its scope. */
  readonly url: string;
}

/** What `app.register(webhookMiddleware(receiver), { routes })` takes. */
export interface WebhookScope {
  /** Adds the routes: `(scope) => scope.post('/webhooks/stripe', async (request) => ...)`. */
  readonly routes: (scope: FastifyInstance) => unknown;
}

/**
 * A plugin with a finished route: verifies each request, runs the handler, responds. No other route of the app is touched.
 *
 * @example
 * app.register(webhook(receiver, { 'invoice.paid': (event) => console.log(event.payload) }), { url: '/webhooks/stripe' });
 *
 * @param handle a function, or an object of functions by event type
 * @throws options_invalid, for the path when the app gets ready
 */
export function webhook<Event extends AnyEvent>(
  receiver: Receiver<Event>,
  handle: Handle<Event>,
  options?: WebhookOptions,
): FastifyPluginAsync<WebhookRoute> {
  const serve = nodeHandler(receiver, handle, options, words);
  return asPlugin(async (scope, { url }: Partial<WebhookRoute>) => {
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
 *
 * @throws options_invalid, for the routes when the app gets ready
 */
export function webhookMiddleware(
  receiver: Receiver<AnyEvent>,
  options?: WebhookOptions,
): FastifyPluginAsync<WebhookScope> {
  const verify = nodeMiddleware(receiver, options, words);
  return asPlugin(async (scope, { routes }: Partial<WebhookScope>) => {
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
    scope.addHook('onError', (request, _reply, error, done) => {
      noteFailure(request.raw, error);
      done();
    });
    await routes(scope);
  });
}

/**
 * Returns the event that a receiver has verified on this request, with the receiver's types.
 *
 * @example
 * app.register(webhookMiddleware(receiver), {
 *   routes: (scope) => scope.post('/webhooks/stripe', async (request) => ({ id: verifiedEvent(receiver, request).id })),
 * });
 *
 * @throws event_not_verified if this receiver has not verified this request, for example in a route outside `routes`
 */
export function verifiedEvent<Event extends AnyEvent>(receiver: Receiver<Event>, request: FastifyRequest): Event {
  return verifiedOnNode(receiver, request.raw);
}

function refuse(at: string, code: string): WebhookError {
  return new WebhookError('options_invalid', { at, hint: `Expected ${code}.` });
}

/** A plugin with a scope of its own, whose bodies are left as they came. */
function asPlugin<Options extends object>(
  add: (scope: FastifyInstance, options: Partial<Options>) => Promise<void>,
): FastifyPluginAsync<Options> {
  const mount: FastifyPluginAsync<Options> = async (scope, options) => {
    scope.removeAllContentTypeParsers();
    const leave = (_request: unknown, _payload: unknown, done: (error: null) => void) => done(null);
    // Fastify remembers which expression fits a type, and takes each type apart again before it comes to '*'.
    scope.addContentTypeParser(/^/, leave);
    scope.addContentTypeParser('*', leave);
    // Fastify itself answers 415 to a type that it cannot read; a signature does not depend on the type.
    scope.addHook('preParsing', (request, _reply, payload, done) => {
      const type = request.headers['content-type'];
      if (type !== undefined && !/^[\w!#$&^.+-]+\/[\w!#$&^.+-]+(?:$|[;\s])/.test(type))
        request.headers = { 'content-type': 'application/octet-stream' };
      done(null, payload);
    });
    await add(scope, options);
  };
  return plugin(mount, { name: '@countersign/fastify', fastify: '4.x || 5.x', encapsulate: true });
}

/**
 * Headers that other plugins have set on the reply are sent with a response that does not go through it. A body that a
 * parser has left on the request is used if it is bytes, and otherwise named.
 */
function carryOver({ raw, body }: FastifyRequest, reply: FastifyReply): void {
  if (body !== undefined) Object.assign(raw, { body });
  const headers = reply.getHeaders();
  for (const name in headers) reply.raw.setHeader(name, headers[name] as string);
}

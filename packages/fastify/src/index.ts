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
    /**
     * The verified event, in the routes of `app.register(webhook, { receiver, routes })`. `verifiedEvent(receiver,
     * request)` returns it with its type, and throws if it is missing.
     */
    webhook?: WebhookEvent | undefined;
  }
}

/** A complete route: the handler's return value is the response. */
export interface WebhookRoute extends WebhookOptions {
  readonly receiver: Receiver<AnyEvent>;
  /** The path in Fastify's syntax, under the prefix of its scope. */
  readonly url: string;
  /** Typed by its own annotation; with `webhook(receiver, handle)` it has the sender's event types. */
  handle(event: WebhookEvent, context: HandlerContext): ReturnType<Handler>;
}

/** Your own routes, in which `verifiedEvent(receiver, request)` returns the event. */
export interface WebhookScope extends WebhookOptions {
  readonly receiver: Receiver<AnyEvent>;
  /** Adds the routes: `(scope) => scope.post('/webhooks/stripe', async (request) => ...)`. */
  readonly routes: (scope: FastifyInstance) => unknown;
}

/** The forms in which {@link webhook} can be called. */
export interface Webhook {
  /**
   * A plugin whose handler has the sender's event types: `app.register(webhook(receiver, handle), { url })`.
   *
   * @example
   * app.register(webhook(receiver, (event) => console.log(event.type)), { url: '/webhooks/stripe' });
   */
  <Event extends AnyEvent>(
    receiver: Receiver<Event>,
    handle: Handler<Event>,
  ): FastifyPluginAsync<WebhookOptions & { readonly url: string }>;
  /** The plugin itself: `app.register(webhook, { receiver, url, handle })` or `{ receiver, routes }`. */
  (scope: FastifyInstance, options: WebhookRoute | WebhookScope): Promise<void>;
}

const parsers: ParserNames = {
  json: "Fastify's JSON parser",
  form: '@fastify/formbody',
  text: "Fastify's text parser",
  fix: 'Routes added by app.register(webhook, ...) get their bodies unparsed; add no content type parser in that scope.',
  framework: 'fastify',
};
const asPlugin = <Mount>(mount: Mount & FastifyPluginAsync<never>): Mount =>
  plugin(mount as never, { name: '@countersign/fastify', fastify: '4.x || 5.x', encapsulate: true }) as Mount;

/**
 * A complete route, or a scope of routes behind verification. No other route of the app is affected.
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
 * app.register(webhook, {
 *   receiver,
 *   routes: (scope) => scope.post('/webhooks/stripe', async (request) => ({ id: verifiedEvent(receiver, request).id
 * })),
 * });
 *
 * @throws event_not_verified if this receiver has not verified this request, for example in a route outside `routes`
 */
export function verifiedEvent<Event extends AnyEvent>(receiver: Receiver<Event>, request: FastifyRequest): Event {
  return verifiedOnNode(receiver, request.raw);
}

async function mount(scope: FastifyInstance, options: WebhookRoute | WebhookScope): Promise<void> {
  checkForm(options);
  scope.removeAllContentTypeParsers();
  const leave = (_request: unknown, _payload: unknown, done: (error: null) => void) => done(null);
  // Fastify remembers which expression matches a type, and tests each type again before it comes to '*'.
  scope.addContentTypeParser(/^/, leave);
  scope.addContentTypeParser('*', leave);
  // Fastify itself responds 415 to a type that it cannot read; a signature does not depend on the type.
  scope.addHook('preParsing', (request, _reply, payload, done) => {
    const type = request.headers['content-type'];
    if (type !== undefined && !/^[\w!#$&^.+-]+\/[\w!#$&^.+-]+(?:$|[;\s])/.test(type))
      request.headers = { 'content-type': 'application/octet-stream' };
    done(null, payload);
  });
  if ('routes' in options) await addScope(scope, options);
  else addRoute(scope, options);
}

function addRoute(scope: FastifyInstance, { receiver, url, handle, ...rest }: WebhookRoute): void {
  const serve = nodeHandler(receiver, handle as Handler<AnyEvent>, limitsIn(rest), parsers);
  scope.route({
    url,
    // Methods that the sender does not use get 405.
    method: ['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT'],
    exposeHeadRoute: false,
    handler(request, reply) {
      carryOver(request, reply);
      reply.hijack();
      serve(request.raw, reply.raw).catch(() => reply.raw.destroy());
    },
  });
}

async function addScope(scope: FastifyInstance, { receiver, routes, ...rest }: WebhookScope): Promise<void> {
  const verify = nodeMiddleware(receiver, limitsIn(rest), parsers);
  scope.decorateRequest('webhook', undefined);
  scope.addHook('preHandler', (request, reply, done) => {
    carryOver(request, reply);
    verify(request.raw, reply.raw, (error) => {
      request.webhook = (request.raw as { webhook?: WebhookEvent }).webhook;
      done(error as Error | undefined);
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

/** `prefix`, `logLevel` and `logSerializers` are for Fastify. */
function limitsIn(options: object): WebhookOptions {
  const fastifyOwn = ['prefix', 'logLevel', 'logSerializers'];
  return Object.fromEntries(Object.entries(options).filter(([name]) => !fastifyOwn.includes(name)));
}

function isReceiver(value: unknown): value is Receiver<AnyEvent> {
  return typeof (value as Partial<Receiver<AnyEvent>> | undefined)?.verify === 'function';
}

/** @throws options_invalid */
function checkForm(options: WebhookRoute | WebhookScope | undefined): void {
  const { url, handle, routes } = (options ?? {}) as Partial<WebhookRoute & WebhookScope>;
  const isRoute = typeof url === 'string' && handle !== undefined && routes === undefined;
  if (isRoute || (typeof routes === 'function' && url === undefined && handle === undefined)) return;
  const hint = 'Expected { receiver, url, handle } for a complete route, or { receiver, routes } for your own routes.';
  throw new WebhookError('options_invalid', { at: 'app.register(webhook, ...)', hint });
}

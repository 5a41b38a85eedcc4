/** Countersign for Fastify 4 and 5: a plugin whose own scope leaves bodies as they came. */

import {
  type AnyEvent,
  type Handler,
  type HandlerContext,
  type Receiver,
  WebhookError,
  type WebhookEvent,
} from '@countersign/core';
import {
  nodeHandler,
  nodeMiddleware,
  noteFailure,
  type ParserNames,
  verifiedEvent as verifiedOnNode,
  type WebhookOptions,
} from '@countersign/http/node';
import type { FastifyInstance, FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import plugin from 'fastify-plugin';

export type { WebhookOptions } from '@countersign/http/node';

declare module 'fastify' {
  interface FastifyRequest {
    /**
     * The verified event, in the routes of `app.register(webhook, { receiver, routes })`. `verifiedEvent(receiver, request)` has its
     * type, and throws where it is missing.
     */
    webhook?: WebhookEvent | undefined;
  }
}

/** A finished route: what the handler returns is the response. */
export interface WebhookRoute extends WebhookOptions {
  readonly receiver: Receiver<AnyEvent>;
  /** The path as Fastify takes it, under the prefix of its scope. */
  readonly url: string;
  /** Typed by its own annotation; `webhook(receiver, handle)` knows the sender's events. */
  handle(event: WebhookEvent, context: HandlerContext): ReturnType<Handler>;
}

/** Routes of your own, in which `verifiedEvent(receiver, request)` is the event. */
export interface WebhookScope extends WebhookOptions {
  readonly receiver: Receiver<AnyEvent>;
  /** Adds the routes: `(scope) => scope.post('/webhooks/stripe', async (request) => ...)`. */
  readonly routes: (scope: FastifyInstance) => unknown;
}

/** What {@link webhook} may be called with. */
export interface Webhook {
  /** A plugin whose handler knows the sender's events by type: `app.register(webhook(receiver, handle), { url })`. */
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
 * A finished route, or a scope of routes behind verification. No other route of the app is touched.
 *
 * @example
 * app.register(webhook, { receiver, url: '/webhooks/stripe', handle: (event) => console.log(event.type) });
 *
 * @throws options_invalid, when the app gets ready
 */
export const webhook: Webhook = asPlugin(((first: unknown, second: unknown) =>
  isReceiver(first)
    ? asPlugin(async (scope: FastifyInstance, options: object) =>
        mount(scope, { ...options, receiver: first, handle: second } as WebhookRoute),
      )
    : mount(first as FastifyInstance, second as WebhookRoute)) as never);

/**
 * Returns the event that a receiver has verified on this very request, typed by that receiver.
 *
 * @example
 * app.register(webhook, {
 *   receiver,
 *   routes: (scope) => scope.post('/webhooks/stripe', async (request) => ({ id: verifiedEvent(receiver, request).id })),
 * });
 *
 * @throws event_not_verified where this receiver has verified nothing on this request, such as in a route outside of `routes`
 */
export function verifiedEvent<Event extends AnyEvent>(receiver: Receiver<Event>, request: FastifyRequest): Event {
  return verifiedOnNode(receiver, request.raw);
}

async function mount(scope: FastifyInstance, options: WebhookRoute | WebhookScope): Promise<void> {
  checkForm(options);
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
  if ('routes' in options) await addScope(scope, options);
  else addRoute(scope, options);
}

function addRoute(scope: FastifyInstance, { receiver, url, handle, ...rest }: WebhookRoute): void {
  const serve = nodeHandler(receiver, handle as Handler<AnyEvent>, limitsIn(rest), parsers);
  scope.route({
    url,
    // What the sender does not use is answered 405.
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
  });
  scope.addHook('onError', (request, _reply, error, done) => {
    noteFailure(request.raw, error);
    done();
  });
  await routes(scope);
}

/**
 * Headers that other plugins have put on the reply go out with an answer that does not pass through it, and a body that
 * a parser has left on the request is used, or named, as bytes or not.
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
  const hint =
    'It takes { receiver, url, handle } for a finished route, or { receiver, routes } for routes of your own.';
  throw new WebhookError('options_invalid', { at: 'app.register(webhook, ...)', hint });
}

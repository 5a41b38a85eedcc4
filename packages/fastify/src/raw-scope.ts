/** A scope of Fastify in which bodies are left unparsed. */

import { WebhookError } from '@countersign/core';
import type { FastifyInstance, FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import plugin from 'fastify-plugin';

/** A plugin with a scope of its own, whose bodies nobody parses. All other scopes stay as they are. */
export function rawScope<Options extends object>(
  add: (scope: FastifyInstance, options: Partial<Options>) => Promise<void>,
): FastifyPluginAsync<Options> {
  const mount: FastifyPluginAsync<Options> = async (scope, options) => {
    if (typeof scope?.removeAllContentTypeParsers !== 'function') throw notRegistered();
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

/** It was used as a route's handler, as in Express. */
function notRegistered(): WebhookError {
  return new WebhookError('options_invalid', {
    at: 'webhook',
    hint: "This is a plugin of Fastify, not a handler of a route. Register it: app.register(webhook(receiver, handle), { url: '/webhooks/stripe' }).",
  });
}

/**
 * Headers that other plugins have put on the reply go out with a response that does not pass through it, and a body that
 * a parser has left on the request is used, or named, as bytes or not.
 */
export function carryOver({ raw, body }: FastifyRequest, reply: FastifyReply): void {
  if (body !== undefined) Object.assign(raw, { body });
  const headers = reply.getHeaders();
  for (const name in headers) reply.raw.setHeader(name, headers[name] as string);
}

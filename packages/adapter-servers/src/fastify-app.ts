import { verifiedEvent, webhook, webhookMiddleware } from '@countersign/fastify';
import { nodeHandler } from '@countersign/http/node';
import { type AdapterApp, contractPaths } from '@countersign/testing/adapter-app';
import type fastify from 'fastify';

/** The app under contract on Fastify, of either version. */
export async function fastifyApp(create: typeof fastify, app: AdapterApp) {
  const { receiver, handle, options } = app;
  const server = create({ forceCloseConnections: true });
  const all = ['GET', 'POST', 'PUT', 'DELETE'];
  server.register(webhook(receiver, handle, options), { url: contractPaths.handler });
  server.register(webhookMiddleware(receiver, options), {
    routes: (scope) =>
      scope.route({
        url: contractPaths.middleware,
        method: all,
        async handler(request, reply) {
          const { status, headers, body } = await app.answer(verifiedEvent(receiver, request));
          return reply.code(status).headers(headers).send(body);
        },
      }),
  });
  server.register(webhookMiddleware(receiver, options), {
    routes(scope) {
      const serve = nodeHandler(receiver, handle, options);
      scope.post(contractPaths.twice, (request, reply) => {
        reply.hijack();
        void serve(request.raw, reply.raw);
      });
    },
  });
  // A parser in the plugin's own scope, and one that reads the stream: what takes the bytes away.
  server.register(webhookMiddleware(receiver, options), {
    routes(scope) {
      scope.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) => done(null, body));
      scope.post(contractPaths.parsed, async (request) => verifiedEvent(receiver, request).id);
    },
  });
  server.register(async (scope) => {
    scope.addHook('onRequest', (request, _reply, done) => void request.raw.resume().once('end', done));
    scope.register(webhook(receiver, handle, options), { url: contractPaths.drained });
  });
  server.get(contractPaths.journal, async (_request, reply) => reply.type('application/json').send(app.journal()));
  server.post(contractPaths.ordinary, async (request) => request.body);
  await server.ready();
  return server;
}

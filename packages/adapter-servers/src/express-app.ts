import type { RequestListener } from 'node:http';
import { verifiedEvent, webhook, webhookMiddleware } from '@countersign/express';
import type { AdapterApp } from '@countersign/testing/adapter-app';
import { contractPaths } from '@countersign/testing/adapter-app';
import type express from 'express';
import type { RequestHandler } from 'express';

/** The app under contract on Express, of either version. */
export function expressApp(create: typeof express, app: AdapterApp): RequestListener {
  const { receiver, handle, options } = app;
  const server = create();
  const finished = webhook(receiver, handle, options) as RequestHandler;
  const verified = webhookMiddleware(receiver, options) as RequestHandler;
  const drain: RequestHandler = (request, _response, next) => void request.resume().once('end', () => next());
  const own: RequestHandler = (request, response, next) => {
    app
      .answer(verifiedEvent(receiver, request))
      .then(({ status, headers, body }) => void response.status(status).set(headers).end(body))
      .catch(next);
  };
  server.all(contractPaths.handler, finished);
  server.all(contractPaths.middleware, verified, own);
  server.all(contractPaths.parsed, create.json(), finished);
  server.all(contractPaths.drained, drain, finished);
  server.all(contractPaths.twice, verified, finished);
  server.get(contractPaths.journal, (_request, response) => void response.send(app.journal()));
  server.use(create.json());
  server.post(contractPaths.ordinary, (request, response) => void response.json(request.body));
  server.use(
    ((_error: unknown, _request: unknown, response: express.Response, _next: unknown) =>
      void response.status(500).end()) as never,
  );
  return server;
}

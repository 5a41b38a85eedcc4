import { verifiedEvent, webhook, webhookMiddleware } from '@countersign/hono';
import { type AdapterApp, contractPaths } from '@countersign/testing/adapter-app';
import { Hono } from 'hono';

/** The app under contract on Hono, which runs the same on every runtime. */
export function honoApp(app: AdapterApp): Hono {
  const { receiver, handle, options } = app;
  const server = new Hono();
  const finished = webhook(receiver, handle, options);
  server.all(contractPaths.handler, finished);
  server.all(contractPaths.middleware, webhookMiddleware(receiver, options), async (c) => {
    const { status, headers, body } = await app.answer(verifiedEvent(receiver, c));
    return new Response(body as BodyInit, { status, headers });
  });
  server.all(
    contractPaths.parsed,
    async (c, next) => {
      await c.req.json();
      await next();
    },
    finished,
  );
  server.all(
    contractPaths.drained,
    async (c, next) => {
      const reader = c.req.raw.body?.getReader();
      while (reader !== undefined && !(await reader.read()).done);
      await next();
    },
    finished,
  );
  server.all(contractPaths.twice, webhookMiddleware(receiver, options), finished);
  server.get(contractPaths.journal, (c) => c.body(app.journal()));
  server.post(contractPaths.ordinary, async (c) => c.json(await c.req.json()));
  server.onError((_error, c) => c.body(null, 500));
  return server;
}

import { nodeHandler, nodeMiddleware, verifiedEvent } from '@countersign/http/node';
import { type AdapterApp, contractPaths } from '@countersign/testing/adapter-app';
import Koa from 'koa';

type Verify = ReturnType<typeof nodeMiddleware>;

/** Koa responds itself once its middleware has ended; refused requests have already been answered. */
const viaKoa =
  (verify: Verify): Koa.Middleware =>
  (ctx, next) =>
    new Promise((resolve, reject) => {
      ctx.respond = false;
      ctx.res.once('close', resolve);
      verify(ctx.req, ctx.res, (error) => {
        // From here on the app responds, even if the sender has gone.
        ctx.res.off('close', resolve);
        ctx.respond = true;
        if (error !== undefined) reject(error);
        else next().then(resolve, reject);
      });
    });

/** The app under contract on Koa. */
export function koaApp(app: AdapterApp): Koa {
  const { receiver, handle, options } = app;
  const serve = nodeHandler(receiver, handle, options);
  const verify = viaKoa(nodeMiddleware(receiver, options));
  const finished: Koa.Middleware = (ctx) => {
    ctx.respond = false;
    return serve(ctx.req, ctx.res);
  };
  const parse: Koa.Middleware = async (ctx, next) => {
    const chunks: Buffer[] = [];
    for await (const chunk of ctx.req) chunks.push(chunk as Buffer);
    (ctx.request as { body?: unknown }).body = JSON.parse(Buffer.concat(chunks).toString());
    await next();
  };
  const stacks: Record<string, readonly Koa.Middleware[]> = {
    [contractPaths.handler]: [finished],
    [contractPaths.middleware]: [
      verify,
      async (ctx) => {
        const { status, headers, body } = await app.answer(verifiedEvent(receiver, ctx.req));
        ctx.status = status;
        ctx.set(headers);
        ctx.body = body instanceof Uint8Array ? Buffer.from(body) : body;
      },
    ],
    [contractPaths.parsed]: [parse, finished],
    [contractPaths.drained]: [
      (ctx, next) => new Promise((resolve) => ctx.req.resume().once('end', () => resolve(next()))),
      finished,
    ],
    [contractPaths.twice]: [verify, finished],
    [contractPaths.journal]: [
      (ctx) => {
        ctx.body = app.journal();
      },
    ],
    [contractPaths.ordinary]: [
      parse,
      (ctx) => {
        ctx.body = (ctx.request as { body?: unknown }).body;
      },
    ],
  };
  const server = new Koa();
  server.silent = true;
  server.use((ctx, next) => {
    const stack = stacks[ctx.path] ?? [];
    const run = (index: number): Promise<void> =>
      Promise.resolve(index === stack.length ? next() : stack[index]?.(ctx, () => run(index + 1)));
    return run(0);
  });
  return server;
}

import { type FetchHandler, fetchHandler, fetchMiddleware, verifiedEvent } from '@countersign/http/fetch';
import { type AdapterApp, contractPaths } from '@countersign/testing/adapter-app';

/** The app under contract with only Request and Response. */
export function fetchApp(app: AdapterApp): FetchHandler {
  const { receiver, handle, options } = app;
  const finished = fetchHandler(receiver, handle, options);
  const verified = fetchMiddleware(receiver, options);
  const routes: Record<string, FetchHandler> = {
    [contractPaths.handler]: finished,
    [contractPaths.middleware]: (request, ...platform) =>
      verified(
        request,
        async () => {
          const { status, headers, body } = await app.answer(verifiedEvent(receiver, request));
          return new Response(body as BodyInit, { status, headers });
        },
        ...platform,
      ),
    async [contractPaths.parsed](request) {
      await request.json();
      return finished(request);
    },
    async [contractPaths.drained](request) {
      await request.arrayBuffer();
      return finished(request);
    },
    [contractPaths.twice]: (request) => verified(request, () => finished(request)),
    [contractPaths.journal]: async () => new Response(app.journal()),
    [contractPaths.ordinary]: async (request) => Response.json(await request.json()),
  };
  return async (request, ...platform) => {
    const route = routes[new URL(request.url).pathname];
    return route === undefined ? new Response(null, { status: 404 }) : route(request, ...platform);
  };
}

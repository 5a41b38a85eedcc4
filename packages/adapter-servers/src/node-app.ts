import type { IncomingMessage, RequestListener } from 'node:http';
import { nodeHandler, nodeMiddleware, verifiedEvent } from '@countersign/http/node';
import { type AdapterApp, contractPaths } from '@countersign/testing/adapter-app';

/** The app under contract on Node's own server. */
export function nodeApp(app: AdapterApp): RequestListener {
  const { receiver, handle, options } = app;
  const finished = nodeHandler(receiver, handle, options);
  const verified = nodeMiddleware(receiver, options);
  const parse = async (request: IncomingMessage) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    return JSON.parse(Buffer.concat(chunks).toString()) as unknown;
  };
  const routes: Record<string, RequestListener> = {
    [contractPaths.handler]: finished,
    [contractPaths.middleware](request, response) {
      verified(request, response, async () => {
        try {
          const { status, headers, body } = await app.answer(verifiedEvent(receiver, request));
          response.writeHead(status, headers).end(body);
        } catch {
          response.writeHead(500).end();
        }
      });
    },
    async [contractPaths.parsed](request, response) {
      await finished(Object.assign(request, { body: await parse(request) }), response);
    },
    [contractPaths.drained]: (request, response) =>
      void request.resume().once('end', () => void finished(request, response)),
    [contractPaths.twice]: (request, response) => verified(request, response, () => void finished(request, response)),
    [contractPaths.journal]: (_request, response) => void response.end(app.journal()),
    async [contractPaths.ordinary](request, response) {
      response.end(JSON.stringify(await parse(request)));
    },
  };
  return (request, response) => {
    const route = routes[request.url ?? '/'];
    if (route === undefined) response.writeHead(404).end();
    else route(request, response as never);
  };
}

/** The kinds of target a contract can be run against. */

/** Express, Fastify, Hono, a Node server that is not listening yet, or any object with `fetch`. */
export type EndpointApp =
  | { readonly fetch: (request: Request, ...rest: never[]) => Response | Promise<Response> }
  | { readonly inject: unknown; readonly ready: () => unknown; readonly routing?: unknown; readonly server: unknown }
  | { readonly listen: (...rest: never[]) => unknown; readonly handle?: unknown };

/** The endpoint: its URL, a fetch handler, or the app. Apps are served on a free port of 127.0.0.1. */
export type ContractTarget = string | URL | ((request: Request) => Response | Promise<Response>) | EndpointApp;

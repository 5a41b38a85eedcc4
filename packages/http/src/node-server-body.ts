/** A short way to the body of a Request that @hono/node-server has made of a Node request. */

import { takeArrivedBody } from './node-body.ts';
import type { NodeRequest } from './node-request.ts';
import { markRead } from './raw-body.ts';
import type { BodyLimits } from './webhook-options.ts';

/**
 * The body, where it has arrived together with the head and nobody has looked at it yet; undefined otherwise.
 *
 * @param bindings what the server passes beside the request: `{ incoming, outgoing }`
 */
export async function takeServedBody(
  request: Request,
  bindings: unknown,
  limits: BodyLimits,
): Promise<Uint8Array | undefined> {
  const { incoming } = (bindings ?? {}) as { readonly incoming?: NodeRequest };
  if (typeof incoming?.readableLength !== 'number' || !isMadeOf(request, incoming)) return undefined;
  const body = await takeArrivedBody(incoming, limits);
  if (body !== undefined) markRead(request);
  return body;
}

/** A request that a middleware has put in the place of the server's own has a body of its own. */
function isMadeOf(request: object, incoming: NodeRequest): boolean {
  return Object.getOwnPropertySymbols(request).some(
    (name) => (request as Readonly<Record<symbol, unknown>>)[name] === incoming,
  );
}

/** A short way to the body of a Request that @hono/node-server has made of a Node request. */

import { markRead } from '../pipeline/raw-body.ts';
import { takeArrivedBody } from './body.ts';
import type { NodeRequest } from './request.ts';

/**
 * The body, where it has arrived together with the head and nobody has looked at it yet; undefined otherwise.
 *
 * @param bindings what the server passes beside the request: `{ incoming, outgoing }`
 */
export async function takeServedBody(
  request: Request,
  bindings: unknown,
  maxBodyBytes: number,
): Promise<Uint8Array | undefined> {
  const { incoming } = (bindings ?? {}) as { readonly incoming?: NodeRequest };
  if (typeof incoming?.readableLength !== 'number' || !isMadeOf(request, incoming)) return undefined;
  const body = await takeArrivedBody(incoming, maxBodyBytes);
  if (body !== undefined) markRead(request);
  return body;
}

/** The server's own name for the Node request behind a request, once one was found: a search for each takes 1 % of its time. */
let incomingName: symbol | undefined;

/** A request that a middleware has put in the place of the server's own has a body of its own. */
function isMadeOf(request: object, incoming: NodeRequest): boolean {
  const holds = (name: symbol) =>
    Object.hasOwn(request, name) && (request as Readonly<Record<symbol, unknown>>)[name] === incoming;
  if (incomingName !== undefined && holds(incomingName)) return true;
  incomingName = Object.getOwnPropertySymbols(request).find(holds) ?? incomingName;
  return incomingName !== undefined && holds(incomingName);
}

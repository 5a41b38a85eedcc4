/** A shortcut to the body of a Request that @hono/node-server has made from a Node request. */

import { markRead } from '../pipeline/raw-body.ts';
import { takeArrivedBody } from './body.ts';
import type { NodeRequest } from './request.ts';

/**
 * Returns the body if it arrived together with the head and no one has read it yet; undefined otherwise.
 *
 * @param bindings passed by the server along with the request: `{ incoming, outgoing }`
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

/**
 * The server's own name for the Node request behind a request, once found: searching for it each time takes 1 % of the
 * server's time.
 */
let incomingName: symbol | undefined;

/** If a middleware has replaced the server's own request, the new one has its own body. */
function isMadeOf(request: object, incoming: NodeRequest): boolean {
  const holds = (name: symbol) =>
    Object.hasOwn(request, name) && (request as Readonly<Record<symbol, unknown>>)[name] === incoming;
  if (incomingName !== undefined && holds(incomingName)) return true;
  incomingName = Object.getOwnPropertySymbols(request).find(holds) ?? incomingName;
  return incomingName !== undefined && holds(incomingName);
}

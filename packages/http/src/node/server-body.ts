/** A short way to a Request that @hono/node-server has made of a Node request: head and body as Node has them. */

import type { IncomingDelivery } from '@countersign/core';
import { markRead } from '../pipeline/raw-body.ts';
import { takeArrivedBody } from './body.ts';
import { deliveryOf, type NodeRequest } from './request.ts';

/**
 * The delivery of the Node request behind a Request; undefined if there is none. Has every line of every field, without
 * creating a `Headers`, and the body if it arrived together with the head and has not been read yet.
 *
 * @param bindings passed by the server along with the request: `{ incoming, outgoing }`
 * @param body used if the body has not arrived
 */
export async function takeServed(
  request: Request,
  bindings: unknown,
  maxBodyBytes: number,
  body: IncomingDelivery['body'],
): Promise<IncomingDelivery | undefined> {
  const { incoming } = (bindings ?? {}) as { readonly incoming?: NodeRequest };
  if (typeof incoming?.readableLength !== 'number' || !isMadeOf(request, incoming)) return undefined;
  const arrived = await takeArrivedBody(incoming, maxBodyBytes);
  if (arrived === undefined) return deliveryOf(incoming, body);
  markRead(request);
  // The server sets a timer for each request whose stream has not ended when it is answered.
  if (incoming.complete && !incoming.readableEnded)
    await new Promise((resolve) => incoming.once('end', resolve).once('close', resolve));
  return deliveryOf(incoming, arrived);
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

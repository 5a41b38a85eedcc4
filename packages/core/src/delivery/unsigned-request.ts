/** The parts of a verified delivery's request that its signature need not cover. */

import type { DeliveryHead } from './delivery.ts';

/**
 * Method, URL and headers of the request that brought a verified delivery.
 *
 * Most senders sign only the body, so anyone who replays a captured delivery can change all of these. Use them to find a shop or to count
 * the sender's attempts, never to decide whether something is allowed.
 */
export interface UnsignedRequest {
  /** The request method as received, such as `POST`; undefined if the caller of `receive` passed none. */
  readonly method: string | undefined;
  /** The request target as received, such as `/webhooks/shopify?shop=1`; undefined if the caller of `receive` passed none. */
  readonly url: string | undefined;
  /**
   * The value of a header, by a name in any case, or undefined; several lines are joined with `, `.
   *
   * @example
   * const shop = context.unsigned.header('x-shopify-shop-domain');
   */
  header(name: string): string | undefined;
}

export function unsignedPartsOf({ method, url, headers }: DeliveryHead): UnsignedRequest {
  return {
    method,
    url,
    header(name) {
      const fields = Symbol.iterator in headers ? [...headers] : Object.entries(headers);
      const lines = fields.flatMap(([key, value]) => (key.toLowerCase() === name.toLowerCase() ? (value ?? []) : []));
      return lines.length === 0 ? undefined : lines.join(', ');
    },
  };
}

/** The head of a Request. */

import type { DeliveryHead } from '@countersign/core';

/** The path and query without the authority, as on every other entry point: anyone can set the Host header. */
export function headOf({ headers, method, url }: Request): DeliveryHead {
  const start = url.indexOf('/', url.indexOf('://') + 3);
  return { headers, method, url: start < 0 ? '/' : url.slice(start) };
}

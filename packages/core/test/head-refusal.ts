/** Tests receivers with only the head of a delivery. */

import { type AnyEvent, type DeliveryHead, isWebhookError, type Receiver, WebhookError } from '@countersign/core';

/**
 * The code with which this head is refused before a byte of its body is read; undefined if the body is requested.
 *
 * Uses `verify`, which has no observer. `receive` also handles handshakes, and prints refusals, which are limited per process.
 */
export async function headRefusal(
  receiver: Receiver<AnyEvent>,
  { headers, url, method }: DeliveryHead,
  by: 'verify' | 'receive' = 'verify',
): Promise<WebhookError | undefined> {
  let isRead = false;
  const body = () => {
    isRead = true;
    throw new WebhookError('body_timeout');
  };
  const incoming = { headers, body, ...(url !== undefined && { url }), ...(method !== undefined && { method }) };
  if (by === 'receive') {
    const outcome = await receiver.receive(incoming, () => undefined);
    return isRead || outcome.kind !== 'rejected' ? undefined : outcome.error;
  }
  const refusal: unknown = await receiver.verify(incoming).catch((error) => error);
  return isRead || !isWebhookError(refusal) ? undefined : refusal;
}

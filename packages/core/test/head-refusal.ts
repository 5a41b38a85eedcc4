/** Receivers looked at through the head of a delivery alone. */

import { type AnyEvent, type DeliveryHead, isWebhookError, type Receiver, WebhookError } from '@countersign/core';

/**
 * What a request with this head is refused for before a byte of its body is read; undefined where the body is asked for.
 *
 * By `verify`, which tells nobody. `receive` knows handshakes as well, and prints refusals, of which a process has so many.
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

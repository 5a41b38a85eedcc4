/** Receivers looked at through the head of a delivery alone. */

import { type AnyEvent, type DeliveryHead, type Receiver, WebhookError } from '@countersign/core';

/** What a request with this head is refused for before a byte of its body is read; undefined where the body is asked for. */
export async function headRefusal(
  receiver: Receiver<AnyEvent>,
  { headers, url, method }: DeliveryHead,
): Promise<WebhookError | undefined> {
  let isRead = false;
  const body = () => {
    isRead = true;
    throw new WebhookError('body_timeout');
  };
  const head = { headers, ...(url !== undefined && { url }), ...(method !== undefined && { method }) };
  const outcome = await receiver.receive({ ...head, body }, () => undefined);
  return isRead || outcome.kind !== 'rejected' ? undefined : outcome.error;
}

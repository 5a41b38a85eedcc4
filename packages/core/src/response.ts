/** The response to a sender, as an app returns it. */

import { WebhookError } from './errors.ts';

/**
 * A handler's response. Default: success without a body. Only a status from 200 to 299, or 410, means that the event is done; with any
 * other the sender may retry, and the handler runs again.
 */
export interface HandlerResponse {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Text, bytes, or a value that is sent as JSON. */
  readonly body?: string | Uint8Array | object;
}

/**
 * A response that asks the sender to try again: 503, with `Retry-After` if a time is given. The event is released, and the handler runs
 * again at the next attempt. Not every sender follows `Retry-After`, and not every one retries; see the sender's page.
 *
 * @param seconds whole seconds from 1 to 86,400
 * @throws options_invalid
 * @example
 * const handler = async (event: WebhookEvent) => ((await isReady(event.id)) ? undefined : retryLater(60));
 */
export function retryLater(seconds?: number): HandlerResponse {
  if (seconds === undefined) return { status: 503 };
  if (!Number.isInteger(seconds) || seconds < 1 || seconds > 86_400)
    throw new WebhookError('options_invalid', { at: 'retryLater', hint: 'Expected whole seconds from 1 to 86400.' });
  return { status: 503, headers: { 'retry-after': String(seconds) } };
}

/**
 * A response that asks the sender for no more events of this kind: 410 Gone. The event counts as done. Some senders disable the endpoint
 * on it.
 *
 * @example
 * const handler = () => gone();
 */
export function gone(): HandlerResponse {
  return { status: 410 };
}

/** The options of every entry point, checked when it is mounted. */

import { type AnyEvent, type Receiver, WebhookError } from '@countersign/core';

/** Options of an adapter. */
export interface WebhookOptions {
  /**
   * Prints why deliveries are refused: once for each cause, with `console.warn`, with the fix for the framework.
   * Default false.
   *
   * For development. If NODE_ENV is `production`, or the runtime has no `process`, it does nothing. The responses stay
   * the same; requests with bad headers are refused after the body is read instead of before. One delivery is diagnosed
   * at a time, and at most 20 a minute. The output contains no secret, signature or piece of the body.
   *
   * @throws options_invalid for a copy of a receiver (`{ ...receiver }`), which does not have its secrets
   */
  readonly diagnose?: boolean;
}

/** Maximum size of an app's response body that is recorded for duplicates, in bytes. */
export const recordedLimit = 4096;
/** A body announced with at most this many bytes is read to its end, so that the connection can be reused. */
export const reuseLimit = 65_536;
/** Maximum number of bytes that are read and dropped after a refusal, and the maximum time for it. */
export const lingerLimit = 4_194_304;
export const lingerSeconds = 2;

/** @throws options_invalid */
export function requireOptions(receiver: Receiver<AnyEvent>, options: WebhookOptions): void {
  const refuse = (at: string, hint: string) => new WebhookError('options_invalid', { at, hint });
  if (typeof receiver?.verify !== 'function') throw refuse('receiver', 'Pass the result of createReceiver({ ... }).');
  if (typeof options !== 'object' || options === null)
    throw refuse('options', 'Expected { diagnose }, or nothing. A handler is what webhook(receiver, handle) takes.');
  for (const name of Object.keys(options)) {
    if (name === 'bodyTimeoutSeconds') throw refuse(name, 'Pass it to createReceiver({ ... }).');
    if (name !== 'diagnose')
      throw refuse(name, 'The only option is diagnose. Handlers by event type are the second argument of webhook().');
  }
  const { diagnose = false } = options;
  if (typeof diagnose !== 'boolean') throw refuse('diagnose', 'Expected true or false.');
}

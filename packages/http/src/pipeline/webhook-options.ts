/** What every edge takes, checked when it is mounted. */

import { type AnyEvent, type Receiver, WebhookError } from '@countersign/core';

/** Options of an adapter. */
export interface WebhookOptions {
  /**
   * Prints why deliveries are refused: once for each cause, by `console.warn`, with the fix in the framework's own words.
   * Default false.
   *
   * For development. Where NODE_ENV is `production`, or the runtime has no `process`, it does nothing. The answers stay the
   * same; headers that are wrong are refused after the body in place of before it. One delivery is looked at at a time, and
   * 20 in a minute. Nothing that is printed holds a secret, a signature or a piece of the body.
   *
   * @throws options_invalid for a copy of a receiver (`{ ...receiver }`), which does not know its secrets
   */
  readonly diagnose?: boolean;
}

/** Most bytes of an app's answer that are put on record, for a duplicate. */
export const recordedLimit = 4096;
/** A body announced with at most this many bytes is read to its end, so that the connection can be used again. */
export const reuseLimit = 65_536;
/** Most bytes that are read and thrown away after a refusal, and the longest time for it. */
export const lingerLimit = 4_194_304;
export const lingerSeconds = 2;

/** @throws options_invalid */
export function requireOptions(receiver: Receiver<AnyEvent>, options: WebhookOptions): void {
  const refuse = (at: string, hint: string) => new WebhookError('options_invalid', { at, hint });
  if (typeof receiver?.verify !== 'function') throw refuse('receiver', 'It takes what createReceiver({ ... }) gives.');
  if (typeof options !== 'object' || options === null)
    throw refuse('options', 'Expected { diagnose }, or nothing. A handler is what webhook(receiver, handle) takes.');
  for (const name of Object.keys(options)) {
    if (name === 'bodyTimeoutSeconds') throw refuse(name, 'Give it to createReceiver({ ... }).');
    if (name !== 'diagnose')
      throw refuse(name, 'The only option is diagnose. Handlers by event type are the second argument of webhook().');
  }
  const { diagnose = false } = options;
  if (typeof diagnose !== 'boolean') throw refuse('diagnose', 'It takes true or false.');
}

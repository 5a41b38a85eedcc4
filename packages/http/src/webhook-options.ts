/** What every edge takes, checked when it is mounted. */

import { type AnyEvent, type Handler, type Receiver, WebhookError } from '@countersign/core';

/** Options of an adapter. */
export interface WebhookOptions {
  /** Longest time for the body to arrive, in seconds. Default 10. */
  readonly bodyTimeoutSeconds?: number;
}

/** Bounds of one read. */
export interface BodyLimits {
  readonly maxBodyBytes: number;
  readonly bodyTimeoutSeconds: number;
}

const defaultBodyTimeoutSeconds = 10;

/** A body announced with at most this many bytes is read to its end, so that the connection can be used again. */
export const reuseLimit = 65_536;
/** Most bytes that are read and thrown away after a refusal, and the longest time for it. */
export const lingerLimit = 1_048_576;
export const lingerSeconds = 2;

/** @throws options_invalid */
export function limitsOf(receiver: Receiver<AnyEvent>, options: WebhookOptions): BodyLimits {
  const refuse = (at: string, hint: string) => new WebhookError('options_invalid', { at, hint });
  if (typeof receiver?.verify !== 'function') throw refuse('receiver', 'It takes what createReceiver({ ... }) gives.');
  if (typeof options !== 'object' || options === null)
    throw refuse('options', 'It takes a handler, { bodyTimeoutSeconds } or nothing.');
  for (const name of Object.keys(options)) {
    if (name !== 'bodyTimeoutSeconds')
      throw refuse(name, 'There is only bodyTimeoutSeconds. One handler for each type is made by handlers({ ... }).');
  }
  const { bodyTimeoutSeconds = defaultBodyTimeoutSeconds } = options;
  if (!(typeof bodyTimeoutSeconds === 'number' && bodyTimeoutSeconds > 0 && bodyTimeoutSeconds <= 600))
    throw refuse('bodyTimeoutSeconds', 'It takes seconds above 0 and up to 600.');
  return { maxBodyBytes: receiver.maxBodyBytes, bodyTimeoutSeconds };
}

/** An import that came to nothing must show when the app starts. @throws options_invalid */
export function requireHandler<Event extends AnyEvent>(handle: Handler<Event>): void {
  if (typeof handle === 'function') return;
  const hint = 'It takes a function, or what handlers({ ... }) gives.';
  throw new WebhookError('options_invalid', { at: 'handle', hint });
}

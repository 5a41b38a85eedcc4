/** Prints to the receiver's logger why deliveries are refused, outside production, if an adapter has `diagnose: true`. */

import {
  type AnyEvent,
  type BodyLimits,
  type Delivery,
  type IncomingDelivery,
  isWebhookError,
  logOf,
  type Outcome,
  type ReadBody,
  type Receiver,
  WebhookError,
} from '@countersign/core';
import type { Diagnosis, FrameworkInUse } from '@countersign/core/diagnose';
import type { WebhookOptions } from './webhook-options.ts';

type WaitUntil = (work: Promise<unknown>) => void;

/** Inspects the outcome of a delivery once it is decided. Returns immediately and never throws. */
export type Diagnoser = (
  outcome: Outcome<AnyEvent>,
  delivery: Delivery | undefined,
  platform?: { readonly waitUntil?: WaitUntil },
) => void;

/** A delivery that keeps its body once it has been read. */
export interface WatchedDelivery extends IncomingDelivery {
  /** Undefined if no body was read. */
  readonly whole: () => Delivery | undefined;
}

/** Keeps the body of a delivery for a diagnosis. */
export function watchDelivery({ body, ...head }: IncomingDelivery): WatchedDelivery {
  let bytes = typeof body === 'function' ? undefined : body;
  const read = async (limits: BodyLimits) => {
    bytes = await (body as ReadBody)(limits);
    return bytes;
  };
  return {
    ...head,
    body: typeof body === 'function' ? read : body,
    whole: () => (bytes === undefined ? undefined : { ...head, body: bytes }),
  };
}

const diagnosesPerMinute = 20;
const longestSeconds = 30;
const mostPrinted = 1000;

const unexplained =
  'No cause was found: it is a forgery, it is signed with the secret of another endpoint, or bytes were lost on the way. Compare the secret with the one that the sender shows for this URL.';

/**
 * Printed messages and running diagnoses of the whole process, whatever the receiver: strangers can post, and each
 * diagnosis costs time.
 */
const printed = new Set<string>();
const pace = { isBusy: false, begunAt: Number.NEGATIVE_INFINITY, minute: Number.NEGATIVE_INFINITY, count: 0 };

/**
 * Makes the function that an entry point calls for each delivery; undefined in production, and without the option.
 *
 * The condition is here so that bundlers see it and leave the code below out of a production bundle.
 *
 * @throws options_invalid for a copy of a receiver, which does not have its secrets
 */
export function createDiagnoser(
  receiver: Receiver<AnyEvent>,
  { diagnose }: WebhookOptions,
  framework: FrameworkInUse,
): Diagnoser | undefined {
  if (diagnose === true && typeof process === 'object' && process.env.NODE_ENV !== 'production') {
    // A receiver keeps its configuration under this name, whichever copy of core made it.
    if (!(Symbol.for('countersign.options') in receiver)) {
      const hint =
        'This is a copy of a receiver, such as { ...receiver }, which does not have its secrets. Pass webhook() the result of createReceiver().';
      throw new WebhookError('options_invalid', { at: 'diagnose', hint });
    }
    const look = async (error: WebhookError, delivery: Delivery) => {
      try {
        // The response is sent before anything is computed.
        await new Promise((resolve) => setTimeout(resolve, 1));
        if (isAsideFromSignature(error)) {
          sayRefusal(receiver, error);
        } else {
          const { diagnoseFor } = await import('@countersign/core/diagnose');
          sayDiagnosis(receiver, error, await diagnoseFor(receiver, delivery, { framework }));
        }
      } catch (failure) {
        sayFailure(receiver, failure);
      } finally {
        pace.isBusy = false;
      }
    };
    return (outcome, delivery, platform) => {
      const error = errorOf(outcome);
      if (delivery === undefined || error === undefined || bodyCodes.has(error.code) || !isDue()) return;
      const work = look(error, delivery);
      try {
        platform?.waitUntil?.(work);
      } catch {
        // A runtime that has none continues without it.
      }
    };
  }
  return undefined;
}

/** The reason for a refusal. A refusal that has its event was verified, and needs no diagnosis. */
function errorOf(refused: Outcome<AnyEvent>): WebhookError | undefined {
  return refused.kind === 'rejected' && refused.event === undefined ? refused.error : undefined;
}

/** For these, an adapter already reports everything there is to know, or the delivery is already verified. */
const bodyCodes: ReadonlySet<string> = new Set([
  'body_not_raw',
  'body_too_large',
  'body_timeout',
  'payload_malformed',
  'payload_invalid',
  'store_unavailable',
  'archive_unavailable',
]);

/**
 * One at a time, and a limited number a minute. A diagnosis that the platform has aborted counts as busy for a while.
 */
function isDue(): boolean {
  const now = performance.now();
  if (pace.isBusy && now - pace.begunAt < longestSeconds * 1000) return false;
  if (now - pace.minute >= 60_000) Object.assign(pace, { minute: now, count: 0 });
  if (pace.count >= diagnosesPerMinute) return false;
  pace.count++;
  Object.assign(pace, { isBusy: true, begunAt: now });
  return true;
}

/** The checks that a receiver adds to the sender's scheme: it knows the reason itself. */
function isAsideFromSignature({ at }: WebhookError): boolean {
  return at !== undefined && /^(?:handshake|requiredHeaders|endpoint)/.test(at);
}

function sayDiagnosis(receiver: Named, error: WebhookError, { verdict, causes, isExhausted }: Diagnosis): void {
  const { provider } = receiver;
  const refused = `${provider} refused a delivery: ${nameOf(error)}.`;
  if (verdict === 'verifies') {
    sayRefusal(receiver, error);
  } else if (verdict === 'unexplained') {
    const rest = isExhausted ? ' Not everything was tried; diagnose() accepts higher limits.' : '';
    sayOnce(receiver, `${provider} unexplained`, `${refused} ${unexplained}${rest}`);
  } else {
    const lines = causes.map((cause) => `\n  ${nameOf(cause)}, ${cause.certainty}: ${cause.what} ${cause.fix}`);
    sayOnce(receiver, [provider, ...causes.map(({ code }) => code)].join(' '), `${refused} Why:${lines.join('')}`);
  }
}

function sayRefusal(receiver: Named, error: WebhookError): void {
  const { provider } = receiver;
  sayOnce(receiver, `${provider} ${nameOf(error)}`, `${provider} refused a delivery: ${error.message}`);
}

/** Prints only the kind of an unknown error: its message might quote the body. */
function sayFailure(receiver: Named, failure: unknown): void {
  const { name = 'Error', code } = (failure ?? {}) as { readonly name?: unknown; readonly code?: unknown };
  const what = isWebhookError(failure) ? failure.message : `${name}${code === undefined ? '' : ` ${code}`}`;
  const { provider } = receiver;
  sayOnce(receiver, `${provider} failed ${what}`, `${provider} refused a delivery, and its diagnosis failed: ${what}`);
}

const nameOf = ({ code, at }: { readonly code: string; readonly at?: string }) =>
  at === undefined ? code : `${code} (${at})`;

type Named = Pick<Receiver<AnyEvent>, 'provider'>;

function sayOnce(receiver: Named, key: string, message: string): void {
  if (printed.has(key)) return;
  printed.add(key);
  if (printed.size > mostPrinted) printed.delete(printed.keys().next().value as string);
  logOf(receiver).warn(`countersign: ${message}`);
}

/** Says on the console why deliveries are refused, outside of production, where an adapter has `diagnose: true`. */

import {
  type AnyEvent,
  type BodyLimits,
  type Delivery,
  type IncomingDelivery,
  isWebhookError,
  type Outcome,
  type ReadBody,
  type Receiver,
  WebhookError,
} from '@countersign/core';
import type { Diagnosis, FrameworkInUse } from '@countersign/core/diagnose';
import type { WebhookOptions } from './webhook-options.ts';

type WaitUntil = (work: Promise<unknown>) => void;

/** Looks at what became of a delivery, once that is decided. Returns at once and never throws. */
export type Diagnoser = (
  outcome: Outcome<AnyEvent>,
  delivery: Delivery | undefined,
  platform?: { readonly waitUntil?: WaitUntil },
) => void;

/** A delivery that remembers its body once that was read. */
export interface WatchedDelivery extends IncomingDelivery {
  /** Undefined where no body was read. */
  readonly whole: () => Delivery | undefined;
}

/** Remembers the body of a delivery, for a diagnosis. */
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
  'No cause was found: it is a forgery, it is signed with the secret of another endpoint, or bytes were lost on the way. Compare the secret with the one that the sender shows for this very address.';

/** What the process has printed and begun, whatever the receiver: strangers can post, and each diagnosis costs time. */
const printed = new Set<string>();
const pace = { isBusy: false, begunAt: Number.NEGATIVE_INFINITY, minute: Number.NEGATIVE_INFINITY, count: 0 };

/**
 * Makes what an edge calls for each delivery; undefined in production, and where the option is not given.
 *
 * The condition stands where bundlers see it, so that a bundle for production holds nothing of what is below.
 *
 * @throws options_invalid for a copy of a receiver, which does not know its secrets
 */
export function createDiagnoser(
  receiver: Receiver<AnyEvent>,
  { diagnose }: WebhookOptions,
  framework: FrameworkInUse,
): Diagnoser | undefined {
  if (diagnose === true && typeof process === 'object' && process.env.NODE_ENV !== 'production') {
    // Under this name a receiver keeps what it is configured with, in whichever copy of core it was made.
    if (!(Symbol.for('countersign.options') in receiver)) {
      const hint =
        'This is a copy of a receiver, such as { ...receiver }, which does not know its secrets. Give webhook() what createReceiver() gives.';
      throw new WebhookError('options_invalid', { at: 'diagnose', hint });
    }
    const look = async (error: WebhookError, delivery: Delivery) => {
      const { provider } = receiver;
      try {
        // The answer is on its way before anything is computed.
        await new Promise((resolve) => setTimeout(resolve, 1));
        if (isAsideFromSignature(error)) {
          sayRefusal(provider, error);
        } else {
          const { diagnoseFor } = await import('@countersign/core/diagnose');
          sayDiagnosis(provider, error, await diagnoseFor(receiver, delivery, { framework }));
        }
      } catch (failure) {
        sayFailure(provider, failure);
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
        // A runtime that has none goes on by itself.
      }
    };
  }
  return undefined;
}

/** The reason of a refusal. What is refused with its event at hand was verified, and has no question left. */
function errorOf(refused: Outcome<AnyEvent>): WebhookError | undefined {
  return refused.kind === 'rejected' && refused.event === undefined ? refused.error : undefined;
}

/** Of these an adapter says all there is to know, or the delivery is verified already. */
const bodyCodes: ReadonlySet<string> = new Set([
  'body_not_raw',
  'body_too_large',
  'body_timeout',
  'payload_malformed',
  'payload_invalid',
  'store_unavailable',
]);

/** One at a time, and so many in a minute. One that a platform has broken off counts as busy for a while. */
function isDue(): boolean {
  const now = performance.now();
  if (pace.isBusy && now - pace.begunAt < longestSeconds * 1000) return false;
  if (now - pace.minute >= 60_000) Object.assign(pace, { minute: now, count: 0 });
  if (pace.count >= diagnosesPerMinute) return false;
  pace.count++;
  Object.assign(pace, { isBusy: true, begunAt: now });
  return true;
}

/** What a receiver asks for beside the sender's scheme: it knows the reason itself. */
function isAsideFromSignature({ at }: WebhookError): boolean {
  return at !== undefined && /^(?:handshake|requiredHeaders|endpoint)/.test(at);
}

function sayDiagnosis(provider: string, error: WebhookError, { verdict, causes, isExhausted }: Diagnosis): void {
  const refused = `${provider} refused a delivery: ${nameOf(error)}.`;
  if (verdict === 'verifies') {
    sayRefusal(provider, error);
  } else if (verdict === 'unexplained') {
    const rest = isExhausted ? ' Not everything was tried; diagnose() takes higher limits.' : '';
    sayOnce(`${provider} unexplained`, `${refused} ${unexplained}${rest}`);
  } else {
    const lines = causes.map((cause) => `\n  ${nameOf(cause)}, ${cause.certainty}: ${cause.what} ${cause.fix}`);
    sayOnce([provider, ...causes.map(({ code }) => code)].join(' '), `${refused} Why:${lines.join('')}`);
  }
}

function sayRefusal(provider: string, error: WebhookError): void {
  sayOnce(`${provider} ${nameOf(error)}`, `${provider} refused a delivery: ${error.message}`);
}

/** Nothing of an unknown error is printed but its kind: it might quote the body. */
function sayFailure(provider: string, failure: unknown): void {
  const { name = 'Error', code } = (failure ?? {}) as { readonly name?: unknown; readonly code?: unknown };
  const what = isWebhookError(failure) ? failure.message : `${name}${code === undefined ? '' : ` ${code}`}`;
  sayOnce(`${provider} failed ${what}`, `${provider} refused a delivery, and its diagnosis failed: ${what}`);
}

const nameOf = ({ code, at }: { readonly code: string; readonly at?: string }) =>
  at === undefined ? code : `${code} (${at})`;

function sayOnce(key: string, message: string): void {
  if (printed.has(key)) return;
  printed.add(key);
  if (printed.size > mostPrinted) printed.delete(printed.keys().next().value as string);
  console.warn(`countersign: ${message}`);
}

/** Provider, secrets and policy made ready: the centre that every adapter calls. */

import { crypto } from '#crypto';
import { createClaimedRun } from './claimed-run.ts';
import { type Delivery, type DeliveryHead, UnverifiedDelivery } from './delivery.ts';
import { encodeUtf8 } from './encoding.ts';
import { isWebhookError, WebhookError } from './errors.ts';
import { type AnyEvent, type EventContext, VerifiedEvent, type WebhookEvent } from './event.ts';
import type { EventOf, Handler } from './handler.ts';
import { findHeader, requireHeader } from './header-fields.ts';
import type { Outcome } from './outcome.ts';
import type { Provider } from './provider.ts';
import { type CheckedOptions, checkOptions, type ReceiverOptions } from './receiver-options.ts';
import { readClock } from './replay-window.ts';
import { printTrouble, warnOfDoubts } from './warnings.ts';

/** A provider with secrets and policy, ready to verify. Holds no state of any delivery, so one serves all requests. */
export interface Receiver<Event extends AnyEvent = WebhookEvent> {
  /** The provider's name. */
  readonly provider: string;
  /** Largest accepted body in bytes, for whoever reads it. */
  readonly maxBodyBytes: number;
  /**
   * Checks a delivery's signature and freshness. Touches no store and parses nothing.
   *
   * @throws WebhookError, and nothing else, whatever the delivery holds
   */
  verify(delivery: Delivery): Promise<Event>;
  /**
   * Verifies a delivery, claims its event, runs the handler and completes or releases the claim.
   *
   * Never rejects: every failure is an outcome.
   */
  receive(delivery: Delivery, handle: Handler<Event>): Promise<Outcome<Event>>;
  /** What can be refused before the body is read; undefined where the headers are in order. Never throws. */
  screen(head: DeliveryHead): WebhookError | undefined;
  /** Makes an outcome of a delivery that an adapter refused before it had a body, and tells `onOutcome`. */
  refuse(error: WebhookError): Outcome<Event>;
}

/**
 * Builds a receiver for one sender.
 *
 * @example
 * const receiver = createReceiver({ provider: stripe, secrets: process.env.STRIPE_WEBHOOK_SECRET });
 * const event = await receiver.verify({ body, headers });
 *
 * @throws secret_invalid, options_invalid: what is wrong with the configuration shows when the app starts
 */
export function createReceiver<P extends Provider>(options: ReceiverOptions<P>): Receiver<EventOf<P>> {
  const checked = checkOptions(options);
  const { provider, toleranceSeconds, ignoreTimestamp, allowWeakSecrets } = checked;
  const scheme = provider.scheme.bind({
    secrets: checked.secrets,
    keys: checked.keys,
    toleranceSeconds,
    ignoreTimestamp,
    allowWeakSecrets,
    publicUrlOf: (head) => publicUrlOf(head, checked.publicUrl),
  });
  warnOfDoubts(checked, scheme.fixedSecrets);

  const context: EventContext = {
    provider,
    endpointOf: (delivery) => endpointOf(delivery, checked.endpoint),
    identityOf: checked.dedupe?.identity,
  };
  const methods = provider.methods ?? ['POST'];
  const checkHead = (head: DeliveryHead) => {
    if (head.method !== undefined && !methods.includes(head.method)) throw new WebhookError('method_unsupported');
    const encoding = findHeader(head.headers, 'content-encoding');
    if (encoding !== undefined && encoding.toLowerCase() !== 'identity') throw new WebhookError('encoding_unsupported');
    if (checked.requiredHeaders.length > 0) checkRequiredHeaders(head, checked.requiredHeaders);
  };
  const verify = async (delivery: Delivery): Promise<VerifiedEvent> => {
    try {
      const now = readClock(checked.clock);
      checkBody(delivery, checked.maxBodyBytes);
      checkHead(delivery);
      const proof = scheme.verify(delivery, now);
      return new VerifiedEvent(context, delivery, proof instanceof Promise ? await proof : proof);
    } catch (error) {
      throw asWebhookError(error);
    }
  };
  const run = createClaimedRun(checked);
  const observe = checked.onOutcome ?? printTrouble;
  const tell = (outcome: Outcome) => {
    try {
      observe(outcome);
    } catch {
      // What an observer throws must not change what the sender is told.
    }
    return outcome;
  };

  return {
    provider: provider.name,
    maxBodyBytes: checked.maxBodyBytes,
    verify: verify as unknown as Receiver<EventOf<P>>['verify'],
    async receive(delivery, handle) {
      let event: VerifiedEvent;
      try {
        event = await verify(delivery);
      } catch (error) {
        return tell({ kind: 'rejected', error: error as WebhookError }) as Outcome<never>;
      }
      return tell(await run(event, handle as unknown as Handler)) as Outcome<EventOf<P>>;
    },
    screen(head) {
      try {
        checkHead(head);
        scheme.screen(head, readClock(checked.clock));
        return undefined;
      } catch (error) {
        return asWebhookError(error);
      }
    },
    refuse: (error) => tell({ kind: 'rejected', error }) as Outcome<never>,
  };
}

function checkBody(delivery: Delivery, maxBodyBytes: number): void {
  const { body } = delivery;
  if (!(body instanceof Uint8Array) && !isBytesOfAnotherRealm(body)) {
    throw new WebhookError('body_not_raw', { at: 'delivery.body' });
  }
  if (body.byteLength > maxBodyBytes) throw new WebhookError('body_too_large', { at: 'delivery.body' });
}

/** Test runners and vm contexts have a Uint8Array of their own. */
function isBytesOfAnotherRealm(value: unknown): boolean {
  return Object.prototype.toString.call(value) === '[object Uint8Array]' && ArrayBuffer.isView(value);
}

function checkRequiredHeaders(head: DeliveryHead, required: CheckedOptions['requiredHeaders']): void {
  let isEqual = true;
  for (const [name, value] of required) {
    if (!crypto.equalBytes(encodeUtf8(requireHeader(head.headers, name)), value)) isEqual = false;
  }
  if (!isEqual) throw new WebhookError('signature_mismatch', { at: 'requiredHeaders' });
}

function endpointOf(delivery: Delivery, endpoint: CheckedOptions['endpoint']): string {
  if (typeof endpoint === 'string') return endpoint;
  let name: unknown;
  try {
    name = endpoint(new UnverifiedDelivery(delivery));
  } catch (cause) {
    throw new WebhookError('options_invalid', { at: 'endpoint', hint: 'The function threw.', cause });
  }
  if (typeof name !== 'string' || name === '') {
    throw new WebhookError('options_invalid', { at: 'endpoint', hint: 'The function has to give a non-empty string.' });
  }
  return name;
}

function publicUrlOf(head: DeliveryHead, publicUrl: string | undefined): string {
  const { url = '' } = head;
  const isAbsolute = /^https?:\/\//.test(url);
  if (publicUrl !== undefined) return publicUrl + (isAbsolute ? url.replace(/^https?:\/\/[^/?#]*/, '') : url);
  if (isAbsolute) return url;
  throw new WebhookError('options_invalid', {
    at: 'publicUrl',
    hint: 'This sender signs the URL it posts to, and the server sees only a part of it. Give its origin, such as https://example.com.',
  });
}

/** Whatever was thrown, a WebhookError goes out. Anything else is a defect of the caller or of this package. */
function asWebhookError(error: unknown): WebhookError {
  if (isWebhookError(error)) return error;
  return new WebhookError('options_invalid', {
    at: 'delivery',
    hint: 'Something threw that should not have; see cause. A delivery is { body, headers, url?, method? }.',
    cause: error,
  });
}

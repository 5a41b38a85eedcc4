/** The verdict on one delivery: its head, its body, its proof. */

import { crypto } from '#crypto';
import {
  type Delivery,
  type DeliveryHead,
  deliveryOf,
  type IncomingDelivery,
  type ReadBody,
} from '../delivery/delivery.ts';
import { findFraming, requireHeader } from '../delivery/header-fields.ts';
import { headerReadings } from '../encoding.ts';
import { isWebhookError, WebhookError } from '../errors.ts';
import type { EventContext } from '../event/event.ts';
import { VerifiedEvent } from '../event/verified-event.ts';
import { mayFindMore } from '../keys/refreshable.ts';
import { readClock } from '../options/clock.ts';
import type { BoundScheme, OpenedDelivery, Proof } from '../schemes/scheme.ts';
import { isPromiseLike, withTimeout } from '../with-timeout.ts';
import type { CheckedOptions } from './check-options.ts';

/** The facts in the head of a delivery. */
export interface OpenedHead {
  /** Length of the body, as announced. */
  readonly length: string | undefined;
  readonly opened: OpenedDelivery;
}

/** @throws body_not_raw, body_too_large */
export function checkBody(body: unknown, maxBodyBytes: number): asserts body is Uint8Array {
  if (!(body instanceof Uint8Array) && !isBytesOfAnotherRealm(body)) {
    throw new WebhookError('body_not_raw', { at: 'delivery.body' });
  }
  if ((body as Uint8Array).byteLength > maxBodyBytes) throw new WebhookError('body_too_large', { at: 'delivery.body' });
}

/** A body that was cut short in transit is not a forgery: the sender has to send it again. */
function checkLength(announced: string, received: number): void {
  if (!(Number(announced) > received) || !/^\d{1,15}$/.test(announced)) return;
  throw new WebhookError('body_incomplete', { at: 'content-length' });
}

/** Test runners and vm contexts have their own Uint8Array. */
function isBytesOfAnotherRealm(value: unknown): boolean {
  return Object.prototype.toString.call(value) === '[object Uint8Array]' && ArrayBuffer.isView(value);
}

function checkRequiredHeaders(head: DeliveryHead, required: CheckedOptions['requiredHeaders']): void {
  let isEqual = true;
  for (const [name, value] of required) {
    const readings = headerReadings(requireHeader(head.headers, name));
    if (!readings.map((given) => crypto.equalBytes(given, value)).includes(true)) isEqual = false;
  }
  if (!isEqual) throw new WebhookError('signature_mismatch', { at: 'requiredHeaders' });
}

/** The steps to a verdict, in their order. */
export interface Verdict {
  /** Reads the head before any byte of the body; returns the reason if it is refused. Never throws. */
  open(head: DeliveryHead): OpenedHead | WebhookError;
  /**
   * Reads the body unless it is there.
   *
   * @param most the largest accepted body, in bytes
   * @throws WebhookError for a body that is not available as received
   */
  withBody(incoming: IncomingDelivery, most: number): Delivery | Promise<Delivery>;
  /** Synchronous if the scheme's keys and the runtime's cryptography are; throws or rejects only with a WebhookError. */
  prove(opened: OpenedHead, delivery: Delivery): VerifiedEvent | Promise<VerifiedEvent>;
}

export function verdictOf(checked: CheckedOptions, scheme: BoundScheme, context: EventContext): Verdict {
  const { provider } = checked;
  const methods = provider.methods ?? ['POST'];
  /** Reads the head before any byte of the body; returns the reason if it is refused. Never throws. */
  const open = (head: DeliveryHead): OpenedHead | WebhookError => {
    try {
      const now = readClock(checked.clock);
      if (head.method !== undefined && !methods.includes(head.method)) throw new WebhookError('method_unsupported');
      const { coding, length } = findFraming(head.headers);
      if (coding !== undefined && coding.toLowerCase() !== 'identity') throw new WebhookError('encoding_unsupported');
      if (checked.requiredHeaders.length > 0) checkRequiredHeaders(head, checked.requiredHeaders);
      return { length, opened: scheme.open(head, now) };
    } catch (error) {
      return asWebhookError(error);
    }
  };
  /** @throws WebhookError for a body that is not available as received */
  const readBody = async (read: ReadBody, maxBodyBytes: number): Promise<Uint8Array> => {
    const { bodyTimeoutSeconds: timeoutSeconds } = checked;
    const controller = new AbortController();
    const late = () => {
      const error = new WebhookError('body_timeout');
      controller.abort(error);
      return error;
    };
    try {
      const reading = read({ maxBodyBytes, timeoutSeconds, signal: controller.signal });
      const body = isPromiseLike(reading) ? await withTimeout(reading, timeoutSeconds, late) : reading;
      checkBody(body, maxBodyBytes);
      return body;
    } catch (error) {
      // An unknown error is not passed on: it might quote the body.
      throw isWebhookError(error) ? error : new WebhookError('body_not_raw', { at: 'delivery.body' });
    }
  };
  const withBody = (incoming: IncomingDelivery, most: number): Delivery | Promise<Delivery> => {
    const { body } = incoming;
    if (typeof body !== 'function') return incoming as Delivery;
    return readBody(body, most).then((bytes) => deliveryOf(incoming, bytes));
  };
  /** Synchronous if the scheme's keys and the runtime's cryptography are; throws or rejects only with a WebhookError. */
  const prove = ({ length, opened }: OpenedHead, delivery: Delivery): VerifiedEvent | Promise<VerifiedEvent> => {
    try {
      if (length !== undefined) checkLength(length, delivery.body.byteLength);
      const proof = opened.verify(delivery.body);
      return proof instanceof Promise ? settle(opened, delivery, proof) : new VerifiedEvent(context, delivery, proof);
    } catch (error) {
      throw asWebhookError(error);
    }
  };
  const settle = async (opened: OpenedDelivery, delivery: Delivery, proof: Promise<Proof>): Promise<VerifiedEvent> => {
    const askedAt = performance.now();
    try {
      return new VerifiedEvent(context, delivery, await proof);
    } catch (error) {
      const refusal = asWebhookError(error);
      // A secret that was replaced a moment ago may not be in a cache yet.
      if (!mayFindMore(checked, refusal, delivery, askedAt)) throw refusal;
    }
    try {
      return new VerifiedEvent(context, delivery, await opened.verify(delivery.body));
    } catch (error) {
      throw asWebhookError(error);
    }
  };
  return { open, withBody, prove };
}

/** An app may put a parsed body on its own object, or use the object again, while or after its bytes are verified. */
export function snapshotOf(given: IncomingDelivery): IncomingDelivery {
  const { headers, url, method, body } = given;
  return { headers, url, method, body } as IncomingDelivery;
}

/** Turns any thrown value into a WebhookError. Other errors are bugs of the caller or of this package. */
export function asWebhookError(error: unknown, at = 'delivery'): WebhookError {
  if (isWebhookError(error)) return error;
  const form = at === 'delivery' ? ' Expected a delivery: { body, headers, url?, method? }.' : '';
  return new WebhookError('options_invalid', { at, hint: `Unexpected error; see cause.${form}`, cause: error });
}

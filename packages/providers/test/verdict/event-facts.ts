/** What is compared of a verified event: identities, payload, and what the signature says of id and time. */

import { type Identity, isWebhookError, type WebhookEvent } from '@countersign/core';

/** One event, whole or of a batch. */
export interface EventFacts {
  readonly identity: Identity;
  readonly id: string | undefined;
  readonly type: string | undefined;
  readonly isIdSigned: boolean;
}

/** A verified delivery. */
export interface DeliveryFacts {
  readonly whole: EventFacts;
  /** Undefined where the payload cannot be read: `receive` refuses such a delivery. */
  readonly payload: { readonly value: unknown } | undefined;
  readonly events: readonly EventFacts[];
  readonly signsBody: boolean;
  readonly signsTime: boolean;
  readonly signedAt: number | undefined;
  readonly secretId: string;
}

export async function factsOf(event: WebhookEvent): Promise<DeliveryFacts> {
  const payload = readPayload(event);
  const parts = payload === undefined ? [] : splitOf(event);
  const { body, timestamp } = event.signed;
  return {
    whole: await eventFacts(event),
    payload: parts === undefined ? undefined : payload,
    events: parts === undefined ? [] : await Promise.all(parts.filter((part) => part !== event).map(eventFacts)),
    signsBody: body,
    signsTime: timestamp,
    signedAt: event.signedAt?.getTime(),
    secretId: event.secretId,
  };
}

async function eventFacts(event: WebhookEvent): Promise<EventFacts> {
  return { identity: await event.identity(), id: event.id, type: event.type, isIdSigned: event.signed.id };
}

function readPayload(event: WebhookEvent): { readonly value: unknown } | undefined {
  try {
    return { value: event.payload };
  } catch (error) {
    if (isWebhookError(error) && error.code === 'payload_malformed') return undefined;
    throw error;
  }
}

function splitOf(event: WebhookEvent): readonly WebhookEvent[] | undefined {
  try {
    return event.split();
  } catch (error) {
    if (isWebhookError(error) && error.code === 'payload_malformed') return undefined;
    throw error;
  }
}

/** Whether two parsed payloads are the same to the last value. The order of names does not count, -0 is not 0. */
export function isSameValue(left: unknown, right: unknown): boolean {
  if (Object.is(left, right)) return true;
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) return false;
  if (Array.isArray(left) !== Array.isArray(right)) return false;
  const names = Object.keys(left);
  return (
    names.length === Object.keys(right).length &&
    names.every(
      (name) =>
        Object.hasOwn(right, name) &&
        isSameValue((left as Record<string, unknown>)[name], (right as Record<string, unknown>)[name]),
    )
  );
}

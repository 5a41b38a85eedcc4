/** Parses a payload and validates it before a handler gets it. */

import { isWebhookError, WebhookError } from '../errors.ts';
import { isPromiseLike, withTimeout } from '../with-timeout.ts';
import type { StandardSchemaV1 } from './standard-schema.ts';
import type { VerifiedEvent } from './verified-event.ts';

/** The app's schemas by type, and the maximum time for one, in seconds. */
export interface PayloadRule {
  readonly schemas: ReadonlyMap<string, StandardSchemaV1>;
  readonly handlerTimeoutSeconds: number;
}

/** @returns the error to refuse the payload with, or undefined if it is valid */
export function checkPayload(
  event: VerifiedEvent,
  { schemas, handlerTimeoutSeconds }: PayloadRule,
): WebhookError | undefined | Promise<WebhookError | undefined> {
  try {
    const { payload } = event;
    const schema = schemas.size === 0 || event.type === undefined ? undefined : schemas.get(event.type);
    return schema === undefined ? undefined : validate(event, payload, schema, handlerTimeoutSeconds);
  } catch (error) {
    return asRefusal(error, event);
  }
}

async function validate(
  event: VerifiedEvent,
  payload: unknown,
  schema: StandardSchemaV1,
  seconds: number,
): Promise<WebhookError | undefined> {
  try {
    const given = schema['~standard'].validate(payload);
    // An asynchronous schema has as much time as a handler.
    const result = isPromiseLike(given) ? await withTimeout(given, seconds, () => tooLate(seconds)) : given;
    // The issues may quote the payload, so only their number is reported.
    if (result.issues !== undefined) {
      return new WebhookError('payload_invalid', {
        at: `schemas['${event.type}']`,
        hint: `Issues found: ${result.issues.length}.`,
      });
    }
    event.replacePayload(result.value);
    return undefined;
  } catch (error) {
    return asRefusal(error, event);
  }
}

const tooLate = (seconds: number) => new Error(`The schema returned no result within ${seconds} s.`);

function asRefusal(error: unknown, { type }: VerifiedEvent): WebhookError {
  if (isWebhookError(error)) return error;
  return new WebhookError('options_invalid', { at: `schemas['${type}']`, hint: 'The schema threw.', cause: error });
}

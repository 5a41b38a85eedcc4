/** Errors of drivers without what they were asked: many carry the statement, its values, or the row in question. */

import { isWebhookError } from '@countersign/core';

/** The name, code and message of an error, and nothing else of it. Errors of this package stay as they are. */
export function bareError(error: unknown): Error {
  if (isWebhookError(error)) return error;
  const { name, message, code } = (error ?? {}) as { name?: unknown; message?: unknown; code?: unknown };
  const bare: Error & { code?: string | number } = new Error(typeof message === 'string' ? message : 'No message.');
  if (typeof name === 'string') bare.name = name;
  if (typeof code === 'string' || typeof code === 'number') bare.code = code;
  return bare;
}

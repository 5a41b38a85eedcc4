/** Removes the query from drivers' errors: many of them contain the statement, its values, or the row. */

import { isWebhookError } from '@countersign/core';

/** Keeps the name, code and message of an error, and nothing else. Errors of this package stay unchanged. */
export function bareError(error: unknown): Error {
  if (isWebhookError(error)) return error;
  const { name, message, code } = (error ?? {}) as { name?: unknown; message?: unknown; code?: unknown };
  const bare: Error & { code?: string | number } = new Error(typeof message === 'string' ? message : 'No message.');
  if (typeof name === 'string') bare.name = name;
  if (typeof code === 'string' || typeof code === 'number') bare.code = code;
  return bare;
}

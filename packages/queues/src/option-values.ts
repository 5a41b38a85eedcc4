/** Checks of options. */

import { WebhookError } from '@countersign/core';

/** @throws options_invalid */
export function wholeNumber(at: string, value: unknown, least: number, most: number, otherwise: number): number {
  if (value === undefined) return otherwise;
  if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return value;
  throw optionError(at, `Expected a whole number from ${least} to ${most}.`);
}

/** @throws options_invalid */
export function requireText(at: string, value: unknown): string {
  if (typeof value === 'string' && value !== '') return value;
  throw optionError(at, 'Expected a non-empty string.');
}

/** @throws options_invalid unless the object has these methods */
export function requireMethods(at: string, value: unknown, methods: readonly string[], expected: string): void {
  const missing = methods.find((name) => typeof (value as Record<string, unknown> | undefined)?.[name] !== 'function');
  if (missing !== undefined) throw optionError(at, `${expected} It has no ${missing}().`);
}

export function optionError(at: string, hint: string): WebhookError {
  return new WebhookError('options_invalid', { at, hint });
}

/** The options that a receiver was built with, for a diagnosis and for lines about it. */

import type { CheckedOptions } from './check-options.ts';
import { writeLine } from './logger.ts';

/**
 * A receiver exposes its configuration under this name, only for a diagnosis. No printer, copy or list of keys shows
 * it; the same in every copy of this package (ESM and CJS).
 */
export const configurationKey: unique symbol = Symbol.for('countersign.options');

/** The options of a receiver with all defaults filled in; undefined for a copy of one, and for anything else. */
export function configurationOf(receiver: object | undefined): CheckedOptions | undefined {
  return (receiver as { readonly [configurationKey]?: () => CheckedOptions } | undefined)?.[configurationKey]?.();
}

/** Writes lines to the logger of a receiver, with its name as fields. */
export interface ReceiverLog {
  warn(line: string, ...causes: readonly unknown[]): void;
  error(line: string, ...causes: readonly unknown[]): void;
}

/**
 * The log of a receiver, for code that has something to say about it. Never throws. A copy of a receiver writes to the console.
 *
 * @example
 * logOf(receiver).warn('countersign: the endpoint is not mounted yet');
 */
export function logOf(receiver: { readonly provider: string }): ReceiverLog {
  const { logger = console, namespace = receiver.provider } = configurationOf(receiver) ?? {};
  const fields = { provider: receiver.provider, namespace };
  return {
    warn: (line, ...causes) => writeLine(logger, 'warn', line, fields, causes),
    error: (line, ...causes) => writeLine(logger, 'error', line, fields, causes),
  };
}

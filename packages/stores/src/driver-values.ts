/**
 * Checks the values that a driver returns: in most drivers an app can rename columns, or change the shape or types of
 * rows.
 */

import { WebhookError } from '@countersign/core';

/** The options to change if a value does not have the expected form. */
export interface DriverSettings {
  readonly at: string;
  /** The driver's options that change results; completes a sentence after "such as". */
  readonly options: string;
}

/** @throws store_unavailable: a wrong guess would drop an event or run it twice */
function refuse(name: string, { at, options }: DriverSettings): never {
  throw new WebhookError('store_unavailable', {
    at,
    hint: `The client did not return ${name} in the expected form. Give the store a client without options that change results, such as ${options}.`,
  });
}

/** A finite number, also from a string or a BigInt. @throws store_unavailable */
export function numberOf(row: unknown, name: string, settings: DriverSettings): number {
  const value = columnOf(row, name, settings);
  const isNumeric =
    typeof value === 'number' || typeof value === 'bigint' || (typeof value === 'string' && value !== '');
  const number = isNumeric ? Number(value) : Number.NaN;
  return Number.isFinite(number) ? number : refuse(name, settings);
}

/** A boolean, in the forms that SQL databases and their drivers use. @throws store_unavailable */
export function flagOf(row: unknown, name: string, settings: DriverSettings): boolean {
  const value = columnOf(row, name, settings);
  if (value === true || value === 'true' || value === 't' || String(value) === '1') return true;
  if (value === false || value === 'false' || value === 'f' || String(value) === '0') return false;
  return refuse(name, settings);
}

/** A string, or undefined for NULL. @throws store_unavailable */
export function textOf(row: unknown, name: string, settings: DriverSettings): string | undefined {
  const value = columnOf(row, name, settings);
  if (value === null) return undefined;
  return typeof value === 'string' ? value : refuse(name, settings);
}

function columnOf(row: unknown, name: string, settings: DriverSettings): unknown {
  if (typeof row !== 'object' || row === null || Array.isArray(row)) return refuse('rows', settings);
  const value: unknown = (row as Record<string, unknown>)[name];
  return value === undefined ? refuse(name, settings) : value;
}

/** Checks what a driver returns: an app can set most of them to rename columns, or to return rows and types of another shape. */

import { WebhookError } from '@countersign/core';

/** What to change where a value is not what the store asked for. */
export interface DriverSettings {
  readonly at: string;
  /** The options of the driver that change results, as a sentence goes on after "such as". */
  readonly options: string;
}

/** @throws store_unavailable: a wrong guess would drop an event or run it twice */
function refuse(name: string, { at, options }: DriverSettings): never {
  throw new WebhookError('store_unavailable', {
    at,
    hint: `The client did not return ${name} as the store asked for it. Give the store a client without options that change results, such as ${options}.`,
  });
}

/** A finite number, also from a text or a BigInt. @throws store_unavailable */
export function numberOf(row: unknown, name: string, settings: DriverSettings): number {
  const value = columnOf(row, name, settings);
  const isNumeric =
    typeof value === 'number' || typeof value === 'bigint' || (typeof value === 'string' && value !== '');
  const number = isNumeric ? Number(value) : Number.NaN;
  return Number.isFinite(number) ? number : refuse(name, settings);
}

/** A yes or no, as the SQL databases and their drivers write one. @throws store_unavailable */
export function flagOf(row: unknown, name: string, settings: DriverSettings): boolean {
  const value = columnOf(row, name, settings);
  if (value === true || value === 'true' || value === 't' || String(value) === '1') return true;
  if (value === false || value === 'false' || value === 'f' || String(value) === '0') return false;
  return refuse(name, settings);
}

/** A text, or undefined for NULL. @throws store_unavailable */
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

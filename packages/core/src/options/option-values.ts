/** Checks single option values. Errors name the option and the expected value, never the value itself. */

import { WebhookError } from '../errors.ts';

export function optionError(at: string, hint: string): WebhookError {
  return new WebhookError('options_invalid', { at, hint });
}

export function secretError(at: string, hint: string): WebhookError {
  return new WebhookError('secret_invalid', { at, hint });
}

/** @throws options_invalid */
export function wholeNumber(at: string, value: unknown, least: number, most: number, otherwise: number): number {
  if (value === undefined) return otherwise;
  if (Number.isInteger(value) && (value as number) >= least && (value as number) <= most) return value as number;
  throw optionError(at, `Expected a whole number from ${least} to ${most}.`);
}

/** @throws options_invalid */
export function positiveSeconds(at: string, value: unknown, most: number, otherwise: number): number {
  if (value === undefined) return otherwise;
  if (typeof value === 'number' && value > 0 && value <= most) return value;
  throw optionError(at, `Expected a number of seconds above 0 and up to ${most}.`);
}

/** Keeps the rejection of a callback's promise, which no one awaits, from ending the process. */
export function ignoreRejection(given: unknown): void {
  const { then } = (given ?? {}) as Partial<PromiseLike<unknown>>;
  if (typeof then === 'function') Promise.resolve(given).catch(() => undefined);
}

/** The result of a function option that must return a name or undefined. @throws options_invalid */
export function askOptionalText(at: string, ask: () => unknown): string | undefined {
  let text: unknown;
  try {
    text = ask();
  } catch (cause) {
    throw new WebhookError('options_invalid', { at, hint: 'The function threw.', cause });
  }
  if (text === undefined || (typeof text === 'string' && text !== '')) return text;
  ignoreRejection(text);
  throw optionError(at, 'Expected a non-empty string, or undefined for the identity of the preset.');
}

/** @throws options_invalid for the first unknown name */
export function requireKnownNames(given: object, known: ReadonlySet<string>, prefix = ''): void {
  for (const name of Object.keys(given)) {
    if (known.has(name)) continue;
    const names = [...known];
    const meant = names.find((one) => isNearly(name, one));
    const guess = meant === undefined ? '' : ` Did you mean ${prefix}${meant}?`;
    throw optionError(`${prefix}${name}`, `There is no such option.${guess} There are: ${names.join(', ')}.`);
  }
}

/** Makes TypeScript refuse unknown names where it infers the type of a description, which it otherwise lets have any. */
export type OnlyNamesOf<Description, Given> = { readonly [Name in Exclude<keyof Given, keyof Description>]: never };

/** A rule for a value: its type, or the texts that it may be; for a list, those of each entry. */
export type ValueRule = 'boolean' | 'string' | 'number' | readonly string[];

/** Checks a value against its rule. @throws options_invalid */
export type CheckValue = (value: unknown, rule: ValueRule, at: string) => void;

/** The names in an object of options: a rule for the value, the names in an object or a list of objects, or null if others check it. */
export interface Names {
  readonly [name: string]: Names | ValueRule | null;
}

/**
 * Refuses a name that is unknown at any depth: it would be silently ignored, and so would the check that it stands for. With `check`, also
 * a value against its rule.
 *
 * @throws options_invalid for the first one
 */
export function requireNames(given: unknown, names: Names, at: string, check?: CheckValue): void {
  if (typeof given !== 'object' || given === null || ArrayBuffer.isView(given)) return;
  if (Array.isArray(given)) {
    for (const one of given) requireNames(one, names, at, check);
    return;
  }
  requireKnownNames(given, new Set(Object.keys(names)), `${at}.`);
  for (const [name, below] of Object.entries(names)) {
    const value = (given as Readonly<Record<string, unknown>>)[name];
    if (below === null || value === undefined) continue;
    if (typeof below === 'object' && !Array.isArray(below)) requireNames(value, below as Names, `${at}.${name}`, check);
    else check?.(value, below as ValueRule, `${at}.${name}`);
  }
}

/** True if two names begin with the same letters, and one is not much longer than these. */
function isNearly(given: string, name: string): boolean {
  let same = 0;
  while (same < given.length && given[same]?.toLowerCase() === name[same]?.toLowerCase()) same++;
  return same > 2 && (same >= given.length - 1 || same >= name.length / 2);
}

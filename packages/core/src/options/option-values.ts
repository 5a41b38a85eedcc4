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
    const meant = [...known].find((one) => isNearly(name.toLowerCase(), one.toLowerCase()));
    const hint = meant === undefined ? `There are: ${[...known].join(', ')}.` : `Did you mean ${prefix}${meant}?`;
    throw optionError(`${prefix}${name}`, `There is no such option. ${hint}`);
  }
}

/** True for the beginning of a name, and for a name with at most two letters that are wrong, missing or too many. */
function isNearly(given: string, name: string): boolean {
  if (given.length < 3) return false;
  if (name.startsWith(given) || given.startsWith(name)) return true;
  // Levenshtein's distance, row by row.
  let row = Array.from(name, (_, at) => at + 1);
  for (let from = 0; from < given.length; from++) {
    let [left, above] = [from + 1, from];
    row = row.map((over, at) => {
      left = Math.min(left + 1, over + 1, above + (given[from] === name[at] ? 0 : 1));
      above = over;
      return left;
    });
  }
  return (row.at(-1) as number) <= Math.min(2, name.length / 3);
}

/** Checks of single option values, which name the option and what it takes and never repeat the value. */

import { WebhookError } from './errors.ts';

export function refuseOption(at: string, hint: string): WebhookError {
  return new WebhookError('options_invalid', { at, hint });
}

/** @throws options_invalid */
export function wholeNumber(at: string, value: unknown, least: number, most: number, otherwise: number): number {
  if (value === undefined) return otherwise;
  if (Number.isInteger(value) && (value as number) >= least && (value as number) <= most) return value as number;
  throw refuseOption(at, `It takes a whole number from ${least} to ${most}.`);
}

/** @throws options_invalid */
export function positiveSeconds(at: string, value: unknown, most: number, otherwise: number): number {
  if (value === undefined) return otherwise;
  if (typeof value === 'number' && value > 0 && value <= most) return value;
  throw refuseOption(at, `It takes a number of seconds above 0 and up to ${most}.`);
}

/** What a function among the options gives, where it has to give a name. @throws options_invalid */
export function askText(at: string, ask: () => unknown): string {
  let text: unknown;
  try {
    text = ask();
  } catch (cause) {
    throw new WebhookError('options_invalid', { at, hint: 'It threw.', cause });
  }
  if (typeof text === 'string' && text !== '') return text;
  throw refuseOption(at, 'It has to give a non-empty string.');
}

/** @throws options_invalid for the first name that is not among the known ones */
export function requireKnownNames(given: object, known: ReadonlySet<string>, prefix = ''): void {
  for (const name of Object.keys(given)) {
    if (!known.has(name)) {
      throw refuseOption(`${prefix}${name}`, `There is no such option. There are: ${[...known].join(', ')}.`);
    }
  }
}

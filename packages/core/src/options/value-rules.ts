/** Checks the values of a description: those that are not known would be taken for others, or for none. */

import { optionError, type ValueRule } from './option-values.ts';

/** @throws options_invalid */
export function requireValue(value: unknown, rule: ValueRule, at: string): void {
  if (typeof rule === 'string') {
    if (typeof value === rule) return;
    throw optionError(at, rule === 'boolean' ? 'Expected true or false.' : `Expected a ${rule}.`);
  }
  if ([value].flat().every((one) => rule.includes(one as string))) return;
  throw optionError(at, `Expected ${rule.slice(0, -1).join(', ')}${rule.length > 1 ? ' or ' : ''}${rule.at(-1)}.`);
}

/**
 * Asks a person at a terminal for missing values. If there is no one, there are no prompts, and a missing value is an
 * error.
 */

import { registry } from '@countersign/providers/registry';
import { CliFailure, exitCodes } from './failure.ts';
import { isSet } from './output.ts';
import type { Surroundings } from './surroundings.ts';

/** The available questions. */
export interface Prompts {
  /** The shared secret, shown only as dots and not stored. @throws CliFailure cancelled */
  askSecret(provider: string): Promise<string>;
  /** The id of a sender. @throws CliFailure cancelled */
  chooseProvider(): Promise<string>;
}

/** Undefined if no one can answer: no terminal, CI, `--json`, `--no-input`. */
export function createPrompts(commandLine: readonly string[], surroundings: Surroundings): Prompts | undefined {
  const { terminal, env } = surroundings;
  const end = commandLine.indexOf('--');
  const flags = end < 0 ? commandLine : commandLine.slice(0, end);
  const isQuiet = flags.includes('--json') || flags.includes('--no-input') || isSet(env.CI) || env.TERM === 'dumb';
  if (terminal === undefined || isQuiet) return undefined;
  const streams = { ...terminal, withGuide: false };
  return {
    async askSecret(provider) {
      const { password } = await import('@clack/prompts');
      const validate = (value: string | undefined) =>
        value === undefined || value === '' ? 'It is empty.' : undefined;
      return requireAnswer(await password({ ...streams, message: `The secret shared with ${provider}`, validate }));
    },
    async chooseProvider() {
      const { autocomplete } = await import('@clack/prompts');
      const options = [...registry.values()]
        .filter(({ kind }) => kind !== 'unverifiable')
        .map(({ id, title }) => ({ value: id, label: title, hint: id }));
      return requireAnswer(await autocomplete({ ...streams, message: 'Which sender?', options, maxItems: 10 }));
    },
  };
}

function requireAnswer(answer: string | symbol): string {
  // Ctrl-C and Escape return a symbol.
  if (typeof answer === 'string') return answer;
  throw new CliFailure('cancelled', 'cancelled.', { exitCode: exitCodes.interrupted });
}

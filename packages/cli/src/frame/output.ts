/** Writes a command's output: for people, or as one JSON object for scripts. Errors are one line. */

import { inspect } from 'node:util';
import picocolors from 'picocolors';
import type { CliFailure, ExitCode } from './failure.ts';
import type { Surroundings } from './surroundings.ts';

/** The streams that commands write to. */
export interface Output {
  readonly isJson: boolean;
  readonly colors: ReturnType<typeof picocolors.createColors>;
  /** The result: the object with `--json`, otherwise the lines. */
  show(result: object, lines: () => readonly string[]): void;
  /** A note that ends nothing. Written to stderr, so that stdout has only the result. */
  warn(message: string): void;
  /** The warnings so far, for results. */
  readonly warnings: readonly string[];
  /** Ends with one line, with `--verbose` followed by the stack, and returns the exit code. */
  fail(failure: CliFailure): ExitCode;
}

/** `--json`, `--verbose` and `--no-color` apply wherever they are, so that they also apply to a wrong command line. */
export function createOutput(commandLine: readonly string[], surroundings: Surroundings): Output {
  const { stdout, stderr, env } = surroundings;
  const end = commandLine.indexOf('--');
  const flags = end < 0 ? commandLine : commandLine.slice(0, end);
  const isJson = flags.includes('--json');
  const isVerbose = flags.includes('--verbose') || isSet(env.DEBUG);
  const isColored = (stream: { readonly isTTY?: boolean | undefined }) =>
    !flags.includes('--no-color') && hasColors(stream.isTTY === true, env);
  const warnings: string[] = [];
  const errorColors = picocolors.createColors(isColored(stderr));
  return {
    isJson,
    colors: picocolors.createColors(!isJson && isColored(stdout)),
    show(result, lines) {
      stdout.write(
        isJson
          ? `${JSON.stringify(result, null, 2)}\n`
          : lines()
              .map((line) => `${line}\n`)
              .join(''),
      );
    },
    warnings,
    warn(message) {
      warnings.push(message);
      stderr.write(`countersign: ${errorColors.yellow('warning:')} ${printable(message)}\n`);
    },
    fail(failure) {
      const { code, message, exitCode, cause } = failure;
      if (isJson) stdout.write(`${JSON.stringify({ error: { code, message } }, null, 2)}\n`);
      stderr.write(`countersign: ${errorColors.red(printable(message))}\n`);
      if (isVerbose) stderr.write(`${inspect(cause ?? failure)}\n`);
      return exitCode;
    },
  };
}

/** Text of a delivery or a file without control sequences, and on one line. */
export function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}

/** Pairs as two columns, the first as wide as its longest. */
export function columns(pairs: readonly (readonly [name: string, value: string])[], indent = '  '): string[] {
  const width = Math.max(0, ...pairs.map(([name]) => name.length));
  return pairs.map(([name, value]) => `${indent}${name.padEnd(width)}  ${value}`.trimEnd());
}

/** https://no-color.org: set and not empty, whatever the value. FORCE_COLOR is for CI logs that show colours. */
function hasColors(isTerminal: boolean, env: Surroundings['env']): boolean {
  if (env.NO_COLOR !== undefined && env.NO_COLOR !== '') return false;
  if (isSet(env.FORCE_COLOR)) return true;
  return isTerminal && env.TERM !== 'dumb';
}

/** True if a switch of the environment is on. */
export function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== '' && value !== '0' && value !== 'false';
}

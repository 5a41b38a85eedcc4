/** The frame of every command. */

import type { ExitCode } from './failure.ts';
import type { Output } from './output.ts';
import type { Prompts } from './prompts.ts';
import type { Surroundings } from './surroundings.ts';

/** Passed to a command in addition to its arguments. */
export interface Frame {
  readonly surroundings: Surroundings;
  readonly output: Output;
  /** Asks for missing values; undefined if no one can answer. */
  readonly prompts?: Prompts | undefined;
  /**
   * The exit code of the process. A command sets it if the result is no; it throws a CliFailure if there is no result.
   */
  exitCode: ExitCode;
}

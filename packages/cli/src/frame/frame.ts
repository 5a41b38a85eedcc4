/** The frame in which every command stands. */

import type { ExitCode } from './failure.ts';
import type { Output } from './output.ts';
import type { Prompts } from './prompts.ts';
import type { Surroundings } from './surroundings.ts';

/** What a command is given beside its arguments. */
export interface Frame {
  readonly surroundings: Surroundings;
  readonly output: Output;
  /** Asks for what is missing; undefined where nobody can answer. */
  readonly prompts?: Prompts | undefined;
  /** What the process ends with. A command sets it where the answer is no; it throws a CliFailure where there is none. */
  exitCode: ExitCode;
}

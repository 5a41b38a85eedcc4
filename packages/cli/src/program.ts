/** Puts the commands together and runs one. */

import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { addAdd } from './commands/add.ts';
import { addArchive } from './commands/archive.ts';
import { addCompletion } from './commands/completion.ts';
import { addContract } from './commands/contract.ts';
import { addDoctor } from './commands/doctor.ts';
import { addListen } from './commands/listen.ts';
import { addMigrate } from './commands/migrate.ts';
import { addProviders } from './commands/providers.ts';
import { addSend } from './commands/send.ts';
import { addSign } from './commands/sign.ts';
import { addSimulate } from './commands/simulate.ts';
import { addTypes } from './commands/types.ts';
import { addVerify } from './commands/verify.ts';
import { type ExitCode, exitCodes, failureOf } from './frame/failure.ts';
import type { Frame } from './frame/frame.ts';
import { createOutput } from './frame/output.ts';
import { createPrompts } from './frame/prompts.ts';
import type { Surroundings } from './frame/surroundings.ts';

/** Adds one command to the program. A new command is a file in `commands` and a row in this list. */
const commands: readonly ((program: Command, frame: Frame) => void)[] = [
  addProviders,
  addVerify,
  addDoctor,
  addAdd,
  addTypes,
  addMigrate,
  addSign,
  addSend,
  addListen,
  addContract,
  addSimulate,
  addArchive,
  addCompletion,
];

const afterHelp = `
Exit codes:
  0  success: the delivery verifies, every response was 2xx, every case passes, no event was given up, lost or
     doubled, doctor found no problem in a project or a clock, files are written, no call is left to migrate
  1  failure: the delivery does not verify, a response was not 2xx, a case fails, an event was given up, lost or
     doubled, types are out of date, calls are left to migrate by hand, doctor found a problem in a project or a clock, or no sender matches the filter
  2  could not run: wrong usage, an unreadable file, an unknown provider or project, a file that exists, a missing
     secret, an unreachable endpoint
  130  stopped with Ctrl-C

At a terminal, you are asked for a missing sender or secret; in scripts, in CI, with --json and with --no-input it is an error.

Environment:
  COUNTERSIGN_SECRET  the shared secret, if no other source is named
  NO_COLOR            no colours
  DEBUG               the same as --verbose

Examples:
  $ countersign providers stripe
  $ countersign add stripe --dry-run
  $ countersign verify --provider stripe --headers headers.txt --body body.json
  $ countersign doctor --project
  $ countersign contract http://localhost:3000/webhooks/stripe --provider stripe
  $ source <(countersign completion bash)`;

/** Runs one command line, without the name of the program. Never throws. */
export async function run(commandLine: readonly string[], surroundings: Surroundings): Promise<ExitCode> {
  const frame: Frame = {
    surroundings,
    output: createOutput(commandLine, surroundings),
    prompts: createPrompts(commandLine, surroundings),
    exitCode: exitCodes.good,
  };
  try {
    await createProgram(frame).parseAsync(commandLine, { from: 'user' });
    return frame.exitCode;
  } catch (thrown) {
    if (!(thrown instanceof CommanderError)) return frame.output.fail(failureOf(thrown));
    if (thrown.exitCode === 0) return exitCodes.good;
    if (thrown.code !== 'commander.help') return frame.output.fail(failureOf(thrown));
    return frame.output.fail(
      failureOf(new CommanderError(1, thrown.code, 'no command given. See countersign --help.')),
    );
  }
}

/** The tree of commands, for running it and for completion. */
export function createProgram(frame: Frame): Command {
  const { stdout, stderr } = frame.surroundings;
  const program = new Command('countersign')
    .description('Verifies incoming webhooks from the command line.')
    .version(readVersion(), '-V, --version', 'print the version')
    .option('--json', 'print one JSON object')
    .option('--verbose', 'print the stack of an error')
    .option('--no-color', 'print without colours')
    .option('--no-input', 'never ask; exit with 2 if something is missing')
    .helpOption('-h, --help', 'print help')
    .helpCommand('help [command]', 'print help')
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: (text) => stdout.write(text),
      writeErr: (text) => stderr.write(text),
      // Said once, by the frame.
      outputError: () => {},
      getOutHelpWidth: () => stdout.columns ?? 100,
      getErrHelpWidth: () => stderr.columns ?? 100,
    })
    .exitOverride()
    .addHelpText('after', afterHelp);
  for (const add of commands) add(program, frame);
  return program;
}

/** From the manifest, which is next to both `src` and `dist`. */
function readVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  return (manifest as { readonly version: string }).version;
}

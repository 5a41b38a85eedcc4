/** `countersign doctor`: why a delivery that ought to verify does not, and what in a project keeps them from it. */

import { frameworks } from '@countersign/adapter-servers/frameworks';
import { type Cause, type DiagnoseOptions, type Diagnosis, diagnose } from '@countersign/core/diagnose';
import { presetsWithSecrets } from '@countersign/providers/tools/preset-lists';
import { type Command, Option } from 'commander';
import { addCaptureOptions, type CaptureOptions, readCapture, requireOneCapture } from '../flags/capture-options.ts';
import { addProviderOptions, loadProvider } from '../flags/provider-choice.ts';
import { addSecretOptions, readMaterial, type SecretOptions } from '../flags/secrets.ts';
import { parseUrl } from '../flags/target.ts';
import { CliFailure, exitCodes } from '../frame/failure.ts';
import type { Frame } from '../frame/frame.ts';
import { requireOneStdin } from '../frame/input-file.ts';
import { printable } from '../frame/output.ts';
import { parseTime } from '../frame/time.ts';
import { examineProject, type ProjectOptions } from '../project/examine-project.ts';

interface DoctorOptions extends ProjectOptions, CaptureOptions, SecretOptions {
  readonly at?: Date;
  readonly publicUrl?: string;
  readonly otherSecretEnv?: readonly string[];
  readonly framework?: string;
}

const help = `
A delivery: give it as your app has it, damaged or not, with the secret that your app has. It undoes one thing at a time, then two:
JSON written anew, line ends, base64, a secret with white space or in another encoding, another header, another address. A cause is
proved when the signature is right without it. No signature, secret or body is ever printed.

A project: --project reads its source, its .env files and the environment, and names the places that break webhooks: body parsers
that run first, bodies written anew, placeholders as secrets, secrets in the source. Nothing of it is run, and no value is printed.
--clock-url compares the clock of this machine with the Date of one answer.

Exit codes:
  0  it verifies; nothing was found in the project
  1  it does not verify, and the causes are named, or none was found, as for a forgery; something was found in the project
  2  it could not be tried

Examples:
  $ countersign doctor --provider stripe --headers headers.txt --body body.json
  $ countersign doctor --provider github --raw request.http --framework express
  $ countersign doctor --provider stripe --raw request.http --other-secret-env STRIPE_TEST_SECRET --json
  $ countersign doctor --project
  $ countersign doctor --project apps/api --clock-url https://api.stripe.com --provider stripe --json`;

/** Adds `doctor`. */
export function addDoctor(program: Command, frame: Frame): void {
  const command = program
    .command('doctor')
    .description('say why a delivery that ought to verify does not, or what in a project breaks webhooks');
  addSecretOptions(addCaptureOptions(addProviderOptions(command)))
    .addOption(
      new Option('--at <time>', 'when it came: ISO 8601, seconds since 1970, or now (default)').argParser((text) =>
        parseTime(text, frame),
      ),
    )
    .option('--public-url <url>', 'the origin the sender posts to, for schemes that sign the address')
    .option(
      '--other-secret-env <name>',
      'a variable with a secret of another endpoint, or of test mode; may be repeated',
      (value: string, before: readonly string[] | undefined) => [...(before ?? []), value],
    )
    .addOption(
      new Option('--framework <name>', 'names its means in what to do').choices(frameworks.map(({ id }) => id)),
    )
    .option('--project [folder]', 'look at a project in place of a delivery; default: the folder you are in')
    .option('--clock-url <url>', 'compare the clock with that of a server, by one request to this address', parseUrl)
    .option('--github', 'print annotations for GitHub Actions; on by itself where GITHUB_ACTIONS is true')
    .addHelpText('after', help)
    .action((options: DoctorOptions) =>
      options.project === undefined && options.clockUrl === undefined
        ? examine(frame, options)
        : lookAround(frame, options),
    );
}

async function lookAround(frame: Frame, options: DoctorOptions): Promise<void> {
  const { headers, body, har, curl, raw } = options;
  if ([headers, body, har, curl, raw].some((given) => given !== undefined))
    throw new CliFailure('usage', 'a delivery is given beside --project or --clock-url; look at one after the other.');
  await examineProject(frame, options);
}

async function examine(frame: Frame, options: DoctorOptions): Promise<void> {
  const { surroundings, output } = frame;
  requireOneCapture(options);
  const provider = await loadProvider(options, frame);
  const { headers, body, har, curl, raw, secretFile = [], key = [] } = options;
  requireOneStdin([headers, body, har, curl, raw, ...secretFile, ...key]);
  const { secrets, keys } = await readMaterial(provider.scheme.material, provider.name, options, frame);
  const delivery = await readCapture(options, surroundings);
  for (const note of delivery.notes) output.warn(note);
  const now = options.at ?? surroundings.clock();
  const framework = frameworks.find(({ id }) => id === options.framework);
  const given: DiagnoseOptions = {
    clock: () => now,
    maxMilliseconds: 10_000,
    otherSecrets: othersOf(options.otherSecretEnv ?? [], surroundings.env),
    otherProviders: await presetsWithSecrets(),
    ...(keys !== undefined && { keys }),
    ...(options.publicUrl !== undefined && { publicUrl: options.publicUrl }),
    ...(framework !== undefined && { framework }),
  };
  const diagnosis = await diagnose(delivery, provider, secrets, given);
  if (diagnosis.verdict !== 'verifies') frame.exitCode = exitCodes.refused;
  output.show({ provider: provider.name, ...diagnosis }, () =>
    linesOf(diagnosis, provider.title ?? provider.name, output),
  );
}

function linesOf(
  { verdict, causes, error, attempts }: Diagnosis,
  title: string,
  { colors }: Frame['output'],
): string[] {
  if (verdict === 'verifies') return [`${colors.green('verifies')}: ${title}`];
  const said =
    error === undefined
      ? []
      : [`the receiver says ${error.code}${error.at === undefined ? '' : ` at ${printable(error.at)}`}`];
  if (verdict === 'unexplained') {
    return [
      `${colors.red('not explained')}: ${title}; ${said.join('')}`,
      `  ${attempts} ways were tried. It is forged, the secret is that of another endpoint, or the body was changed beyond repair.`,
    ];
  }
  return [
    `${colors.yellow('explained')}: ${title}; ${said.join('')}`,
    ...causes.flatMap((cause) => causeLines(cause, colors)),
  ];
}

function causeLines({ code, what, fix, certainty }: Cause, colors: Frame['output']['colors']): string[] {
  return ['', `  ${colors.bold(code)} (${certainty})`, `  ${printable(what)}`, `  ${printable(fix)}`];
}

function othersOf(names: readonly string[], env: Frame['surroundings']['env']): Record<string, string> {
  return Object.fromEntries(
    names.map((name) => {
      const value = env[name];
      if (value !== undefined && value !== '') return [name, value];
      throw new CliFailure('secret_missing', 'a variable of --other-secret-env is not set, or is empty.');
    }),
  );
}

/** `countersign doctor`: finds out why a genuine delivery does not verify, and finds problems in a project. */

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
A delivery: pass it as your app has it, damaged or not, with the secret that your app has. doctor undoes one possible change at a time, then two:
JSON serialised again, line endings, base64, a secret with whitespace or in another encoding, another header, another URL. A cause is
proved if the signature matches without it. No signature, secret or body is ever printed.

A project: --project reads its source, its .env files and the environment, and lists the places that break webhooks: body parsers
that run first, bodies serialised again, placeholders as secrets, secrets in the source. Nothing is run, and no value is printed.
--clock-url compares this machine's clock with the Date of one response.

Exit codes:
  0  it verifies; there are no findings in the project
  1  it does not verify, and the causes are listed, or there is none, as for a forgery; there are findings in the project
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
    .description('explain why a genuine delivery does not verify, or find problems that break webhooks in a project');
  addSecretOptions(addCaptureOptions(addProviderOptions(command)))
    .addOption(
      new Option('--at <time>', 'the time of arrival: ISO 8601, seconds since 1970, or now (default)').argParser(
        (text) => parseTime(text, frame),
      ),
    )
    .option('--public-url <url>', 'the origin the sender posts to, for schemes that sign the URL')
    .option(
      '--other-secret-env <name>',
      'a variable with a secret of another endpoint, or of test mode; may be repeated',
      (value: string, before: readonly string[] | undefined) => [...(before ?? []), value],
    )
    .addOption(
      new Option('--framework <name>', 'makes the fix specific to this framework').choices(
        frameworks.map(({ id }) => id),
      ),
    )
    .option('--project [folder]', 'check a project instead of a delivery; default: the current folder')
    .option('--clock-url <url>', "compare the clock with a server's, with one request to this URL", parseUrl)
    .option('--github', 'print annotations for GitHub Actions; automatic if GITHUB_ACTIONS is true')
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
    throw new CliFailure(
      'usage',
      'a delivery is given together with --project or --clock-url; check one after the other.',
    );
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
      `  ${attempts} variants were tried. It is forged, the secret is that of another endpoint, or the body was changed too much.`,
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

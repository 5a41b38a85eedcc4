/** `countersign contract`: checks that an endpoint in any language does what a good endpoint does. */

import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { isWebhookError, type Provider } from '@countersign/core';
import {
  type CaseResult,
  type ContractReport,
  runWebhookContract,
  type StatusRule,
  type WebhookContractOptions,
} from '@countersign/testing';
import type { Command } from 'commander';
import { addProviderOptions, loadProvider, type ProviderOptions } from '../flags/provider-choice.ts';
import { addSigningOptions, readSigningMaterial, type SigningFlags } from '../flags/signing-material.ts';
import {
  addControlOption,
  addWaitOption,
  controlOf,
  parseCount,
  parseUrl,
  requireReachable,
  withoutQuery,
} from '../flags/target.ts';
import { CliFailure, exitCodes } from '../frame/failure.ts';
import type { Frame } from '../frame/frame.ts';
import { nameOf, readInput } from '../frame/input-file.ts';
import { printable } from '../frame/output.ts';
import { startProgress } from '../frame/progress.ts';
import { toAnnotations, toJunit } from '../reports/contract-formats.ts';

interface ContractOptions extends ProviderOptions, SigningFlags {
  readonly previousSecretEnv?: string;
  readonly publicUrl?: string;
  readonly control?: string;
  readonly tolerance?: number;
  readonly maxBody?: number;
  readonly timeout?: number;
  readonly wait?: number;
  readonly expect?: readonly string[];
  readonly junit?: string;
  readonly github?: boolean;
  readonly body?: string;
}

const help = `
Sends about fifty deliveries to the endpoint: genuine, forged, malformed and old ones, copies, and retries. The endpoint runs in
its own process, in any language. With --control, the app under test reports how often an event took effect, and makes its handler fail:
  GET  <control>?effects=<id>      responds with a number
  POST <control>?failing=on|off    the handler fails; ?hanging=on|off: it hangs
Without it, only statuses are judged: whether copies and retries take effect twice is not checked, and the cases with a failing
handler are left out.

Exit codes:
  0  every case that could be checked passes
  1  a case fails
  2  it could not run: wrong usage, an unreachable endpoint, a missing secret

Examples:
  $ export COUNTERSIGN_SECRET=...
  $ countersign contract http://localhost:3000/webhooks/stripe --provider stripe
  $ countersign contract $URL --provider github --control http://localhost:3000/test --junit report.xml
  $ npm start & countersign contract http://localhost:3000/webhooks/stripe --provider stripe --wait 30
  $ countersign contract $URL --provider slack --expect empty_body=any --expect gzip=skip
  $ countersign contract $URL --provider github --type push --body push.json`;

/** Adds `contract`. */
export function addContract(program: Command, frame: Frame): void {
  const command = program
    .command('contract')
    .description('check that an endpoint verifies, refuses, deduplicates and recovers')
    .argument('<url>', 'the endpoint', parseUrl);
  addWaitOption(addControlOption(addSigningOptions(addProviderOptions(command))))
    .option('--previous-secret-env <name>', 'the variable with a second secret that the endpoint must also accept')
    .option(
      '--public-url <url>',
      "the URL the sender posts to, if it is signed and differs from the endpoint's",
      parseUrl,
    )
    .option('--tolerance <seconds>', "the replay window of the endpoint; default the provider's", parseCount)
    .option('--max-body <bytes>', 'the largest body the endpoint accepts; default 1 MiB', parseCount)
    .option('--timeout <seconds>', 'maximum time for one response; default 10', parseCount)
    .option(
      '--expect <case=rule>',
      'the right response of this endpoint: a status, accepted, refused, not_2xx, any, or skip; may be repeated',
      (value: string, before: readonly string[] | undefined) => [...(before ?? []), value],
    )
    .option(
      '--body <file>',
      'an event that your handler understands; {{id}} in it is replaced by the id of each new event',
    )
    .option('--junit <file>', 'write the report as JUnit XML too')
    .option('--github', 'print annotations for GitHub Actions; automatic if GITHUB_ACTIONS is true')
    .addHelpText('after', help)
    .action((url: string, options: ContractOptions) => proveContract(frame, url, options));
}

async function proveContract(frame: Frame, url: string, options: ContractOptions): Promise<void> {
  const { output, surroundings } = frame;
  const provider = await loadProvider(options, frame);
  const material = await readSigningMaterial(provider, options, frame);
  const previousSecret = previousOf(options, surroundings.env);
  const expect = parseExpectations(options.expect ?? []);
  const body = options.body === undefined ? undefined : await readBodyTemplate(options.body, provider, frame);
  await requireReachable(url, options.wait);
  const { effects, failing, hanging } = options.control === undefined ? ({} as never) : controlOf(options.control);
  const { publicUrl, tolerance, maxBody, timeout } = options;
  const given = {
    provider,
    ...material,
    target: url,
    expect,
    url: publicUrl,
    previousSecret,
    effects,
    failing,
    hanging,
    toleranceSeconds: tolerance,
    maxBodyBytes: maxBody,
    timeoutSeconds: timeout,
    body,
  };
  const known = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  const { colors } = output;
  const progress = await startProgress(frame, 'cases', undefined);
  const said = new Set<string>();
  const tell = (result: CaseResult) => {
    progress.advance();
    const lines = linesOf(inWordsOfFlags(result), colors, said);
    if (!output.isJson) progress.around(() => surroundings.stdout.write(`${lines.join('\n')}\n`));
  };
  const ran = await runWebhookContract(known as unknown as WebhookContractOptions, tell)
    .catch(nameFlag)
    .finally(progress.stop);
  const report = { ...ran, results: ran.results.map(inWordsOfFlags) };
  if (report.fallShort > 0) frame.exitCode = exitCodes.refused;
  if (options.junit !== undefined) await writeReport(resolve(surroundings.folder, options.junit), report, url);
  const target = withoutQuery(url);
  output.show({ target, ...report }, () => [
    '',
    `${report.holds} hold, ${report.fallShort} fall short, ${report.notChecked} not checked, ${report.leftOut} left out: ${provider.title ?? provider.name} at ${target}`,
    ...(options.github === true || surroundings.env.GITHUB_ACTIONS === 'true' ? toAnnotations(report) : []),
  ]);
}

/** The library's phrases about its options, and the command line's own. */
const wordsOfFlags: readonly (readonly [ofLibrary: string, ofFlags: string])[] = [
  [
    'give a body that it understands (body: (id) => ..., or a type)',
    'pass a body that it understands with --body FILE, or another type with --type',
  ],
  ['No previousSecret was given.', 'No --previous-secret-env was given.'],
  ['No option was given that makes the handler', 'No --control was given, which makes the handler'],
  ['took effect; pass effects.', 'took effect; pass --control.'],
  ['Does effects count by the id', 'Does --control count by the id'],
];

function inWordsOfFlags(result: CaseResult): CaseResult {
  const put = (text: string) => wordsOfFlags.reduce((now, [from, to]) => now.replace(from, to), text);
  const { detail, meaning } = result;
  return {
    ...result,
    ...(detail !== undefined && { detail: put(detail) }),
    ...(meaning !== undefined && { meaning: put(meaning) }),
  };
}

/** @throws CliFailure usage for a case of `--expect` that does not exist; other errors stay unchanged */
function nameFlag(thrown: unknown): never {
  if (!isWebhookError(thrown) || thrown.at !== 'webhookContract() expect') throw thrown;
  throw new CliFailure('usage', `--expect: ${thrown.hint}`, { cause: thrown });
}

/** @param said reasons why earlier cases were not checked: each reason is printed once */
function linesOf(result: CaseResult, colors: Frame['output']['colors'], said: Set<string>): string[] {
  const { verdict, detail = '', meaning = '' } = result;
  const title = `${result.title} (${result.id})`;
  if (verdict === 'holds') return [`${colors.green('✓')} ${title}`];
  if (verdict === 'not_checked') {
    const reason = said.has(detail) ? '' : ` ${printable(detail)}`;
    said.add(detail);
    return [`${colors.dim('?')} ${title}: not checked.${reason}`];
  }
  if (verdict === 'left_out') return [`${colors.dim('–')} ${colors.dim(`${title}: left out. ${printable(detail)}`)}`];
  return [`${colors.red('✗')} ${title}`, `    ${printable(detail)}`, ...(meaning === '' ? [] : [`    ${meaning}`])];
}

/**
 * @throws CliFailure usage for a body without a place for the id, if the sender puts it in the body: each case is about
 *   a new event
 */
async function readBodyTemplate(path: string, { eventId }: Provider, frame: Frame): Promise<(id: string) => string> {
  const text = Buffer.from(await readInput(path, frame.surroundings)).toString('utf8');
  if (eventId !== undefined && 'json' in eventId && !text.includes('{{id}}')) {
    throw new CliFailure(
      'usage',
      `${nameOf(path)} has no {{id}}. Each case sends a new event: put {{id}} where the sender puts the id.`,
    );
  }
  return (id) => text.replaceAll('{{id}}', id);
}

function previousOf({ previousSecretEnv }: ContractOptions, env: Frame['surroundings']['env']): string | undefined {
  if (previousSecretEnv === undefined) return undefined;
  const value = env[previousSecretEnv];
  if (value !== undefined && value !== '') return value;
  throw new CliFailure('secret_missing', 'the variable of --previous-secret-env is not set, or is empty.');
}

const rules = ['accepted', 'refused', 'not_2xx', 'any'];

function parseExpectations(given: readonly string[]): Record<string, StatusRule | { leftOut: string }> {
  return Object.fromEntries(
    given.map((text) => {
      const [id = '', rule = ''] = text.split('=', 2);
      if (rule === 'skip') return [id, { leftOut: 'Left out by --expect.' }];
      if (rules.includes(rule)) return [id, rule as StatusRule];
      if (/^[1-5]\d\d(?:,[1-5]\d\d)*$/.test(rule)) return [id, rule.split(',').map(Number)];
      throw new CliFailure('usage', `--expect takes case=rule, with a status, ${rules.join(', ')} or skip.`);
    }),
  );
}

async function writeReport(path: string, report: ContractReport, url: string): Promise<void> {
  try {
    await writeFile(path, toJunit(report, withoutQuery(url)));
  } catch (cause) {
    throw new CliFailure('file_unwritable', `cannot write the file of --junit.`, { cause });
  }
}

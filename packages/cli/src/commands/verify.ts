/** `countersign verify`: checks whether a captured delivery verifies, and if not, why. */

import { createReceiver, isWebhookError, type Provider } from '@countersign/core';
import { type Command, InvalidArgumentError, Option } from 'commander';
import {
  addCaptureOptions,
  type CapturedDelivery,
  type CaptureOptions,
  readCapture,
  requireOneCapture,
} from '../flags/capture-options.ts';
import { addProviderOptions, loadProvider, type ProviderOptions } from '../flags/provider-choice.ts';
import { addSecretOptions, type Material, readMaterial, type SecretOptions } from '../flags/secrets.ts';
import { CliFailure, exitCodes, failureOf, inFlags } from '../frame/failure.ts';
import type { Frame } from '../frame/frame.ts';
import { requireOneStdin } from '../frame/input-file.ts';
import { columns } from '../frame/output.ts';
import { parseTime } from '../frame/time.ts';
import { describeHandshake, findHandshake } from '../reports/handshake-check.ts';
import { describeEvent, describeRefusal } from '../reports/verification-report.ts';

interface VerifyOptions extends ProviderOptions, CaptureOptions, SecretOptions {
  readonly at?: Date;
  readonly tolerance?: number;
  readonly ignoreWindow?: boolean;
  readonly publicUrl?: string;
}

const help = `
Exit codes:
  0  it verifies
  1  it does not verify; the error's code, place and hint are printed. A handshake, which is not a delivery, is named
  2  it could not be tried: wrong usage, an unreadable file or capture, an unknown provider, a missing secret

Examples:
  $ export COUNTERSIGN_SECRET=...
  $ countersign verify --provider stripe --headers headers.txt --body body.json
  $ countersign verify --provider github --raw request.http
  $ pbpaste | countersign verify --provider slack --curl - --at 2026-11-21T09:00:00Z
  $ countersign verify --provider svix --har session.har --entry 12 --secret-env SVIX_WEBHOOK_SECRET --json
  $ countersign verify --provider twilio --raw request.http --public-url https://example.com`;

/** Adds `verify`. */
export function addVerify(program: Command, frame: Frame): void {
  const command = program.command('verify').description('report whether a captured delivery verifies');
  addSecretOptions(addCaptureOptions(addProviderOptions(command)))
    .addOption(
      new Option('--at <time>', 'the time of the check: ISO 8601, seconds since 1970, or now (default)').argParser(
        (text) => parseTime(text, frame),
      ),
    )
    .addOption(
      new Option('--tolerance <seconds>', "the replay window, instead of the provider's").argParser(parseSeconds),
    )
    .option('--ignore-window', 'accept a signed timestamp of any age')
    .option('--public-url <url>', 'the origin the sender posts to, for schemes that sign the URL')
    .addHelpText('after', help)
    .action((options: VerifyOptions) => verifyCapture(frame, options));
}

async function verifyCapture(frame: Frame, options: VerifyOptions): Promise<void> {
  const { surroundings, output } = frame;
  requireOneCapture(options);
  const provider = await loadProvider(options, frame);
  requireOneStdin([...Object.values(pathsOf(options)), ...(options.secretFile ?? []), ...(options.key ?? [])]);
  const { material: needed } = provider.scheme;
  const material = await readMaterial(needed, provider.name, options, frame);
  const delivery = await readCapture(options, surroundings);
  for (const note of delivery.notes) output.warn(note);
  if (options.ignoreWindow === true) output.warn('the replay window is not checked: a delivery of any age passes.');
  const now = options.at ?? surroundings.clock();
  const { warnings } = output;
  const given = receiverOptions(provider, material, delivery, options, now, output.warn);
  const title = provider.title ?? provider.name;
  const circumstances = { checkedAt: now.toISOString(), warnings };
  try {
    const event = await createReceiver(given as never).verify(delivery);
    const { report, lines } = describeEvent(event, provider, material, now);
    const handshake = await findHandshake(provider, given, delivery);
    const shown = handshake === undefined ? {} : { handshake };
    output.show({ verified: true, provider: provider.name, ...report, ...shown, ...circumstances }, () => [
      `${output.colors.green('verifies')}: ${title}`,
      ...columns([...lines, ...(handshake === undefined ? [] : describeHandshake(handshake))]),
    ]);
  } catch (error) {
    // A fault on the receiver's own side says nothing about the delivery.
    if (!isWebhookError(error) || error.fault === 'receiver') throw forFlags(error, material);
    frame.exitCode = exitCodes.refused;
    const handshake = await findHandshake(provider, given, delivery);
    if (handshake !== undefined) {
      output.show({ verified: false, provider: provider.name, handshake, ...circumstances }, () => [
        `${output.colors.yellow('not a delivery, but a handshake')}: ${title}`,
        ...columns(describeHandshake(handshake)),
      ]);
      return;
    }
    const refusal = describeRefusal(error, delivery.capturedAt, now);
    output.show({ verified: false, provider: provider.name, error: refusal, ...circumstances }, () => [
      `${output.colors.red('does not verify')}: ${title}`,
      ...columns(Object.entries(refusal)),
    ]);
  }
}

function pathsOf({ headers, body, har, curl, raw }: CaptureOptions) {
  return { headers, body, har, curl, raw };
}

function receiverOptions(
  provider: Provider,
  { secrets, keys }: Material,
  { body }: CapturedDelivery,
  options: VerifyOptions,
  now: Date,
  warn: (message: string) => void,
): object {
  const defaultMaxBodyBytes = 1_048_576;
  if (body.byteLength > defaultMaxBodyBytes) {
    warn(
      `the body has ${body.byteLength} bytes; a receiver accepts ${defaultMaxBodyBytes} unless maxBodyBytes is higher.`,
    );
  }
  return {
    provider,
    ...(secrets !== undefined && { secrets }),
    ...(keys !== undefined && { keys }),
    clock: () => now,
    maxBodyBytes: Math.max(defaultMaxBodyBytes, body.byteLength),
    ...(options.tolerance !== undefined && { toleranceSeconds: options.tolerance }),
    ...(options.publicUrl !== undefined && { publicUrl: options.publicUrl }),
    dangerouslyIgnoreTimestamp: options.ignoreWindow === true,
    dangerouslyAllowWeakSecrets: options.allowWeakSecrets === true,
    // Handshakes are not verified here, so their options do not matter.
    onWarning: ({ code, message }: { readonly code: string; readonly message: string }) => {
      if (code === 'assumption') warn(message.replace(/ Set acceptAssumptions: true[^.]*\.$/, ''));
    },
  };
}

/** Names the flag or the source if an error names a receiver option. */
function forFlags(error: unknown, { sources }: Material): CliFailure {
  if (!isWebhookError(error)) return failureOf(error);
  const { code, at = '', hint } = error;
  // The library names the provider first, for apps with many receivers.
  const reason = inFlags(hint).replace(/^[a-z0-9-]+: /, '');
  const fail = (what: string) => new CliFailure(code, `${what}. ${reason}`, { cause: error });
  if (at === 'publicUrl') return fail('--public-url is missing or wrong');
  if (at === 'toleranceSeconds') return fail('--tolerance is wrong');
  const [, list, place = '0'] = /^(secrets|keys)(?:\[(\d+)\])?$/.exec(at) ?? [];
  const named = list === 'secrets' ? sources.secrets : list === 'keys' ? sources.keys : [];
  const source = code === 'secret_invalid' ? named[Number(place)] : undefined;
  return source === undefined ? failureOf(error) : fail(`${source} cannot be used`);
}

function parseSeconds(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('Expected a whole number of seconds.');
  return Number(text);
}

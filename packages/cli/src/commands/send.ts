/** `countersign send`: signed deliveries to an endpoint, one or many. */

import type { SignedDelivery } from '@countersign/testing';
import type { Command } from 'commander';
import { type LeftOutDelivery, partKept, readKept } from '../captures/kept-deliveries.ts';
import { addWaitOption, parseCount, parseUrl, requireReachable, withoutQuery } from '../flags/target.ts';
import { readText } from '../frame/bounded-text.ts';
import { CliFailure, exitCodes } from '../frame/failure.ts';
import type { Frame } from '../frame/frame.ts';
import { columns, printable } from '../frame/output.ts';
import { startProgress } from '../frame/progress.ts';
import { addDeliveryOptions, type DeliveryFlags, deliveryOf } from './sign.ts';

interface SendOptions extends DeliveryFlags {
  readonly count?: number;
  readonly lanes?: number;
  readonly timeout?: number;
  readonly wait?: number;
  readonly kept?: string;
  readonly refused?: boolean;
}

const help = `
Of the deliveries kept by listen, those that it refused are left out, because a signature with your secret would make a forgery genuine:
they are listed with their verdicts, and --refused sends them too. Requests with a method that the sender does not use are always left
out. Left-out deliveries do not change the exit code.

Exit codes:
  0  every delivery that was sent got a 2xx response
  1  one got another response, or none
  2  it could not be tried: wrong usage, an unreachable endpoint, a missing secret

Examples:
  $ countersign send http://localhost:3000/webhooks/stripe --provider stripe --type invoice.paid
  $ countersign send http://localhost:3000/hook --provider github --body payload.json
  $ countersign send http://localhost:3000/hook --provider svix --count 5000 --lanes 32
  $ countersign send http://localhost:3000/hook --provider stripe --kept deliveries.ndjson`;

/** Adds `send`. */
export function addSend(program: Command, frame: Frame): void {
  const command = program
    .command('send')
    .description('send signed deliveries to an endpoint')
    .argument('<url>', 'the endpoint', parseUrl);
  addWaitOption(addDeliveryOptions(command, frame))
    .option('--count <number>', 'number of deliveries, each a new event; default 1', parseCount)
    .option('--lanes <number>', 'number of concurrent deliveries; default 8', parseCount)
    .option('--timeout <seconds>', 'maximum time for one response; default 30', parseCount)
    .option('--kept <file>', 'the bodies kept by listen, each signed again, instead of --body and --count')
    .option('--refused', 'with --kept: also sign and send those that listen refused')
    .addHelpText('after', help)
    .action((url: string, options: SendOptions) => sendDeliveries(frame, url, options));
}

interface Sending {
  readonly status: number;
  readonly milliseconds: number;
  readonly body: string;
}

async function sendDeliveries(frame: Frame, url: string, options: SendOptions): Promise<void> {
  const { lanes = 8, timeout = 30 } = options;
  const { output, surroundings } = frame;
  if (options.refused === true && options.kept === undefined)
    throw new CliFailure('usage', '--refused only applies to --kept; pass --kept too.');
  const { provider, sign } = await deliveryOf(frame, options, url);
  const parted =
    options.kept === undefined
      ? undefined
      : partKept(await readKept(options.kept, surroundings), provider.methods ?? ['POST'], options.refused === true);
  const { sent: kept, leftOut } = parted ?? {};
  const count = kept?.length ?? options.count ?? 1;
  await requireReachable(url, options.wait);
  const results: Sending[] = [];
  let next = 0;
  const progress = count > 1 ? await startProgress(frame, 'sent', count) : undefined;
  const lane = async () => {
    while (next < count) {
      const { bodyBase64, id } = kept?.[next] ?? {};
      next += 1;
      const own = { ...(bodyBase64 !== undefined && { body: Buffer.from(bodyBase64, 'base64') }), ...(id && { id }) };
      results.push(await sendOne(await sign(own), timeout));
      progress?.advance();
    }
  };
  const startedAt = performance.now();
  await Promise.all(Array.from({ length: Math.min(lanes, count) }, lane)).finally(() => progress?.stop());
  const seconds = (performance.now() - startedAt) / 1000;
  if (results.some(({ status }) => status < 200 || status >= 300)) frame.exitCode = exitCodes.refused;
  const [only] = results;
  if (count === 1 && only !== undefined) {
    const text = only.status === 0 ? 'no answer' : String(only.status);
    output.show({ target: withoutQuery(url), ...only, ...(leftOut && { leftOut }) }, () => [
      `${only.status >= 200 && only.status < 300 ? output.colors.green(text) : output.colors.red(text)} in ${only.milliseconds} ms`,
      ...(only.body === '' ? [] : [printable(only.body)]),
      ...leftOutLines(leftOut),
    ]);
    return;
  }
  if (results.length === 0) {
    output.show({ target: withoutQuery(url), sent: 0, ...(leftOut && { leftOut }) }, () => [
      'nothing sent',
      ...leftOutLines(leftOut),
    ]);
    return;
  }
  const summary = summarise(results, seconds);
  output.show({ target: withoutQuery(url), ...summary, ...(leftOut && { leftOut }) }, () => [
    ...linesOf(summary, results),
    ...leftOutLines(leftOut),
  ]);
}

/** The deliveries of a kept file that were not sent: how many, and each with its verdict. */
function leftOutLines(leftOut: readonly LeftOutDelivery[] = []): string[] {
  if (leftOut.length === 0) return [];
  const isRefused = leftOut.some(({ reason }) => reason === 'refused');
  return [
    `${leftOut.length} left out${isRefused ? '; --refused sends those that listen refused' : ''}:`,
    ...columns(
      leftOut.map(({ line, verdict, method, url, reason }) => [
        `line ${line}`,
        printable(
          `${verdict ?? 'not verified'} ${method} ${url}${reason === 'method' ? ' (not a method of the sender)' : ''}`,
        ),
      ]),
    ),
  ];
}

async function sendOne({ url, method, headers, body }: SignedDelivery, timeoutSeconds: number): Promise<Sending> {
  const startedAt = performance.now();
  const end = (status: number, text: string) => ({
    status,
    milliseconds: Math.round((performance.now() - startedAt) * 10) / 10,
    body: text.slice(0, 1000),
  });
  try {
    const signal = AbortSignal.timeout(timeoutSeconds * 1000);
    const init = { method, headers, redirect: 'manual' as const, signal };
    const hasBody = method !== 'GET' && method !== 'HEAD';
    const response = await fetch(url, hasBody ? { ...init, body: Buffer.from(body) } : init);
    return end(response.status, await readText(response));
  } catch {
    return end(0, '');
  }
}

function summarise(results: readonly Sending[], seconds: number) {
  const times = results.map(({ milliseconds }) => milliseconds).sort((left, right) => left - right);
  const at = (part: number) => times[Math.min(times.length - 1, Math.floor(times.length * part))] as number;
  const statuses: Record<string, number> = {};
  for (const { status } of results) statuses[status] = (statuses[status] ?? 0) + 1;
  return {
    sent: results.length,
    perSecond: Math.round(results.length / seconds),
    statuses,
    milliseconds: { p50: at(0.5), p90: at(0.9), p99: at(0.99), max: at(1) },
  };
}

function linesOf(summary: ReturnType<typeof summarise>, results: readonly Sending[]): string[] {
  const { sent, perSecond, statuses, milliseconds } = summary;
  const counted = Object.entries(statuses).map(
    ([status, number]) => `${number} × ${status === '0' ? 'no answer' : status}`,
  );
  return [
    `${sent} sent, ${perSecond} a second: ${counted.join(', ')}`,
    ...columns(Object.entries(milliseconds).map(([name, value]) => [name, `${value} ms`])),
    ...histogram(results.map(({ milliseconds: value }) => value)),
  ];
}

/** Bars of doubling width in milliseconds. */
function histogram(values: readonly number[]): string[] {
  const bins = new Map<number, number>();
  for (const value of values) {
    const limit = 2 ** Math.ceil(Math.log2(Math.max(1, value)));
    bins.set(limit, (bins.get(limit) ?? 0) + 1);
  }
  const most = Math.max(...bins.values());
  const rows = [...bins].sort(([left], [right]) => left - right);
  return columns(
    rows.map(([limit, number]) => [`up to ${limit} ms`, `${'█'.repeat(Math.ceil((number / most) * 40))} ${number}`]),
  );
}

/** `countersign send`: signed deliveries to an endpoint, one or many. */

import type { SignedDelivery } from '@countersign/testing';
import type { Command } from 'commander';
import { readKept } from '../captures/kept-deliveries.ts';
import { addWaitOption, parseCount, parseUrl, requireReachable, withoutQuery } from '../flags/target.ts';
import { readText } from '../frame/bounded-text.ts';
import { exitCodes } from '../frame/failure.ts';
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
}

const help = `
Exit codes:
  0  every delivery was answered with 2xx
  1  one was answered otherwise, or not at all
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
    .option('--count <number>', 'how many, each a new event; default 1', parseCount)
    .option('--lanes <number>', 'how many at a time; default 8', parseCount)
    .option('--timeout <seconds>', 'longest time for one answer; default 30', parseCount)
    .option('--kept <file>', 'the bodies that listen has kept, each signed anew, in place of --body and --count')
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
  const sign = await deliveryOf(frame, options, url);
  const kept = options.kept === undefined ? undefined : await readKept(options.kept, surroundings);
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
    output.show({ target: withoutQuery(url), ...only }, () => [
      `${only.status >= 200 && only.status < 300 ? output.colors.green(text) : output.colors.red(text)} in ${only.milliseconds} ms`,
      ...(only.body === '' ? [] : [printable(only.body)]),
    ]);
    return;
  }
  const summary = summarise(results, seconds);
  output.show({ target: withoutQuery(url), ...summary }, () => linesOf(summary, results));
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

/** `countersign simulate`: a sender with its retry schedule and its failures, against an endpoint. */

import { type SimulationOptions, type SimulationReport, simulateSender } from '@countersign/testing';
import { type Command, InvalidArgumentError } from 'commander';
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
import { exitCodes } from '../frame/failure.ts';
import type { Frame } from '../frame/frame.ts';
import { columns } from '../frame/output.ts';
import { startProgress } from '../frame/progress.ts';

interface SimulateOptions extends ProviderOptions, SigningFlags {
  readonly control?: string;
  readonly events?: number;
  readonly seed?: number;
  readonly speed?: number;
  readonly duplicates?: number;
  readonly reorder?: number;
  readonly timeouts?: number;
  readonly wait?: number;
  readonly crashes?: number;
}

const help = `
In virtual time there is no waiting; with --speed 3600 an hour of the sender's time takes a second. With --control the app
reports which events took effect (GET <control>?order responds with a JSON array of ids), and lost or doubled events are reported.

Exit codes:
  0  no event was given up, lost or doubled
  1  one was
  2  it could not run

Examples:
  $ countersign simulate http://localhost:3000/hook --provider stripe --events 500 --duplicates 0.1
  $ countersign simulate $URL --provider svix --timeouts 0.05 --crashes 0.05 --control http://localhost:3000/test --seed 7`;

/** Adds `simulate`. */
export function addSimulate(program: Command, frame: Frame): void {
  const command = program
    .command('simulate')
    .description("deliver events on the sender's retry schedule, with duplicates, reordering, timeouts and crashes")
    .argument('<url>', 'the endpoint', parseUrl);
  addWaitOption(addControlOption(addSigningOptions(addProviderOptions(command))))
    .option('--events <number>', 'number of events; default 100', parseCount)
    .option('--seed <number>', 'the same seed sends the same deliveries; default 1', parseCount)
    .option('--speed <factor>', "speed of the sender's time; default: virtual time", parseCount)
    .option('--duplicates <rate>', 'rate at which an attempt is sent twice, from 0 to 1', parseRate)
    .option('--reorder <rate>', 'rate at which an event is held back', parseRate)
    .option('--timeouts <rate>', 'rate at which the sender hangs up before the response', parseRate)
    .option('--crashes <rate>', 'rate at which the sender forgets a success', parseRate)
    .addHelpText('after', help)
    .action((url: string, options: SimulateOptions) => simulate(frame, url, options));
}

async function simulate(frame: Frame, url: string, options: SimulateOptions): Promise<void> {
  const provider = await loadProvider(options, frame);
  const material = await readSigningMaterial(provider, options, frame);
  await requireReachable(url, options.wait);
  const { control, events, seed, speed, duplicates = 0, reorder = 0, timeouts = 0, crashes = 0 } = options;
  const rates = { duplicate: duplicates, reorder, timeout: timeouts, crash: crashes };
  const given = { ...material, target: url, events, seed, speed, rates, effects: control && controlOf(control).order };
  const known = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  // Attempts are reported only in virtual time; there are at least as many as events.
  const progress = await startProgress(frame, 'attempts', speed === undefined ? (events ?? 100) : undefined);
  const watched = { ...known, onTime: progress.advance } as unknown as SimulationOptions;
  const report = await simulateSender(provider, watched).finally(progress.stop);
  const { givenUp, lost = [], duplicated = [] } = report;
  if (givenUp.length + lost.length + duplicated.length > 0) frame.exitCode = exitCodes.refused;
  frame.output.show({ target: withoutQuery(url), ...report }, () => linesOf(report));
}

function linesOf(report: SimulationReport): string[] {
  const { events, attempts, answers, givenUp, lost, duplicated, outOfOrder, late, elapsedSeconds, seed } = report;
  const told = (ids: readonly string[] | undefined) =>
    ids === undefined
      ? 'not known without --control'
      : `${ids.length}${ids.length > 0 ? `: ${ids.slice(0, 5).join(', ')}` : ''}`;
  return [
    `${events} events in ${attempts} attempts over ${Math.round(elapsedSeconds)} s of the sender's time, seed ${seed}`,
    ...columns([
      [
        'answers',
        Object.entries(answers)
          .map(([status, count]) => `${count} × ${status}`)
          .join(', '),
      ],
      ['given up', told(givenUp)],
      ['lost', told(lost)],
      ['doubled', told(duplicated)],
      ['out of order', outOfOrder === undefined ? told(undefined) : String(outOfOrder)],
      ['late', told(late)],
    ]),
  ];
}

function parseRate(text: string): number {
  const rate = Number(text);
  if (text.trim() !== '' && rate >= 0 && rate <= 1) return rate;
  throw new InvalidArgumentError('Expected a number from 0 to 1.');
}

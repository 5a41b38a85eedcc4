/** `countersign providers`: lists the known senders, and shows the facts about one. */

import type { UnverifiableProvider } from '@countersign/core/describe';
import { type RegistryEntry, registry } from '@countersign/providers/registry';
import { type PresetQuestion, presetQuestions } from '@countersign/providers/tools/preset-questions';
import { factLines, factsOf } from '@countersign/providers/tools/provider-facts';
import { type Command, Option } from 'commander';
import { exampleOptions } from '../flags/preset-options.ts';
import { addPresetOption, callPreset, requireEntry } from '../flags/provider-choice.ts';
import { CliFailure, exitCodes } from '../frame/failure.ts';
import type { Frame } from '../frame/frame.ts';
import { findNearest, suggestion } from '../frame/nearest-name.ts';
import { columns, printable } from '../frame/output.ts';

const kinds = ['preset', 'asks', 'unverifiable'] as const;

const listHelp = `
Kinds:
  preset        ready to use
  asks          needs facts that its sender leaves open, with --option name=value
  unverifiable  carries nothing that can be verified

Examples:
  $ countersign providers
  $ countersign providers standard
  $ countersign providers --kind asks --json
  $ countersign providers show stripe
  $ countersign providers events stripe --samples
  $ countersign providers sample stripe invoice.paid`;

const eventsHelp = `
An event with a sample is marked with *. sign, send, contract and simulate use the sample for its type; without one, they make the smallest
event. Other names are accepted too: senders add new ones.

Examples:
  $ countersign providers events stripe --samples
  $ countersign providers events github --json`;

const sampleHelp = `
The sample is the payload of one event, with values of our own. Its id and time are replaced when it is signed.

Examples:
  $ countersign providers sample stripe invoice.paid > invoice.json
  $ countersign send http://localhost:3000/hook --provider stripe --body invoice.json`;

const showHelp = `
Examples:
  $ countersign providers show github
  $ countersign providers show convoy --option mode=simple --option hash=SHA-256 --option encoding=hex
  $ countersign providers show stripe --json`;

/** Adds `providers list`, which is the default, and `providers show`. */
export function addProviders(program: Command, frame: Frame): void {
  const providers = program.command('providers').description('list the known senders, or show one');
  providers.addHelpText('after', listHelp);
  providers
    .command('list', { isDefault: true })
    .description('list the known senders; the word list may be left out')
    .argument('[filter]', 'part of the id or the name')
    .addOption(new Option('--kind <kind>', 'only those of this kind').choices(kinds))
    .addHelpText('after', listHelp)
    .action((filter: string | undefined, { kind }: { readonly kind?: string }) => listProviders(frame, filter, kind));
  const show = providers
    .command('show')
    .description('print the facts about one sender')
    .argument('<provider>', 'its id')
    .addHelpText('after', showHelp);
  providers
    .command('events')
    .description('list the events that a sender documents, and those with a sample')
    .argument('<provider>', 'its id')
    .option('--samples', 'only those with a sample')
    .addHelpText('after', eventsHelp)
    .action((id: string, options: { readonly samples?: boolean }) => listEvents(frame, id, options.samples === true));
  providers
    .command('sample')
    .description('print the sample payload of an event as JSON')
    .argument('<provider>', 'its id')
    .argument('[type]', "the event's type; default: the first with a sample")
    .addHelpText('after', sampleHelp)
    .action((id: string, type: string | undefined) => printSample(frame, id, type));
  addPresetOption(show).action((id: string, options: { readonly option?: readonly string[] }) =>
    showProvider(frame, id, options.option ?? []),
  );
}

function listProviders(frame: Frame, filter: string | undefined, kind: string | undefined): void {
  const { output } = frame;
  const wanted = filter?.toLowerCase() ?? '';
  const found = [...registry.values()].filter(
    (entry) =>
      (kind === undefined || entry.kind === kind) &&
      (entry.id.includes(wanted) || entry.title.toLowerCase().includes(wanted)),
  );
  const rows = found.map(({ id, title, kind }) => ({ id, title, kind }));
  output.show({ providers: rows }, () => {
    const idWidth = Math.max(0, ...rows.map(({ id }) => id.length));
    const titleWidth = Math.max(0, ...rows.map(({ title }) => title.length));
    return rows.map(
      ({ id, title, kind }) => `${output.colors.bold(id.padEnd(idWidth))}  ${title.padEnd(titleWidth)}  ${kind}`,
    );
  });
  if (found.length > 0) return;
  frame.exitCode = exitCodes.refused;
  const near = suggestion(findNearest(wanted, [...registry.keys()]));
  output.warn(`no sender matches ${printable(filter ?? kind ?? '')}.${near}`);
}

async function listEvents({ output }: Frame, id: string, isOnlySamples: boolean): Promise<void> {
  const entry = requireEntry(id);
  const events = await entry.events();
  const samples = events.samples ?? {};
  const names = 'names' in events ? events.names : [];
  const rows = names
    .map((name) => ({ name, hasSample: Object.hasOwn(samples, name) }))
    .filter(({ hasSample }) => hasSample || !isOnlySamples);
  const reason = 'none' in events ? events.none : undefined;
  const hasUnnamed = reason !== undefined && Object.hasOwn(samples, '*');
  output.show({ id: entry.id, events: rows, ...(reason !== undefined && { reason, hasSample: hasUnnamed }) }, () => [
    ...rows.map(({ name, hasSample }) => (hasSample && !isOnlySamples ? `${name} *` : name)),
    ...(reason === undefined ? [] : [reason]),
    ...(hasUnnamed ? [`There is a sample: countersign providers sample ${entry.id}`] : []),
    ...(reason === undefined && rows.length === 0 ? [`${entry.id} has no samples.`] : []),
  ]);
}

/** @throws CliFailure usage for a sample that does not exist */
async function printSample({ output }: Frame, id: string, given: string | undefined): Promise<void> {
  const entry = requireEntry(id);
  const events = await entry.events();
  const samples = events.samples ?? {};
  const named = Object.keys(samples).filter((name) => name !== '*');
  // Events without names have one sample for all.
  const type = given ?? ('none' in events ? '*' : named[0]);
  if (type === undefined || !Object.hasOwn(samples, type) || (type === '*' && given !== undefined)) {
    const near = named.length === 0 ? [] : findNearest(given ?? '', named);
    const list =
      named.length === 0 ? '' : ` countersign providers events ${entry.id} --samples lists those that exist.`;
    const what = given === undefined ? '' : ` of ${printable(given)}`;
    throw new CliFailure('usage', `${entry.id} has no sample${what}.${suggestion(near)}${list}`);
  }
  const sample = samples[type] as object;
  output.show(sample, () => JSON.stringify(sample, undefined, 2).split('\n'));
}

async function showProvider({ output }: Frame, id: string, given: readonly string[]): Promise<void> {
  const entry = requireEntry(id);
  const { title, kind } = entry;
  const head = { id: entry.id, title, kind };
  const headLine = `${output.colors.bold(title)} (${entry.id}), ${kind}`;
  if (kind === 'unverifiable') {
    const { unverifiable, instead, source } = (await entry.load()) as UnverifiableProvider;
    output.show({ ...head, unverifiable, instead, source }, () => [
      headLine,
      '',
      ...columns([
        ['reason', unverifiable],
        ['instead', instead],
        ['source', `${source.title ?? ''}, ${source.url ?? ''}, read ${source.readOn}`],
      ]),
    ]);
    return;
  }
  const { options, isExample } = calledWith(entry, given);
  const facts = factsOf(await callPreset(entry, options));
  const asks = presetQuestions(entry.id);
  const events = await entry.events();
  const named = 'names' in events ? events.names.length : 0;
  const samples = Object.keys(events.samples ?? {}).filter((type) => type !== '*');
  output.show({ ...head, asks, calledWith: { options, isExample }, ...facts, events: { named, samples } }, () => [
    headLine,
    '',
    ...columns(factLines(facts)),
    '',
    `${named} documented events, ${samples.length} with a sample; countersign providers events ${entry.id} lists them.`,
    ...(isExample ? ['', `The facts are for these example options: ${options.join(', ')}`] : []),
    ...(asks.length === 0 ? [] : ['', 'It needs these options:', ...columns(asks.map(askLine))]),
  ]);
}

/** A preset that needs options is shown with its examples until they are given. */
function calledWith(entry: RegistryEntry, given: readonly string[]) {
  const isExample = entry.kind === 'asks' && given.length === 0;
  return { options: isExample ? exampleOptions(entry.id) : given, isExample };
}

function askLine({ name, what, isRequired, form }: PresetQuestion): readonly [string, string] {
  const notes = [isRequired ? undefined : 'optional', form === 'list' ? 'several, separated by commas' : undefined];
  const note = notes.filter((one) => one !== undefined).join('; ');
  return [`--option ${name}=...`, `${what}${note === '' ? '' : ` (${note})`}`];
}

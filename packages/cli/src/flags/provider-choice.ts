/** Finds the provider for a command, by its id. */

import type { Provider } from '@countersign/core';
import type { UnverifiableProvider } from '@countersign/core/describe';
import { type RegistryEntry, registry } from '@countersign/providers/registry';
import type { Command } from 'commander';
import { CliFailure } from '../frame/failure.ts';
import type { Frame } from '../frame/frame.ts';
import { findNearest, suggestion } from '../frame/nearest-name.ts';
import { printable } from '../frame/output.ts';
import { parsePresetOptions } from './preset-options.ts';

/** The options added by {@link addProviderOptions}. */
export interface ProviderOptions {
  readonly provider?: string;
  readonly option?: readonly string[];
}

/** Adds `--provider` and `--option`. */
export function addProviderOptions(command: Command): Command {
  return addPresetOption(command.option('--provider <provider>', 'the sender, by its id; see countersign providers'));
}

/** Adds only `--option`, for a command that takes the id as an argument. */
export function addPresetOption(command: Command): Command {
  return command.option(
    '--option <name=value>',
    'a fact that the preset needs, see countersign providers show; may be repeated',
    (value: string, before: readonly string[] | undefined) => [...(before ?? []), value],
  );
}

/** The row of the registry. @throws CliFailure provider_unknown, with the nearest ids */
export function requireEntry(id: string): RegistryEntry {
  const entry = registry.get(id.toLowerCase());
  if (entry !== undefined) return entry;
  const title = [...registry.values()].find((one) => one.title.toLowerCase() === id.toLowerCase());
  const near = title === undefined ? findNearest(id, [...registry.keys()]) : [title.id];
  const list = `countersign providers lists all ${registry.size}.`;
  throw new CliFailure('provider_unknown', `there is no provider ${printable(id)}.${suggestion(near)} ${list}`);
}

/** A provider to build a receiver for. @throws CliFailure provider_unknown, provider_unverifiable, usage, options_invalid */
export async function loadProvider(options: ProviderOptions, { prompts }: Pick<Frame, 'prompts'>): Promise<Provider> {
  const id = options.provider ?? (await prompts?.chooseProvider());
  if (id === undefined) throw new CliFailure('usage', "required option '--provider <provider>' not specified");
  const entry = requireEntry(id);
  if (entry.kind === 'unverifiable') {
    const { unverifiable, instead } = (await entry.load()) as UnverifiableProvider;
    throw new CliFailure('provider_unverifiable', `${entry.id} cannot be verified. ${unverifiable} ${instead}`);
  }
  return callPreset(entry, options.option ?? []);
}

/**
 * The preset itself, or the result of calling it with the options. @throws CliFailure usage, WebhookError
 * options_invalid
 */
export async function callPreset(entry: RegistryEntry, given: readonly string[]): Promise<Provider> {
  const loaded = await entry.load();
  if (entry.kind === 'asks') return (loaded as (argument: unknown) => Provider)(parsePresetOptions(entry.id, given));
  if (given.length > 0) throw new CliFailure('usage', `${entry.id} needs no options; remove --option.`);
  return loaded as Provider;
}

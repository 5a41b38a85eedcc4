/** Finds names and samples of a sender's events, to invent one. */

import type { Provider } from '@countersign/core';
import { registry } from '@countersign/providers/registry';

/** The names and samples of a sender's events. */
export interface KnownEvents {
  /** The type of an event for which none is asked: the first with a sample, or the first of all. */
  readonly usual: string | undefined;
  readonly samples: Readonly<Record<string, object>>;
}

/** The types of a sender's events that have a sample, in the order of its file. */
export async function sampleTypesOf(provider: Provider): Promise<readonly string[]> {
  const { samples } = await knownEventsOf(provider);
  return Object.keys(samples).filter((type) => type !== '*');
}

/** From the provider itself, or for a preset, whose names and samples no app carries along, from its file. */
export async function knownEventsOf({ name, events, samples }: Provider): Promise<KnownEvents> {
  const listed = events === undefined && samples === undefined ? await registry.get(name)?.events() : undefined;
  const names = events ?? (listed !== undefined && 'names' in listed ? listed.names : []);
  const known = samples ?? listed?.samples ?? {};
  return { usual: Object.keys(known).find((type) => type !== '*') ?? names[0], samples: known };
}

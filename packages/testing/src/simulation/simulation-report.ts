/** Counts the results of a simulation. */

import type { Provider } from '@countersign/core';
import type { Run, SentEvent } from './run.ts';
import type { SimulationOptions, SimulationReport } from './simulation-options.ts';

/** @param effects ids in the order of their effects; undefined if effects are not reported */
export function reportOf(
  provider: Provider,
  events: readonly SentEvent[],
  run: Pick<Run, 'answers' | 'attempts' | 'now'>,
  { seed = 1, lateAfterSeconds = 60 }: SimulationOptions,
  effects: readonly string[] | undefined,
): SimulationReport {
  const idsOf = (wanted: (event: SentEvent) => boolean) => events.filter(wanted).map(({ id }) => id);
  const counts = new Map<string, number>();
  for (const id of effects ?? []) counts.set(id, (counts.get(id) ?? 0) + 1);
  const isLate = ({ acceptedAt, createdAt }: SentEvent) =>
    acceptedAt !== undefined && acceptedAt - createdAt > lateAfterSeconds;
  const isKnown = effects !== undefined;
  return {
    provider: provider.name,
    seed,
    events: events.length,
    attempts: run.attempts,
    answers: { ...run.answers },
    givenUp: idsOf(({ isGivenUp }) => isGivenUp),
    lost: isKnown ? idsOf(({ id, acceptedAt }) => acceptedAt !== undefined && !counts.has(id)) : undefined,
    duplicated: isKnown ? idsOf(({ id }) => (counts.get(id) ?? 0) > 1) : undefined,
    outOfOrder: isKnown ? overtaken(events, effects) : undefined,
    late: idsOf(isLate),
    elapsedSeconds: run.now,
  };
}

/** Number of events that took their first effect after one that was created later. */
function overtaken(events: readonly SentEvent[], effects: readonly string[]): number {
  const places = new Map(events.map(({ id }, place) => [id, place]));
  const firsts = [...new Set(effects)].flatMap((id) => places.get(id) ?? []);
  let furthest = -1;
  let count = 0;
  for (const place of firsts) {
    if (place < furthest) count++;
    else furthest = place;
  }
  return count;
}

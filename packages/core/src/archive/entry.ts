/** Entries as callers see them, and their cursors. */

import { optionError } from '../options/option-values.ts';
import type { ArchiveEntry, StoredEntry } from './archive.ts';
import { nameIn } from './kept-text.ts';

export function entryOf(stored: StoredEntry): ArchiveEntry {
  const { id, provider, deliveries, outcome, attempts, bodyBytes, place, replays, replayOutcome } = stored;
  return {
    id,
    namespace: nameIn(stored.namespace),
    provider,
    tenant: namedIn(stored.tenant),
    type: namedIn(stored.type),
    eventId: namedIn(stored.eventId),
    receivedAt: new Date(stored.receivedAt),
    lastReceivedAt: new Date(stored.lastReceivedAt),
    deliveries,
    outcome,
    attempts,
    bodyBytes,
    place,
    replays,
    replayedAt: stored.replayedAt === undefined ? undefined : new Date(stored.replayedAt),
    replayedBy: namedIn(stored.replayedBy),
    replayOutcome,
    cursor: cursorOf(stored),
  };
}

export const firstCursor = 'start';

export function cursorOf({ position, id }: { readonly position: number; readonly id: string }): string {
  return `${position}.${id}`;
}

/** @throws options_invalid */
export function parseCursor(cursor: unknown): { readonly position: number; readonly id: string } | undefined {
  if (cursor === firstCursor) return undefined;
  const match = typeof cursor === 'string' ? /^(\d{1,15})\.([A-Za-z0-9_-]{1,64})$/.exec(cursor) : null;
  if (match === null) throw optionError('after', "Expected 'start', or next of an earlier page.");
  return { position: Number(match[1]), id: match[2] as string };
}

const namedIn = (text: string | undefined) => (text === undefined ? undefined : nameIn(text));

/** The code that an archive provides to a receiver. An app without an archive does not bundle it. */

import type { CheckedDedupe } from '../claims/dedupe-options.ts';
import type { EventContext } from '../event/event.ts';
import type { VerifiedEvent } from '../event/verified-event.ts';
import type { Outcome } from '../handling/outcome.ts';
import { type Archive, type ArchiveEntryDetails, archiveKey } from './archive.ts';

/** Increased when these calls change, since archive and receiver may come from two copies of this package. */
export const archiveVersion = 1;

/** The receiver of an archive. */
export interface ArchivingReceiver {
  readonly context: EventContext;
  readonly dedupe: CheckedDedupe;
  /** Shared secrets that are known when the receiver is built. */
  readonly secrets: readonly Uint8Array[];
  readonly requiredHeaders: readonly (readonly [name: string, value: Uint8Array])[];
  readonly clock: (() => Date) | undefined;
}

/** Options of a replay. */
export interface ReplayOptions {
  /**
   * True to run an event that is done once more. It runs under a key of its own, so that its record stays as it is.
   * Default false: the outcome is then `duplicate`.
   */
  readonly again?: boolean;
  /** True if `ordering` applies, so that an event older than one that was handled is `stale`. Default false. */
  readonly ordering?: boolean;
  /** Who replays it, for the archive. At most 150 characters. */
  readonly by?: string;
  /** Refuses an event of another tenant as unknown. */
  readonly tenant?: string;
}

/** Runs the handler for an event, with these options for claims. */
export type RunArchived = (event: VerifiedEvent, dedupe: CheckedDedupe) => Promise<Outcome>;

/** The archive of one receiver. */
export interface ReceiverArchive {
  /** Writes the events of one delivery, before any of them runs. @throws archive_unavailable */
  keep(events: readonly VerifiedEvent[]): Promise<void>;
  /**
   * Writes the outcome of an event. Never rejects.
   *
   * @param how `left`: there was no handler for its type. `late`: it is the end of a run whose outcome was written before
   */
  note(event: VerifiedEvent, outcome: Outcome, how?: 'left' | 'late'): Promise<void>;
  /** The event of an entry. @throws entry_unknown, entry_altered, archive_unavailable */
  read(id: string): Promise<{ readonly event: VerifiedEvent; readonly entry: ArchiveEntryDetails }>;
  /** Never rejects. */
  replay(id: string, options: ReplayOptions, run: RunArchived): Promise<Outcome>;
}

export interface ArchiveProtocol {
  readonly version: number;
  /** @throws options_invalid, secret_invalid */
  open(receiver: ArchivingReceiver): ReceiverArchive;
}

/** The protocol in an archive; undefined for anything else. */
export function archiveProtocolOf(archive: Archive): ArchiveProtocol | undefined {
  const protocol = archive[archiveKey] as Partial<ArchiveProtocol> | undefined;
  return protocol?.version === archiveVersion ? (protocol as ArchiveProtocol) : undefined;
}

/** The form of the files in this folder: one for each preset, with the names of the sender's events. No preset loads them at run time. */

import type { AlwaysSent } from '@countersign/core';
import type { SourceFact } from '@countersign/core/describe';

export type { AlwaysSent };

/** The event names of a sender, or the reason why there is no list. */
export type SenderEvents = DocumentedEvents | UnnamedEvents;

/** The names that a sender documents. It may add others at any time, so a receiver accepts every name. */
export interface DocumentedEvents {
  readonly source: SourceFact;
  /** Spelled as the preset reads them, in alphabetical order. */
  readonly names: readonly string[];
  /** `type` or `id`: each event has one where the preset reads it, according to the sender. */
  readonly always: readonly ('id' | 'type')[];
  /**
   * Fields of events that tools invent, by type, in addition to id, type and time: what the types promise. `*`: those of any other type.
   */
  readonly samples?: Readonly<Record<string, object>>;
}

/** A sender without a list of its own. */
export interface UnnamedEvents {
  /** Why there is none, as one sentence: the app chooses the names, or the sender's events have no names. */
  readonly none: string;
  readonly always: readonly ('id' | 'type')[];
  readonly samples?: Readonly<Record<string, object>>;
}

/** The map of a sender's events, as the type parameter of a preset: its names, with payloads of one form, or unknown ones. */
export type NamedEvents<Events extends SenderEvents, Payload = unknown> = AlwaysSent<Events['always'][number]> &
  (Events extends { readonly names: readonly (infer Name extends string)[] }
    ? { readonly [Key in Name | 'otherwise']: Payload }
    : object);

/** The form of the files in this folder: one for each preset, with the names of the sender's events. */

import type { SourceFact } from '@countersign/core/describe';

/** The event names of a sender, or the reason why there is no list. */
export type EventNames = DocumentedNames | NoNames;

/** The names that a sender documents. It may add others at any time, so a receiver accepts every name. */
export interface DocumentedNames {
  readonly source: SourceFact;
  /** Spelled as the preset reads them, in alphabetical order. */
  readonly names: readonly string[];
  /** `type` or `id`: each event has one where the preset reads it, according to the sender. */
  readonly always: readonly ('id' | 'type')[];
}

/** A sender without a list of its own. */
export interface NoNames {
  /** Why there is none, as one sentence: the app chooses the names, or the sender's events have no names. */
  readonly none: string;
  readonly always: readonly ('id' | 'type')[];
}

/** Code that a description brings along for what it names, so that an app bundles no other. */

import type { ListedEvent } from './event-list.ts';
import type { EventList } from './event-source.ts';
import type { BatchRunner } from './handle-batch.ts';
import type { PayloadFormat } from './payload-format.ts';

/** A description carries its code under these names; the same in every copy of this package (ESM and CJS). */
export const batchesKey: unique symbol = Symbol.for('countersign.batches');
export const formsKey: unique symbol = Symbol.for('countersign.forms');

/** The code for deliveries with several events. */
export interface BatchProtocol {
  /** The events that a parsed body lists; undefined if it has no list. @throws payload_malformed */
  elementsOf(body: unknown, list: EventList): readonly ListedEvent[] | undefined;
  /** Handles the events of one delivery. */
  run: BatchRunner;
}

/** The code for bodies that may be forms. */
export interface FormProtocol {
  /** A parsed body; undefined if it is malformed. */
  parseBody(body: Uint8Array, format: Exclude<PayloadFormat, 'json' | 'text' | 'bytes'>): unknown;
}

/** Deliveries with several events. */

import { elementsOf } from './event-list.ts';
import { type BatchProtocol, batchesKey } from './features.ts';
import { runBatch } from './handle-batch.ts';

/** For descriptions with a `batch`: `{ ...batches, batch: { json: 'events.*' } }`. `defineProvider` adds it. */
export const batches: { readonly [batchesKey]: BatchProtocol } = { [batchesKey]: { elementsOf, run: runBatch } };

/** Deliveries with several events. */

import { elementsOf } from './event-list.ts';
import { type BatchProtocol, batchesKey } from './features.ts';
import { runBatch } from './handle-batch.ts';

/** For descriptions with a `batch`: `{ ...batches, batch: { json: 'events.*' } }`. `defineProvider` adds it. */
// A call, since bundlers keep an object with a computed key in a file of which they need something else.
export const batches: { readonly [batchesKey]: BatchProtocol } = /* @__PURE__ */ batchCode();

function batchCode() {
  return { [batchesKey]: { elementsOf, run: runBatch } };
}

/** Every recorded delivery with its preset and receivers for it: what the checks of the verdict start from. */

import type { Delivery, Provider, Receiver } from '@countersign/core';
import { deliveryOf, presetOf, type RecordedDelivery, receiverOf, recordedDeliveries } from '../recorded-delivery.ts';

/** A delivery that its sender's secret or key signed, and what accepts it. */
export interface GenuineDelivery {
  /** The recording, such as `slack-form`. A preset may have several. */
  readonly name: string;
  readonly preset: Provider;
  readonly recorded: RecordedDelivery;
  /** A new object each time, so that it may be changed. */
  readonly delivery: () => Delivery & {
    readonly headers: Record<string, string>;
    readonly url: string;
    readonly method: string;
  };
  /** A receiver with the recording's own secret and time, except for what `other` says. */
  readonly receiver: (other?: Parameters<typeof receiverOf>[1]) => Receiver;
}

export const genuineDeliveries: readonly GenuineDelivery[] = recordedDeliveries.map(([file, recorded]) => ({
  name: file.replace(/\.json$/, ''),
  preset: presetOf(recorded),
  recorded,
  delivery: () => ({ ...deliveryOf(recorded), headers: { ...recorded.headers } }),
  receiver: (other) => receiverOf(recorded, other),
}));

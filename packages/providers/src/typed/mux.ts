/** Mux: the preset with the payloads of the package @mux/mux-node. */

import type { Provider } from '@countersign/core';
import type { Mux } from '@mux/mux-node';
import type { MuxEvents as NamedMuxEvents } from '../events/mux.ts';
import { mux as preset } from '../mux.ts';
import type { ByType, TypedEvents } from './typed-events.ts';

/**
 * The events of Mux. Payloads: the union `Mux.Webhooks.UnwrapWebhookEvent` of @mux/mux-node 15.3.0.
 *
 * The events of Mux Robots (`robots.`) are left out: the package’s types of them differ from what is sent. Their
 * payload stays unknown.
 */
export interface MuxEvents
  extends TypedEvents<NamedMuxEvents, Omit<ByType<Mux.Webhooks.UnwrapWebhookEvent, 'type'>, `robots.${string}`>> {}

/**
 * The preset of Mux with the payloads of the package @mux/mux-node; at run time the same object as in
 * `@countersign/providers/mux`.
 *
 * Install the package for its types: `npm install --save-dev @mux/mux-node`. None of its code is loaded.
 *
 * @example
 * import { mux } from '@countersign/providers/mux/typed';
 *
 * const read = (event: EventOf<typeof mux>) =>
 *   event.type === 'video.asset.ready' ? event.payload.data.playback_ids : undefined;
 */
export const mux = preset as Provider<MuxEvents, 'secrets'>;

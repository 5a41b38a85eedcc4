/** Telnyx: the preset with the payloads of the package telnyx. */

import type { Provider } from '@countersign/core';
import type { Telnyx } from 'telnyx';
import type { TelnyxEvents as NamedTelnyxEvents } from '../events/telnyx.ts';
import { telnyx as preset } from '../telnyx.ts';
import type { TextOf, TypedEvents } from './typed-events.ts';

type DataOf<Member> = Member extends { readonly data?: infer Data } ? NonNullable<Data> : never;

type TypeOf<Member> = DataOf<Member> extends { readonly event_type?: infer Type } ? TextOf<NonNullable<Type>> : never;

type ByData<Union> = {
  readonly [Member in Union as TypeOf<Member>]: Omit<Member, 'data'> & { readonly data: DataOf<Member> };
};

/**
 * The events of Telnyx. Payloads: the union `Telnyx.UnwrapWebhookEvent` of telnyx 7.24.0.
 *
 * The package makes `data` optional; an event with a name has it.
 */
export interface TelnyxEvents extends TypedEvents<NamedTelnyxEvents, ByData<Telnyx.UnwrapWebhookEvent>> {}

/**
 * The preset of Telnyx with the payloads of the package telnyx; at run time the same object as in
 * `@countersign/providers/telnyx`.
 *
 * Install the package for its types: `npm install --save-dev telnyx`. None of its code is loaded.
 *
 * @example
 * import { telnyx } from '@countersign/providers/telnyx/typed';
 *
 * const read = (event: EventOf<typeof telnyx>) =>
 *   event.type === 'message.received' ? event.payload.data.payload?.text : undefined;
 */
export const telnyx = preset as Provider<TelnyxEvents, 'keys'>;

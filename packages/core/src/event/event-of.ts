/** The TypeScript types of a provider's events. */

import type { EventMap, Provider } from '../provider/provider.ts';
import type { WebhookEvent } from './event.ts';
import type { StandardSchemaV1 } from './standard-schema.ts';

declare const alwaysSent: unique symbol;

/**
 * Marks a map of events whose sender puts an id or a type into every event: `interface AcmeEvents extends AlwaysSent<'id' | 'type'> { ... }`.
 * `event.id` is then `string` and not `string | undefined`.
 */
export interface AlwaysSent<Field extends 'id' | 'type'> {
  /** Exists for the type checker only. */
  readonly [alwaysSent]?: Field;
}

/**
 * The type of an event that its provider's map does not list: any other text. Senders add events at any time.
 *
 * It is an enum for the type checker's sake: comparing `event.type` with a listed name then narrows the event, and comparing it with a
 * misspelt one is an error. There is no such value; `event.type` is the sender's text.
 */
export declare enum UnlistedType {
  name = 'a type that the provider does not list',
}

/**
 * An event that its provider's map does not list. In the `default` of a `switch`, `event satisfies UnlistedEvent` is an error as long as
 * a listed type has no case.
 */
export type UnlistedEvent = WebhookEvent<UnlistedType | undefined>;

/**
 * The map of a provider's events, to add to: `defineProvider<EventsOf<typeof github> & { new_event: { id: string } }>(github)`.
 */
export type EventsOf<P> = P extends Provider<infer Events, infer _> ? Events : never;

/** The names of a provider's events; `string` if it lists none. */
export type EventTypeOf<P> =
  EventsOf<P> extends infer Events
    ? EventMap extends Events
      ? string
      : Exclude<keyof Events & string, 'otherwise'>
    : never;

/** Schemas by event type. */
export type SchemasFor<P> = { readonly [Type in EventTypeOf<P>]?: StandardSchemaV1 };

/**
 * The events of a provider as a union that `switch (event.type)` narrows. `Schemas` is the type of the receiver's `schemas`: their output
 * is the payload.
 */
export type EventOf<P, Schemas = unknown> =
  P extends Provider<infer Events, infer _> ? EventIn<Events, Schemas> : WebhookEvent;

type EventIn<Events, Schemas> = Listed<Events, Schemas> | Unlisted<Events, Schemas>;

/** The names with a payload of their own. */
type NamesIn<Events, Schemas> = Exclude<NamesOf<Events> | NamesOf<Schemas>, 'otherwise'>;

/** The literal keys of a map: none for `object`, `unknown` and index signatures. */
type NamesOf<Map> = keyof {
  [Name in keyof Map as Name extends string ? (string extends Name ? never : Name) : never]: 0;
};

type Listed<Events, Schemas> = {
  [Type in NamesIn<Events, Schemas>]: WebhookEvent<Type, PayloadOf<Events, Schemas, Type>, IdOf<Events>>;
}[NamesIn<Events, Schemas>];

/** The member for all other types; none if the map lists names and has no `otherwise`, since it is then complete. */
type Unlisted<Events, Schemas> = [NamesIn<Events, Schemas>] extends [never]
  ? WebhookEvent<string | NoType<Events>, OtherPayload<Events>, IdOf<Events>>
  : IsComplete<Events> extends true
    ? never
    : WebhookEvent<UnlistedType | NoType<Events>, OtherPayload<Events>, IdOf<Events>>;

type IsComplete<Events> = [NamesOf<Events>] extends [never] ? false : 'otherwise' extends keyof Events ? false : true;

type PayloadOf<Events, Schemas, Type> = Type extends keyof Schemas
  ? // Optional where the options have a type of their own: then nothing is known of the schemas.
    Schemas[Type] extends StandardSchemaV1
    ? OutputOf<Schemas[Type]>
    : MappedPayload<Events, Type>
  : MappedPayload<Events, Type>;

type MappedPayload<Events, Type> = Type extends keyof Events ? Events[Type] : OtherPayload<Events>;

type OtherPayload<Events> = 'otherwise' extends keyof Events
  ? Events['otherwise']
  : string extends keyof Events
    ? Events[keyof Events & string]
    : unknown;

type OutputOf<Schema extends StandardSchemaV1> = NonNullable<Schema['~standard']['types']>['output'];

type IdOf<Events> = 'id' extends AlwaysIn<Events> ? string : string | undefined;

type NoType<Events> = 'type' extends AlwaysIn<Events> ? never : undefined;

type AlwaysIn<Events> = typeof alwaysSent extends keyof Events ? NonNullable<Events[typeof alwaysSent]> : never;

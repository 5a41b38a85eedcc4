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
  /** Payloads of the common events, for events that tools invent. */
  readonly samples?: SenderSamples;
}

/** A sender without a list of its own. */
export interface UnnamedEvents {
  /** Why there is none, as one sentence: the app chooses the names, or the sender's events have no names. */
  readonly none: string;
  readonly always: readonly ('id' | 'type')[];
  readonly samples?: SenderSamples;
}

/**
 * Payloads of events that tools invent, by type; `*`: of any other type. In a batch, a payload is one event of it. Id, type and time are
 * replaced by those of the invented event.
 */
export type SenderSamples = Readonly<Record<string, object>>;

/** Samples with the complete payloads of a map of events. */
export type SamplesOf<Events> = AlsoOther<{ readonly [Name in NameOf<Events>]?: Events[Name] }>;

/**
 * Samples with parts of the payloads of a map of events, for payloads with hundreds of fields. Each field has its type, and there are no
 * others.
 */
export type PartsOf<Events> = AlsoOther<{ readonly [Name in NameOf<Events>]?: Part<Events[Name]> }>;

/** A payload of which parts are left out, at any depth. A field that it does not have is an error, and so is another type. */
export type Part<Payload> = Payload extends string | number | boolean | null | undefined
  ? Payload
  : Payload extends readonly (infer Item)[]
    ? readonly Part<Item>[]
    : Payload extends object
      ? { readonly [Key in keyof Payload]?: Part<Payload[Key]> }
      : Payload;

/** Events without names have one form, that of `*` too. */
type AlsoOther<Samples> = string extends keyof Samples ? Samples : Samples & { readonly '*'?: object };

type NameOf<Events> = Exclude<Extract<keyof Events, string>, 'otherwise'>;

/** The map of a sender's events, as the type parameter of a preset: its names, with payloads of one form, or unknown ones. */
export type NamedEvents<Events extends SenderEvents, Payload = unknown> = AlwaysSent<Events['always'][number]> &
  (Events extends { readonly names: readonly (infer Name extends string)[] }
    ? { readonly [Key in Name | 'otherwise']: Payload }
    : object);

/** The places of an event's id, type and time, and the rules for telling it from others. */

/**
 * The place of a value: a path in the parsed payload (`data.object.id`), with another one for bodies without it; a header; or several paths
 * whose values form one text (`resource_type` and `action` as `payments.created`). A joined value exists if all its parts except the `optional` ones exist, and at
 * least one does.
 */
export type ValueSource =
  | { readonly json: string; readonly otherwise?: string }
  | { readonly header: string }
  | { readonly json: readonly string[]; readonly join: string; readonly optional?: readonly string[] };

/** A list of events inside a body, or inside the element of another list. */
export interface EventList {
  /** The path of the elements: `events.*`, or `*` for a body that is an array. */
  readonly json: string;
  /**
   * Lists inside each element whose elements are the events. An element without any of them is itself an event, so that nothing is lost if
   * a delivery mixes kinds.
   */
  readonly each?: readonly EventList[];
  /** The place of these elements' id, if it differs from the provider's `eventId`. */
  readonly eventId?: ValueSource;
}

/**
 * The way to tell two events of a sender apart if no signed data does.
 *
 * An id or type from an unsigned header is part of an event's identity only if `bytesRepeat` and, for an id, `idKept` are both true and
 * `source` states where that was read. Anyone who replays a captured delivery can then choose another id and have it run again, so use it
 * only if genuine events would be lost without it.
 */
export interface IdentityFacts {
  /** True if two real events can have the same signed bytes, for example if an entity is deleted, restored and deleted again. */
  readonly bytesRepeat?: boolean;
  /** True if the id in the unsigned header is the same in every attempt of one event. */
  readonly idKept?: boolean;
  /** Its source: the URL or the file, and the day. */
  readonly source?: string;
  /** Other remarks, as a sentence for the docs. */
  readonly note?: string;
}

/** True if two events of a sender can be the same in everything that tells events apart. */
export function isIndistinct({
  identity,
  eventId,
  eventType,
}: {
  readonly identity?: IdentityFacts;
  readonly eventId?: ValueSource;
  readonly eventType?: ValueSource;
}): boolean {
  if (identity?.bytesRepeat !== true) return false;
  const isUnsigned = (source: ValueSource | undefined) => source !== undefined && 'header' in source;
  return !(isUnsigned(eventId) ? identity.idKept === true : isUnsigned(eventType));
}

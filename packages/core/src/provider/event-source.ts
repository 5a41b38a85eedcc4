/** Where an event says what it is: its id, its type, its time, and what tells it from others. */

/**
 * Where a value stands: a path in the parsed payload (`data.object.id`), a header, or several paths whose values make one
 * text (`resource_type` and `action` as `payments.created`). A value put together is there when each of its parts is that
 * is not among the `optional` ones, and one at least.
 */
export type ValueSource =
  | { readonly json: string }
  | { readonly header: string }
  | { readonly json: readonly string[]; readonly join: string; readonly optional?: readonly string[] };

/** A list of events inside a body, or inside the element of another list. */
export interface EventList {
  /** The path of the elements: `events.*`, or `*` for a body that is an array. */
  readonly json: string;
  /**
   * Lists inside each element whose elements are the events. An element that has none of them is an event itself, so that
   * nothing is lost where a delivery mixes kinds.
   */
  readonly each?: readonly EventList[];
  /** Where the id of these elements stands, where it is not the provider's `eventId`. */
  readonly eventId?: ValueSource;
}

/**
 * What tells two events of a sender apart where nothing that is signed does.
 *
 * An id or type from an unsigned header takes part in the identity of an event only where `bytesRepeat` and, for an id,
 * `idKept` are both true and `source` says where that was read. Whoever replays a captured delivery can then choose another
 * id and have it run again, so it is done only where leaving it out would lose genuine events.
 */
export interface IdentityFacts {
  /** True if two real events can have the same signed bytes, as where an entity is deleted, restored and deleted again. */
  readonly bytesRepeat?: boolean;
  /** True if the id in the unsigned header is the same in every attempt of one event. */
  readonly idKept?: boolean;
  /** Where it was read: the address or the file, and the day. */
  readonly source?: string;
  /** What else is to be known of it, as a sentence for the docs. */
  readonly note?: string;
}

/** True if two events of a sender can be alike in all that tells events apart. */
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

/** Splits a body into the events that it lists. */

import { WebhookError } from '../errors.ts';
import type { EventList, ValueSource } from './event-source.ts';

/** One event of a batch. */
export interface ListedEvent {
  readonly root: unknown;
  /** Creates the body with only this element in the lists that lead to it. */
  readonly shape: () => unknown;
  /** The place of its id, if the list states one. */
  readonly eventId: ValueSource | undefined;
}

/**
 * The events of a body in order; undefined if it has no list at the path.
 *
 * @throws payload_malformed for a missing element
 */
export function elementsOf(body: unknown, list: EventList): readonly ListedEvent[] | undefined {
  const found = walk(body, list.json.split('.'));
  if (found === undefined) return undefined;
  const { each = [] } = list;
  return found.flatMap(({ root, shape }) => {
    if (root === undefined) throw new WebhookError('payload_malformed', { at: `body ${list.json}` });
    const inner = each.flatMap((one) => {
      const others = each.filter((other) => other !== one);
      return (elementsOf(root, one) ?? []).map((event) => ({
        ...event,
        shape: () => withoutLists(event.shape(), others),
      }));
    });
    const events = inner.length > 0 ? inner : [{ root, shape: () => root, eventId: list.eventId }];
    return events.map((event) => ({ ...event, shape: () => shape(event.shape()) }));
  });
}

interface Found {
  readonly root: unknown;
  /** The surrounding body, with another value in the element's place and no other elements. */
  readonly shape: (value: unknown) => unknown;
}

/** Every element at a path; undefined if there is no list at its last `*`. */
function walk(value: unknown, [name, ...rest]: readonly string[]): readonly Found[] | undefined {
  if (name === undefined) return [{ root: value, shape: (other) => other }];
  if (name === '*') {
    if (!Array.isArray(value)) return undefined;
    const lists = value.map((element) => walk(element, rest));
    // An element without the rest of the path is missing, unless none has it.
    if (value.length > 0 && lists.every((list) => list === undefined)) return undefined;
    return lists.flatMap((list) =>
      (list ?? [{ root: undefined, shape: (other: unknown) => other }]).map(({ root, shape }) => ({
        root,
        shape: (other: unknown) => [shape(other)],
      })),
    );
  }
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) {
    return rest.includes('*') ? undefined : [{ root: undefined, shape: (other) => other }];
  }
  const record = value as Record<string, unknown>;
  return walk(record[name], rest)?.map(({ root, shape }) => ({
    root,
    shape: (other: unknown) => ({ ...record, [name]: shape(other) }),
  }));
}

/** Lists next to the one with the event hold other events. */
function withoutLists(value: unknown, lists: readonly EventList[]): unknown {
  return lists.reduce((shaped, { json }) => withoutList(shaped, json.split('.*', 1)[0]?.split('.') ?? []), value);
}

function withoutList(value: unknown, [name, ...rest]: readonly string[]): unknown {
  if (name === undefined || typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return value;
  const { [name]: inner, ...others } = value as Record<string, unknown>;
  return rest.length === 0 ? others : { ...others, [name]: withoutList(inner, rest) };
}

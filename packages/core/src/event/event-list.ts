/** Takes a body apart into the events that it lists. */

import { WebhookError } from '../errors.ts';
import type { EventList, ValueSource } from '../provider/event-source.ts';

/** One event of a batch. */
export interface ListedEvent {
  readonly root: unknown;
  /** Makes the body with this element alone in the lists that lead to it. */
  readonly shape: () => unknown;
  /** Where its id stands, where the list says so. */
  readonly eventId: ValueSource | undefined;
}

/**
 * The events of a body in their order; undefined where it has no list at the path.
 *
 * @throws payload_malformed for an element that is missing
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
  /** The body around, with another value in the element's place and no other element. */
  readonly shape: (value: unknown) => unknown;
}

/** Every element at a path; undefined where no list stands at its last `*`. */
function walk(value: unknown, [name, ...rest]: readonly string[]): readonly Found[] | undefined {
  if (name === undefined) return [{ root: value, shape: (other) => other }];
  if (name === '*') {
    if (!Array.isArray(value)) return undefined;
    const lists = value.map((element) => walk(element, rest));
    // An element that lacks what the path goes on with is missing, unless none has it.
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

/** Lists beside the one that an event was taken from hold other events. */
function withoutLists(value: unknown, lists: readonly EventList[]): unknown {
  return lists.reduce((shaped, { json }) => withoutList(shaped, json.split('.*', 1)[0]?.split('.') ?? []), value);
}

function withoutList(value: unknown, [name, ...rest]: readonly string[]): unknown {
  if (name === undefined || typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return value;
  const { [name]: inner, ...others } = value as Record<string, unknown>;
  return rest.length === 0 ? others : { ...others, [name]: withoutList(inner, rest) };
}

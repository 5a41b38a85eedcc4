/** Reads single values out of parsed payloads by path; only own properties count. */

/**
 * Every value at a dotted path, with undefined for an element that has none: `data.object.id`, `items.0.id`, and `value.*.clientState` for
 * each element of an array.
 *
 * Looks only at own properties, so `__proto__` or `constructor` find only values from the sender.
 */
export function valuesAt(root: unknown, path: string): unknown[] {
  let found: unknown[] = [root];
  for (const name of path.split('.')) {
    const next: unknown[] = [];
    for (const value of found) {
      if (name !== '*') next.push(ownValue(value, name));
      // One by one: as arguments of a call, the elements of a long list would overflow the stack.
      else if (Array.isArray(value)) for (const element of value) next.push(element);
    }
    found = next;
  }
  return found;
}

function ownValue(value: unknown, name: string): unknown {
  const isObject = typeof value === 'object' && value !== null;
  return isObject && Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined;
}

/** The only value at a path without `*`; undefined if there is none. */
export function valueAt(root: unknown, path: string): unknown {
  let value = root;
  for (let start = 0; ; ) {
    const end = path.indexOf('.', start);
    if (end < 0) return ownValue(value, path.slice(start));
    value = ownValue(value, path.slice(start, end));
    start = end + 1;
  }
}

/** A value as an identifier: a non-empty string, or an integer that JavaScript represents exactly. */
export function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value === '' ? undefined : value;
  return typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : undefined;
}

/** A value as the id or type of an event: like {@link textOf}, but whitespace alone does not count. */
export function nameOf(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  const text = textOf(value);
  return text === undefined || text.trim() === '' ? undefined : text;
}

/** Takes single values out of parsed payloads by a path, seeing own properties only. */

/**
 * Every value at a dotted path, undefined for an element that has none: `data.object.id`, `items.0.id`, and `value.*.clientState` for each element of an array.
 *
 * Looks at own properties only, so `__proto__` or `constructor` find what the sender wrote and nothing else.
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

/** The one value at a path that has no `*`; undefined where there is none. */
export function valueAt(root: unknown, path: string): unknown {
  let value = root;
  for (let start = 0; ; ) {
    const end = path.indexOf('.', start);
    if (end < 0) return ownValue(value, path.slice(start));
    value = ownValue(value, path.slice(start, end));
    start = end + 1;
  }
}

/**
 * A value as identifying text: a non-empty string, or a whole number that JavaScript holds exactly.
 *
 * A larger number has lost digits by the time it is parsed, two ids could become one; such a value counts as absent.
 */
export function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value === '' ? undefined : value;
  return typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : undefined;
}

/** A value as the id or type of an event: {@link textOf}, and text that consists of white space is none. */
export function nameOf(value: unknown): string | undefined {
  const text = textOf(value);
  return text === undefined || text.trim() === '' ? undefined : text;
}

/** Writes values into JSON at the paths in a description, and reads them. */

import { refuseSigning } from './signing-options.ts';

type Container = Record<string, unknown>;

/** A path as a list of names; `*` is the first element of a list. */
const namesOf = (path: string) => path.split('.').map((name) => (name === '*' ? '0' : name));
const isIndex = (name: string | undefined) => name !== undefined && /^\d+$/.test(name);

/** The initial body for this first name: a list or an object. */
export function emptyFor(path: string): object {
  return isIndex(namesOf(path)[0]) ? [] : {};
}

/** Puts a value at a path, creating missing objects. @throws options_invalid if something else is in the way */
export function putValue(root: unknown, path: string, value: unknown): void {
  const names = namesOf(path);
  let at = root;
  for (const [index, name] of names.entries()) {
    if (typeof at !== 'object' || at === null) throw refuseSigning('body', `The body has no room for ${path}.`);
    const container = at as Container;
    if (index === names.length - 1) {
      Object.defineProperty(container, name, { value, enumerable: true, configurable: true, writable: true });
    } else if (!Object.hasOwn(container, name)) {
      container[name] = isIndex(names[index + 1]) ? [] : {};
    }
    at = container[name];
  }
}

/** Puts a value at a path that has none yet. */
export function putMissing(root: unknown, path: string, value: unknown): void {
  if (takeValue(root, path) === undefined) putValue(root, path, value);
}

/** The value at a path; undefined if there is none. */
export function takeValue(root: unknown, path: string): unknown {
  let at = root;
  for (const name of namesOf(path)) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, name)) return undefined;
    at = (at as Container)[name];
  }
  return at;
}

/**
 * Merges one object into another: objects name by name, everything else as a whole. Neither is changed. `undefined`
 * stays; it is not sent.
 */
export function mergeValues(under: unknown, over: unknown): unknown {
  if (!isRecord(under) || !isRecord(over)) return structuredClone(over);
  const merged = structuredClone(under);
  for (const [name, upper] of Object.entries(over)) {
    const value = mergeValues(Object.hasOwn(under, name) ? under[name] : undefined, upper);
    Object.defineProperty(merged, name, { value, enumerable: true, configurable: true, writable: true });
  }
  return merged;
}

/** Also one from another realm, as test runners have it; not a list, a Date or bytes. */
function isRecord(value: unknown): value is Container {
  return Object.prototype.toString.call(value) === '[object Object]';
}

/** Every object that a path with `*` leads to. */
export function elementsAt(root: unknown, path: string): unknown[] {
  let found: unknown[] = [root];
  for (const name of path.split('.')) {
    found = found.flatMap((value) => {
      if (name === '*') return Array.isArray(value) ? value : [];
      const one = takeValue(value, name);
      return one === undefined ? [] : [one];
    });
  }
  return found;
}

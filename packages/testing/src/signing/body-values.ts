/** Writes values into JSON at the paths a description names, and reads them again. */

import { refuseSigning } from './signing-options.ts';

type Container = Record<string, unknown>;

/** A path as names; `*` is the first element of a list. */
const namesOf = (path: string) => path.split('.').map((name) => (name === '*' ? '0' : name));
const isIndex = (name: string | undefined) => name !== undefined && /^\d+$/.test(name);

/** What a body starts from whose first name is this: a list or an object. */
export function emptyFor(path: string): object {
  return isIndex(namesOf(path)[0]) ? [] : {};
}

/** Puts a value at a path, making what is missing on the way. @throws options_invalid where something else is in the way */
export function putValue(root: unknown, path: string, value: unknown): void {
  const names = namesOf(path);
  let at = root;
  for (const [index, name] of names.entries()) {
    if (typeof at !== 'object' || at === null) throw refuseSigning('body', `It has no room for ${path}.`);
    const container = at as Container;
    if (index === names.length - 1) {
      Object.defineProperty(container, name, { value, enumerable: true, configurable: true, writable: true });
    } else if (!Object.hasOwn(container, name)) {
      container[name] = isIndex(names[index + 1]) ? [] : {};
    }
    at = container[name];
  }
}

/** Puts a value where there is none yet. */
export function putMissing(root: unknown, path: string, value: unknown): void {
  if (takeValue(root, path) === undefined) putValue(root, path, value);
}

/** The value at a path; undefined where there is none. */
export function takeValue(root: unknown, path: string): unknown {
  let at = root;
  for (const name of namesOf(path)) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, name)) return undefined;
    at = (at as Container)[name];
  }
  return at;
}

/**
 * Puts the values of one object over those of another: objects name by name, everything else as a whole. Neither is
 * changed. `undefined` stays, and nothing that is sent has it.
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

/** Also one of another realm, as test runners have it; no list, no Date, no bytes. */
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

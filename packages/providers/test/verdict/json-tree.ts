/** JSON as a tree that keeps how each name and scalar is written, so that spellings can be changed. */

/** A value as it is written. Names and scalars are raw text: `"a\u0062"`, `1.0`. */
export type JsonTree =
  | { kind: 'scalar'; raw: string }
  | { kind: 'array'; items: JsonTree[] }
  | { kind: 'object'; members: [rawName: string, value: JsonTree][] };

const token = /[ \t\r\n]*(?:([{}[\],:])|("(?:[^"\\]|\\.)*")|([-+.\w]+))/y;

/** Reads JSON; undefined where it is none. Names that stand twice are kept. */
export function parseTree(text: string): JsonTree | undefined {
  token.lastIndex = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  const next = (): string | undefined => {
    const found = token.exec(text);
    return found === null ? undefined : (found[1] ?? found[2] ?? found[3]);
  };
  const readValue = (first: string | undefined, depth: number): JsonTree | undefined => {
    if (first === undefined || depth > 50) return undefined;
    if (first === '[') return readArray(depth);
    if (first === '{') return readObject(depth);
    return /^[\]},:]$/.test(first) ? undefined : { kind: 'scalar', raw: first };
  };
  const readArray = (depth: number): JsonTree | undefined => {
    const items: JsonTree[] = [];
    for (let first = next(); ; first = next()) {
      if (first === ']' && items.length === 0) return { kind: 'array', items };
      const item = readValue(first, depth + 1);
      if (item === undefined) return undefined;
      items.push(item);
      const sign = next();
      if (sign === ']') return { kind: 'array', items };
      if (sign !== ',') return undefined;
    }
  };
  const readObject = (depth: number): JsonTree | undefined => {
    const members: [string, JsonTree][] = [];
    for (let name = next(); ; name = next()) {
      if (name === '}' && members.length === 0) return { kind: 'object', members };
      if (name === undefined || !name.startsWith('"') || next() !== ':') return undefined;
      const value = readValue(next(), depth + 1);
      if (value === undefined) return undefined;
      members.push([name, value]);
      const sign = next();
      if (sign === '}') return { kind: 'object', members };
      if (sign !== ',') return undefined;
    }
  };
  const tree = readValue(next(), 0);
  if (tree === undefined) return undefined;
  const end = token.lastIndex;
  return text.slice(end).trim() === '' ? tree : undefined;
}

/** @param space what stands at each place where white space may stand */
export function writeTree(tree: JsonTree, space: () => string = () => ''): string {
  if (tree.kind === 'scalar') return tree.raw;
  if (tree.kind === 'array') {
    return `[${tree.items.map((item) => space() + writeTree(item, space) + space()).join(',') || space()}]`;
  }
  const members = tree.members.map(
    ([name, value]) => `${space()}${name}${space()}:${space()}${writeTree(value, space)}${space()}`,
  );
  return `{${members.join(',') || space()}}`;
}

/** Every value of a tree, the tree itself first. */
export function nodesOf(tree: JsonTree): JsonTree[] {
  if (tree.kind === 'scalar') return [tree];
  const children = tree.kind === 'array' ? tree.items : tree.members.map(([, value]) => value);
  return [tree, ...children.flatMap(nodesOf)];
}

export const isObject = (tree: JsonTree): tree is Extract<JsonTree, { kind: 'object' }> => tree.kind === 'object';
export const isArray = (tree: JsonTree): tree is Extract<JsonTree, { kind: 'array' }> => tree.kind === 'array';
export const isScalar = (tree: JsonTree): tree is Extract<JsonTree, { kind: 'scalar' }> => tree.kind === 'scalar';

export function cloneTree(tree: JsonTree): JsonTree {
  if (tree.kind === 'scalar') return { kind: 'scalar', raw: tree.raw };
  if (tree.kind === 'array') return { kind: 'array', items: tree.items.map(cloneTree) };
  return { kind: 'object', members: tree.members.map(([name, value]) => [name, cloneTree(value)]) };
}

/** The text of a raw name or string; undefined for another scalar, and for one that is not JSON. */
export function stringOf(raw: string): string | undefined {
  if (!raw.startsWith('"')) return undefined;
  try {
    return JSON.parse(raw) as string;
  } catch {
    return undefined;
  }
}

/** The scalar at a path of names and places; the last of those that stand twice, as parsers take it. */
export function scalarAt(tree: JsonTree, path: string): Extract<JsonTree, { kind: 'scalar' }> | undefined {
  let at: JsonTree | undefined = tree;
  for (const name of path.split('.')) {
    if (at === undefined || at.kind === 'scalar') return undefined;
    if (at.kind === 'array') at = at.items[Number(name)];
    else at = at.members.findLast(([raw]) => stringOf(raw) === name)?.[1];
  }
  return at?.kind === 'scalar' ? at : undefined;
}

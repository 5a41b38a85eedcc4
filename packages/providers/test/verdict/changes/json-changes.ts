/** Changes of a JSON body: white space, order, spellings, and fields added, changed, removed, moved or repeated. */

import { bytesOf, type ChangedRequest, textOf } from '../changed-request.ts';
import {
  cloneTree,
  isArray,
  isObject,
  isScalar,
  type JsonTree,
  nodesOf,
  parseTree,
  stringOf,
  writeTree,
} from '../json-tree.ts';
import type { Random } from '../random.ts';
import type { Change, Subject } from './change.ts';
import { relist, respell, retoken } from './spellings.ts';

/** Changes the tree in place, or gives another one; false where there is nothing to change. */
type TreeChange = (tree: JsonTree, random: Random, subject: Subject) => boolean | JsonTree;

function changeTree(name: string, change: TreeChange): Change {
  return {
    name,
    apply(request, random, subject) {
      const tree = treeOf(request);
      if (tree === undefined) return false;
      const changed = change(tree, random, subject);
      if (changed === false) return false;
      request.body = bytesOf(writeTree(changed === true ? tree : changed));
      return true;
    },
  };
}

export function treeOf({ body }: ChangedRequest): JsonTree | undefined {
  if (body.length === 0 || body.length > 20_000) return undefined;
  const text = textOf(body);
  return text === undefined ? undefined : parseTree(text);
}

const otherScalars = [
  'null',
  'true',
  'false',
  '0',
  '1',
  '-1',
  '""',
  '"   "',
  '"other"',
  '12345678901234567890',
  '1.5',
  '"\\ud800"',
  '[]',
  '{}',
];
const otherNames = ['"unsigned"', '"id"', '"type"', '"event"', '"__proto__"', '"constructor"', '"length"', '""', '"0"'];

/** Changes one scalar that `fits`, if there is one. */
function changeScalar(fits: (raw: string) => boolean, change: (raw: string, random: Random) => string): TreeChange {
  return (tree, random) => {
    const found = nodesOf(tree)
      .filter(isScalar)
      .filter(({ raw }) => fits(raw));
    if (found.length === 0) return false;
    const one = random.pick(found);
    const changed = change(one.raw, random);
    if (changed === one.raw) return false;
    one.raw = changed;
    return true;
  };
}

const isText = (raw: string) => raw.startsWith('"');

export function respellNumber(raw: string, random: Random): string {
  return random.pick([
    `${raw}.0`,
    `${raw}e0`,
    `${raw}E+0`,
    `${raw}0e-1`,
    `-${raw}`,
    `0${raw}`,
    `"${raw}"`,
    `${raw}1`,
    `${raw}.00001`,
  ]);
}

/** One character of a raw string written as an escape, or an escape as the character. */
export function respellString(raw: string, random: Random): string {
  const text = stringOf(raw);
  if (text === undefined) return raw;
  // A half of a pair, which UTF-8 cannot hold, in place of what is written instead of it.
  if (text.includes('\ufffd') && random.isOneIn(2)) return raw.replace(/\ufffd|\\ufffd/i, '\\ud800');
  if (random.isOneIn(3)) return JSON.stringify(text);
  if (random.isOneIn(3)) return raw.replaceAll(/(?<!\\)\//g, '\\/');
  const at = random.below(text.length);
  const letter = text.charAt(at);
  const code = letter.charCodeAt(0).toString(16).padStart(4, '0');
  const escaped = letter === '' ? '' : `\\u${random.isOneIn(2) ? code : code.toUpperCase()}`;
  const quote = (part: string) => JSON.stringify(part).slice(1, -1);
  return `"${quote(text.slice(0, at))}${escaped}${quote(text.slice(at + 1))}"`;
}

function changeText(change: (text: string, random: Random) => string): TreeChange {
  return changeScalar(isText, (raw, random) => {
    const text = stringOf(raw);
    return text === undefined || text === '' ? raw : JSON.stringify(change(text, random));
  });
}

export const jsonChanges: readonly Change[] = [
  {
    name: 'white space in JSON',
    apply(request, random) {
      const tree = treeOf(request);
      if (tree === undefined) return false;
      const often = random.between(1, 6);
      const spaces = [' ', '\n', '\t', '\r\n', '  '];
      request.body = bytesOf(writeTree(tree, () => (random.isOneIn(often) ? random.pick(spaces) : '')));
      return true;
    },
  },
  changeTree('the order of names', (tree, random) => {
    const found = nodesOf(tree)
      .filter(isObject)
      .filter(({ members }) => members.length > 1);
    if (found.length === 0) return false;
    const one = random.pick(found);
    one.members = random.shuffled(one.members);
    return true;
  }),
  changeTree('a name that stands twice', (tree, random) => {
    const found = nodesOf(tree)
      .filter(isObject)
      .filter(({ members }) => members.length > 0);
    if (found.length === 0) return false;
    const one = random.pick(found);
    const at = random.below(one.members.length);
    const [name, value] = one.members[at] as [string, JsonTree];
    const other: JsonTree = random.isOneIn(2) ? cloneTree(value) : { kind: 'scalar', raw: random.pick(otherScalars) };
    const spelled = random.isOneIn(3) ? respellString(name, random) : name;
    one.members.splice(random.pick([at, at + 1, 0, one.members.length]), 0, [spelled, other]);
    return true;
  }),
  changeTree(
    'the spelling of a number',
    changeScalar((raw) => /^-?\d/.test(raw), respellNumber),
  ),
  changeTree('the spelling of a text', changeScalar(isText, respellString)),
  changeTree('a text spelled otherwise', changeText(respell)),
  changeTree('a list in a text rearranged', changeText(relist)),
  changeTree('a token in a text spelled otherwise', changeText(retoken)),
  changeTree('a field added', (tree, random) => {
    const found = nodesOf(tree).filter(isObject);
    if (found.length === 0) return false;
    const one = random.pick(found);
    const names = found.flatMap(({ members }) => members.map(([name]) => name));
    const name = random.pick([...otherNames, ...names]);
    one.members.splice(random.below(one.members.length + 1), 0, [
      name,
      { kind: 'scalar', raw: random.pick(otherScalars) },
    ]);
    return true;
  }),
  changeTree(
    'a value changed',
    changeScalar(
      () => true,
      (_, random) => random.pick(otherScalars),
    ),
  ),
  changeTree('a field removed', (tree, random) => {
    const found = nodesOf(tree)
      .filter(isObject)
      .filter(({ members }) => members.length > 0);
    if (found.length === 0) return false;
    const one = random.pick(found);
    one.members.splice(random.below(one.members.length), 1);
    return true;
  }),
  changeTree('the elements of a list', (tree, random) => {
    const found = nodesOf(tree).filter(isArray);
    if (found.length === 0) return false;
    const one = random.pick(found);
    const { items } = one;
    const element = items.length === 0 ? undefined : random.pick(items);
    one.items = random.pick<() => JsonTree[]>([
      () => random.shuffled(items),
      () => items.filter((item) => item !== element),
      () => items.flatMap((item) => (item === element ? [item, cloneTree(item)] : [item])),
      () => [...items, ...items.map(cloneTree)],
      () => items.toReversed(),
      () => [],
      () => [...items, { kind: 'scalar', raw: random.pick(otherScalars) }],
      () => (element === undefined ? items : [element]),
    ])();
    return true;
  }),
  changeTree('two values exchanged, or a piece moved', (tree, random) => {
    const found = nodesOf(tree).filter(isScalar);
    if (found.length < 2) return false;
    const at = random.below(found.length - 1);
    const one = found[at] as { raw: string };
    const other = (random.isOneIn(2) ? found[at + 1] : random.pick(found)) as { raw: string };
    const [left, right] = [stringOf(one.raw), stringOf(other.raw)];
    if (one === other) return false;
    if (left === undefined || right === undefined || random.isOneIn(3)) {
      [one.raw, other.raw] = [other.raw, one.raw];
      return one.raw !== other.raw;
    }
    const split = random.below(left.length + 1);
    if (split === left.length) return false;
    one.raw = JSON.stringify(left.slice(0, split));
    other.raw = JSON.stringify(left.slice(split) + random.pick(['', ':', '\n', '.', '|']) + right);
    return true;
  }),
  changeTree('the body in a list, or out of one', (tree, random) => {
    if (tree.kind === 'array') return tree.items.length === 0 ? false : random.pick(tree.items);
    if (random.isOneIn(2)) return { kind: 'array', items: random.isOneIn(2) ? [tree] : [tree, cloneTree(tree)] };
    return { kind: 'object', members: [[random.pick(otherNames), tree]] };
  }),
];

/** Parsers drop it, and verifiers must not. */
export const byteOrderMark: Change = {
  name: 'a byte order mark',
  apply(request, random) {
    const text = textOf(request.body);
    if (text === undefined) return false;
    const found = random.pick(['\ufeff', '\ufeff\ufeff', '\ufffe']);
    request.body = bytesOf(text.startsWith('\ufeff') ? text.slice(1) : found + text);
    return true;
  },
};

/** Puts a piece of one genuine delivery into another that the same key signed. */

import { bytesOf, type ChangedRequest, headerOf, setHeader, textOf } from '../changed-request.ts';
import { isArray, isObject, type JsonTree, nodesOf, writeTree } from '../json-tree.ts';
import type { Random } from '../random.ts';
import type { Change } from './change.ts';
import { fieldsOf, isForm, writeFields } from './form-changes.ts';
import { treeOf } from './json-changes.ts';

export const pieceOfAnother: Change = {
  name: 'a piece of another genuine delivery',
  apply(request, random, { others, headerNames }) {
    if (others.length === 0) return false;
    const other = random.pick(others);
    return random.pick<() => boolean>([
      () => takeHeaders(request, other, [random.pick(other.headers)[0]]),
      () => takeHeaders(request, other, headerNames),
      () => takeHeaders(request, other, headerNames.length === 0 ? [] : [random.pick(headerNames)]),
      () => addToHeader(request, other, random, headerNames),
      () => {
        request.body = other.body;
        return true;
      },
      () => {
        Object.assign(request, { url: other.url, method: random.isOneIn(2) ? other.method : request.method });
        return true;
      },
      () => takeValue(request, other, random),
      () => takeField(request, other, random),
    ])();
  },
};

function takeHeaders(request: ChangedRequest, other: ChangedRequest, names: readonly string[]): boolean {
  let isTaken = false;
  for (const name of names) {
    const value = headerOf(other, name);
    if (value === undefined || value === headerOf(request, name)) continue;
    setHeader(request, name, value);
    isTaken = true;
  }
  return isTaken;
}

/** The list in a header, with the items of the other. */
function addToHeader(
  request: ChangedRequest,
  other: ChangedRequest,
  random: Random,
  names: readonly string[],
): boolean {
  if (names.length === 0) return false;
  const name = random.pick(names);
  const [own, added] = [headerOf(request, name), headerOf(other, name)];
  if (own === undefined || added === undefined) return false;
  const items = random.isOneIn(2) ? [own, added] : [added, own];
  setHeader(request, name, items.join(random.pick([',', ', ', ' ', '&', ';'])));
  return true;
}

/** An element or field of the other body put in, or in the place of one. */
function takeValue(request: ChangedRequest, other: ChangedRequest, random: Random): boolean {
  const [tree, from] = [treeOf(request), treeOf(other)];
  if (tree === undefined || from === undefined) return false;
  const lists = nodesOf(tree).filter(isArray);
  const objects = nodesOf(tree).filter(isObject);
  const elements = nodesOf(from)
    .filter(isArray)
    .flatMap(({ items }) => items);
  const members = nodesOf(from)
    .filter(isObject)
    .flatMap((object) => object.members);
  if (lists.length > 0 && elements.length > 0 && random.isOneIn(2)) {
    const { items } = random.pick(lists);
    items.splice(random.below(items.length + 1), random.below(2), random.pick(elements));
  } else if (objects.length > 0 && members.length > 0) {
    const object = random.pick(objects);
    const [name, value]: [string, JsonTree] = random.pick(members);
    const at = object.members.findIndex(([given]) => given === name);
    object.members.splice(at < 0 ? object.members.length : at, at < 0 ? 0 : 1, [name, value]);
  } else return false;
  request.body = bytesOf(writeTree(tree));
  return true;
}

function takeField(request: ChangedRequest, other: ChangedRequest, random: Random): boolean {
  const [text, added] = [textOf(request.body), textOf(other.body)];
  if (!isForm(request) || text === undefined || added === undefined || added === '') return false;
  const fields = fieldsOf(text);
  const field = random.pick(fieldsOf(added));
  const at = fields.findIndex(([name]) => name === field[0]);
  const isReplaced = at >= 0 && random.isOneIn(2);
  request.body = bytesOf(writeFields(isReplaced ? fields.with(at, field) : [...fields, field]));
  return true;
}

/** Moves text between neighbouring parts of a signed text, so that the text stays and the parts differ. */

import type { Delivery } from '@countersign/core';
import type { SignatureDescription, SignedPart } from '@countersign/core/describe';
import { bytesOf, type ChangedRequest, copyOf, headerOf, setHeader, textOf } from '../changed-request.ts';
import { type JsonTree, scalarAt, stringOf, writeTree } from '../json-tree.ts';
import type { Random } from '../random.ts';
import type { Change, Subject } from './change.ts';
import { escaped, fieldsOf, unescaped, writeFields } from './form-changes.ts';
import { treeOf } from './json-changes.ts';

/** Reads and writes one part of a signed text where it stands. Writing gives false where there is no room for a text. */
export interface Carrier {
  readonly read: (request: ChangedRequest) => string | undefined;
  readonly write: (request: ChangedRequest, text: string) => boolean;
}

function headerCarrier(name: string): Carrier {
  return {
    read: (request) => headerOf(request, name),
    write(request, text) {
      setHeader(request, name, text);
      return true;
    },
  };
}

/** The value of a key in a list such as `t=1,v1=ab`. */
function itemCarrier(name: string, key: string, separator: string, assign: string): Carrier {
  const itemsOf = (request: ChangedRequest) => headerOf(request, name)?.split(separator) ?? [];
  return {
    read: (request) =>
      itemsOf(request)
        .find((item) => item.startsWith(key + assign))
        ?.slice(key.length + assign.length),
    write(request, text) {
      const items = itemsOf(request).map((item) => (item.startsWith(key + assign) ? key + assign + text : item));
      setHeader(request, name, items.join(separator));
      return true;
    },
  };
}

function bodyCarrier(): Carrier {
  return {
    read: ({ body }) => textOf(body),
    write(request, text) {
      request.body = bytesOf(text);
      return true;
    },
  };
}

/** @param each the path of the events that are signed one by one, of which one is taken */
function jsonCarrier(path: string, each: string | undefined, place: number): Carrier {
  const whole = each === undefined ? path : `${each.replace('*', String(place))}.${path}`;
  return {
    read(request) {
      const raw = scalarIn(treeOf(request), whole)?.raw;
      return raw === undefined ? undefined : (stringOf(raw) ?? raw);
    },
    write(request, text) {
      const tree = treeOf(request);
      const scalar = scalarIn(tree, whole);
      if (tree === undefined || scalar === undefined) return false;
      scalar.raw = JSON.stringify(text);
      request.body = bytesOf(writeTree(tree));
      return true;
    },
  };
}

const scalarIn = (tree: JsonTree | undefined, path: string) => (tree === undefined ? undefined : scalarAt(tree, path));

function formCarrier(name: string): Carrier {
  const at = ([given]: [string, unknown]) => unescaped(given) === name;
  return {
    read(request) {
      const value = fieldsOf(textOf(request.body) ?? '').find(at)?.[1];
      return value === undefined ? undefined : unescaped(value);
    },
    write(request, text) {
      const fields = fieldsOf(textOf(request.body) ?? '');
      request.body = bytesOf(writeFields(fields.map((field) => (at(field) ? [field[0], escaped(text)] : field))));
      return true;
    },
  };
}

function urlCarrier({ publicUrl }: Subject): Carrier {
  return {
    read: ({ url }) => publicUrl + url,
    write(request, text) {
      if (!text.startsWith(publicUrl)) return false;
      request.url = text.slice(publicUrl.length);
      return true;
    },
  };
}

/** The fields of a form, sorted and run together. Whatever is written becomes one field, cut somewhere. */
function sortedFormCarrier(random: Random): Carrier {
  return {
    read(request) {
      const fields = fieldsOf(textOf(request.body) ?? '').map(
        ([name, value = '']) => unescaped(name) + unescaped(value),
      );
      return [...new Set(fields)].sort().join('');
    },
    write(request, text) {
      const at = random.between(1, Math.max(1, text.length));
      request.body = bytesOf(text === '' ? '' : `${escaped(text.slice(0, at))}=${escaped(text.slice(at))}`);
      return true;
    },
  };
}

export function carrierOf(part: SignedPart, subject: Subject, random: Random, place: number): Carrier | undefined {
  const { timestamp, id, nonce, each } = subject.text as SignatureDescription;
  if (part === 'body') return bodyCarrier();
  if (part === 'url') return urlCarrier(subject);
  if (part === 'id' && id !== undefined) return headerCarrier(id.header.toLowerCase());
  if (part === 'nonce' && nonce !== undefined) return headerCarrier(nonce.header.toLowerCase());
  if (part === 'sorted_form') return sortedFormCarrier(random);
  if (part === 'method') {
    return {
      read: ({ method }) => method,
      write(request, text) {
        request.method = text;
        return true;
      },
    };
  }
  if (part === 'timestamp' && timestamp !== undefined) {
    if ('json' in timestamp) return jsonCarrier(timestamp.json, each, place);
    if ('form' in timestamp) return formCarrier(timestamp.form);
    const name = timestamp.header.toLowerCase();
    return timestamp.key === undefined
      ? headerCarrier(name)
      : itemCarrier(name, timestamp.key, timestamp.separator ?? ',', timestamp.assign ?? '=');
  }
  if (typeof part === 'string') return undefined;
  if ('sortedFormOrQueryDigest' in part) return sortedFormCarrier(random);
  if ('header' in part) return headerCarrier(part.header.toLowerCase());
  if ('json' in part) return jsonCarrier(part.json, each, place);
  if ('form' in part) return part.orBody === true ? bodyCarrier() : formCarrier(part.form);
  return undefined;
}

/** Every place at which a text can be cut in two so that the separator stands between the pieces. */
export function cutsOf(text: string, separator: string): number[] {
  if (separator === '') return Array.from({ length: text.length + 1 }, (_, at) => at);
  const cuts: number[] = [];
  for (let at = text.indexOf(separator); at >= 0; at = text.indexOf(separator, at + 1)) cuts.push(at);
  return cuts;
}

export const signedPartChanges: readonly Change[] = [
  {
    name: 'text moved between signed parts',
    apply(request, random, subject) {
      const signs = subject.text?.signs ?? [];
      if (signs.length < 2) return false;
      const place = random.below(2);
      const variable = signs.flatMap((part, at) => (typeof part === 'object' && 'text' in part ? [] : [at]));
      if (variable.length < 2) return false;
      const first = random.below(variable.length - 1);
      const [from, to] = [variable[first] as number, variable[first + 1] as number];
      const separator = signs
        .slice(from + 1, to)
        .map((part) => (part as { text: string }).text)
        .join('');
      const [left, right] = [from, to].map((at) => carrierOf(signs[at] as SignedPart, subject, random, place));
      const [leftText, rightText] = [left?.read(request), right?.read(request)];
      if (left === undefined || right === undefined || leftText === undefined || rightText === undefined) return false;
      const text = leftText + separator + rightText;
      const cuts = cutsOf(text, separator).filter((at) => at !== leftText.length);
      if (cuts.length === 0) return false;
      // Near the border most of the time: a cut far from it hardly fits.
      const near = cuts.toSorted((one, other) => Math.abs(one - leftText.length) - Math.abs(other - leftText.length));
      const cut = random.isOneIn(2) ? random.pick(cuts) : random.pick(near.slice(0, 6));
      return left.write(request, text.slice(0, cut)) && right.write(request, text.slice(cut + separator.length));
    },
  },
  {
    name: 'the end of a computed text moved to the next part',
    apply(request, random, subject) {
      const signs = subject.text?.signs ?? [];
      const at = signs.findIndex((part) => typeof part === 'object' && 'compute' in part);
      const part = signs[at];
      if (typeof part !== 'object' || !('compute' in part)) return false;
      const [next, afterNext] = [signs[at + 1], signs[at + 2]];
      const separator = typeof next === 'object' && 'text' in next ? next.text : '';
      const target = separator === '' ? next : afterNext;
      const carrier = target === undefined ? undefined : carrierOf(target, subject, random, 0);
      const given = carrier?.read(request);
      if (carrier === undefined || given === undefined) return false;
      const textFor = (one: ChangedRequest) => {
        try {
          return part
            .compute({ ...one, headers: one.headers } as Delivery, () => subject.publicUrl + one.url)
            .map(({ name, value }) => name + part.layout.assign + value + part.layout.end)
            .join('');
        } catch {
          return undefined;
        }
      };
      const shorter = copyOf(request);
      const [path = ''] = request.url.split('?');
      const fields = fieldsOf(textOf(request.body) ?? '');
      const sorted = fields.toSorted(([one], [other]) => (one < other ? -1 : 1));
      random.pick<() => void>([
        () => {
          shorter.body = new Uint8Array();
        },
        () => {
          shorter.url = path;
        },
        () => {
          shorter.body = bytesOf(writeFields(sorted.slice(0, random.below(sorted.length + 1))));
        },
        () => {
          const text = textOf(request.body) ?? '';
          shorter.body = bytesOf(text.slice(0, random.below(text.length + 1)));
        },
      ])();
      const [whole, rest] = [textFor(request), textFor(shorter)];
      if (whole === undefined || rest === undefined || whole === rest || !whole.startsWith(rest)) return false;
      const moved = whole.slice(rest.length);
      if (!moved.startsWith(separator)) return false;
      request.body = shorter.body;
      request.url = shorter.url;
      return carrier.write(request, moved.slice(separator.length) + separator + given);
    },
  },
];

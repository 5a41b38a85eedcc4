/** Changes of header lines: repeated, reordered, renamed, added, removed, padded, written in another way. */

import { type ChangedRequest, headerOf, setHeader } from '../changed-request.ts';
import type { Random } from '../random.ts';
import type { Change, Subject } from './change.ts';
import { relist, respell, retoken } from './spellings.ts';

const otherNames = [
  'date',
  'host',
  'content-type',
  'content-length',
  'content-encoding',
  'transfer-encoding',
  'x-forwarded-host',
  'x-forwarded-proto',
  'x-http-method-override',
  'x-original-url',
  'x-request-id',
  'idempotency-key',
  'webhook-id',
  'x-timestamp',
  'user-agent',
];
const otherValues = [
  '',
  ' ',
  '0',
  '1',
  'other',
  'GET',
  'gzip',
  'identity',
  'text/plain',
  'example.org',
  '1795251600',
  '2026-11-21T09:00:00Z',
];

/** Mostly a header that the preset reads. */
function pickLine(request: ChangedRequest, random: Random, { headerNames }: Subject): [string, string] | undefined {
  if (request.headers.length === 0) return undefined;
  const read = request.headers.filter(([name]) => headerNames.includes(name.toLowerCase()));
  return read.length > 0 && !random.isOneIn(4) ? random.pick(read) : random.pick(request.headers);
}

function pickName(request: ChangedRequest, random: Random, { headerNames }: Subject): string {
  const present = request.headers.map(([name]) => name);
  return random.pick([...headerNames, ...headerNames, ...present, ...otherNames]);
}

function pickValue(request: ChangedRequest, random: Random): string {
  return random.pick([...otherValues, ...request.headers.map(([, value]) => value)]);
}

/** Changes the value of one line, where there is one and something changes. */
function changeValue(name: string, change: (value: string, random: Random, request: ChangedRequest) => string): Change {
  return {
    name,
    apply(request, random, subject) {
      const line = pickLine(request, random, subject);
      if (line === undefined) return false;
      const changed = change(line[1], random, request);
      if (changed === line[1]) return false;
      line[1] = changed;
      return true;
    },
  };
}

export const headerChanges: readonly Change[] = [
  {
    name: 'a header repeated',
    apply(request, random, subject) {
      const line = pickLine(request, random, subject);
      if (line === undefined) return false;
      const [name, value] = line;
      const other = random.pick([value, value, '', ' ', pickValue(request, random), respell(value, random)]);
      const spelled = random.isOneIn(3) ? name.toUpperCase() : name;
      const at = random.isOneIn(2) ? request.headers.length : request.headers.indexOf(line);
      request.headers.splice(at, 0, [spelled, other]);
      return true;
    },
  },
  {
    name: 'headers reordered',
    apply(request, random) {
      if (request.headers.length < 2) return false;
      request.headers = random.shuffled(request.headers);
      return true;
    },
  },
  {
    name: 'the case of a header name',
    apply(request, random) {
      if (request.headers.length === 0) return false;
      const isAll = random.isOneIn(3);
      const one = random.pick(request.headers);
      for (const line of request.headers) {
        if (!isAll && line !== one) continue;
        line[0] = random.isOneIn(2)
          ? line[0].toUpperCase()
          : line[0].replace(/\b[a-z]/g, (letter) => letter.toUpperCase());
      }
      return true;
    },
  },
  {
    name: 'a header added',
    apply(request, random, subject) {
      const name = pickName(request, random, subject);
      if (headerOf(request, name.toLowerCase()) !== undefined) return false;
      request.headers.splice(random.below(request.headers.length + 1), 0, [name, pickValue(request, random)]);
      return true;
    },
  },
  {
    name: 'a header removed',
    apply(request, random) {
      if (request.headers.length === 0) return false;
      request.headers.splice(random.below(request.headers.length), 1);
      return true;
    },
  },
  changeValue('a header value padded', (value, random) => {
    const space = random.pick([' ', '\t', '  ', ' \t', '\u00a0']);
    return random.isOneIn(2) ? space + value : value + space;
  }),
  changeValue('a header value exchanged', (value, random, request) => {
    const other = pickValue(request, random);
    return random.isOneIn(2) ? other : `${value}${other}`;
  }),
  changeValue('a header value spelled otherwise', respell),
  changeValue('a list in a header rearranged', relist),
  changeValue('a token in a header spelled otherwise', retoken),
  {
    name: 'a list in a header split into two lines',
    apply(request, random, subject) {
      const line = pickLine(request, random, subject);
      if (line === undefined) return false;
      const items = line[1].split(/, ?/);
      if (items.length < 2) return false;
      const at = random.between(1, items.length - 1);
      line[1] = items.slice(0, at).join(',');
      request.headers.splice(request.headers.indexOf(line) + 1, 0, [line[0], items.slice(at).join(',')]);
      return true;
    },
  },
  {
    name: 'the values of two headers exchanged or moved',
    apply(request, random, subject) {
      const [one, other] = [pickLine(request, random, subject), pickLine(request, random, subject)];
      if (one === undefined || other === undefined || one === other) return false;
      if (random.isOneIn(3)) {
        [one[1], other[1]] = [other[1], one[1]];
        return one[1] !== other[1];
      }
      const at = random.below(one[1].length + 1);
      const isTail = random.isOneIn(2);
      const [kept, moved] = isTail ? [one[1].slice(0, at), one[1].slice(at)] : [one[1].slice(at), one[1].slice(0, at)];
      if (moved === '') return false;
      one[1] = kept;
      other[1] = random.isOneIn(2) ? moved + other[1] : other[1] + moved;
      return true;
    },
  },
  {
    name: 'a header folded into the value of another',
    apply(request, random) {
      if (request.headers.length < 2) return false;
      const [into, from] = random.shuffled(request.headers) as [[string, string], [string, string]];
      const separator = random.pick([';', ',', ', ', '\n', '\r\n', '; ']);
      into[1] += `${separator}${from[0].toLowerCase()}${random.pick([':', ': ', '='])}${from[1]}`;
      request.headers = request.headers.filter((line) => line !== from);
      return true;
    },
  },
  {
    name: 'the label of a message signature',
    apply(request, random) {
      const [input, signature] = [headerOf(request, 'signature-input'), headerOf(request, 'signature')];
      const label = input === undefined ? undefined : /^\w+/.exec(input)?.[0];
      if (input === undefined || signature === undefined || label === undefined) return false;
      const other = random.pick(['sig2', 'a', 'recorded']);
      const isAdded = random.isOneIn(2);
      for (const [name, value] of [
        ['signature-input', input],
        ['signature', signature],
      ] as const) {
        const renamed = value.replace(label, other);
        setHeader(request, name, isAdded ? `${value}, ${renamed}` : renamed);
      }
      return true;
    },
  },
];

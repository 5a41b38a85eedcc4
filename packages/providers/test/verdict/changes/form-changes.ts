/** Changes of a form: fields repeated, reordered, added, removed, escaped otherwise, and text moved between them. */

import { bytesOf, type ChangedRequest, textOf } from '../changed-request.ts';
import type { Random } from '../random.ts';
import type { Change } from './change.ts';
import { relist, respell, respellEscapes } from './spellings.ts';

/** A field as it is written, in its two pieces; the second is undefined where there is no `=`. */
type Field = [name: string, value: string | undefined];

export function fieldsOf(text: string): Field[] {
  if (text === '') return [];
  return text.split('&').map((field) => {
    const at = field.indexOf('=');
    return at < 0 ? [field, undefined] : [field.slice(0, at), field.slice(at + 1)];
  });
}

export function writeFields(fields: readonly Field[]): string {
  return fields.map(([name, value]) => (value === undefined ? name : `${name}=${value}`)).join('&');
}

export const unescaped = (text: string) => {
  try {
    return decodeURIComponent(text.replaceAll('+', '%20'));
  } catch {
    return text;
  }
};
export const escaped = (text: string) => encodeURIComponent(Buffer.from(text).toString()).replaceAll('%20', '+');

export function isForm({ body }: ChangedRequest): boolean {
  return body.length > 0 && body[0] !== 0x7b && body[0] !== 0x5b && body.includes(0x3d);
}

function changeFields(
  name: string,
  change: (fields: Field[], random: Random, request: ChangedRequest) => Field[],
): Change {
  return {
    name,
    apply(request, random) {
      if (!isForm(request)) return false;
      const text = textOf(request.body);
      if (text === undefined) return false;
      const changed = writeFields(change(fieldsOf(text), random, request));
      if (changed === text) return false;
      request.body = bytesOf(changed);
      return true;
    },
  };
}

/** Changes one of the fields. */
function changeField(name: string, change: (field: Field, random: Random) => Field): Change {
  return changeFields(name, (fields, random) => {
    const at = random.below(fields.length);
    return fields.with(at, change(fields[at] as Field, random));
  });
}

const otherValues = ['', '1', 'other', '%00', '%EF%BB%BF', '{}', '%7B%22forged%22%3Atrue%7D'];

/** Readers differ in which of two they take. */
export const repeatedField: Change = changeFields('a field repeated', (fields, random) => {
  const one = random.pick(fields);
  const spelled: Field = random.isOneIn(3) ? [respellEscapes(one[0], random), one[1]] : one;
  const other: Field = random.isOneIn(2) ? spelled : [spelled[0], random.pick(otherValues)];
  return fields.toSpliced(random.pick([0, fields.indexOf(one), fields.indexOf(one) + 1, fields.length]), 0, other);
});

export const formChanges: readonly Change[] = [
  changeFields('fields reordered', (fields, random) => random.shuffled(fields)),
  changeFields('a field added', (fields, random) => {
    const name = random.pick(['', 'x', 'zzz', 'AAA', 'payload', 'id', ...fields.map(([given]) => given)]);
    const value = random.isOneIn(3) ? undefined : random.pick(otherValues);
    return fields.toSpliced(random.below(fields.length + 1), 0, [name, value]);
  }),
  changeFields('a field removed', (fields, random) => fields.toSpliced(random.below(fields.length), 1)),
  changeField('escapes of a field', ([name, value], random) =>
    value === undefined || random.isOneIn(4)
      ? [respellEscapes(name, random), value]
      : [name, respellEscapes(value, random)],
  ),
  changeField('a field written anew', ([name, value]) => [
    escaped(unescaped(name)),
    value && escaped(unescaped(value)),
  ]),
  changeField('a value of a field spelled otherwise', ([name, value], random) => [
    name,
    value && escaped(respell(unescaped(value), random)),
  ]),
  changeField('a list in a field rearranged', ([name, value], random) => [
    name,
    value && escaped(relist(unescaped(value), random)),
  ]),
  changeField('text moved between a name and its value', ([name, value = ''], random) => {
    const text = unescaped(name) + unescaped(value);
    const at = random.below(text.length + 1);
    return [escaped(text.slice(0, at)), escaped(text.slice(at))];
  }),
  changeFields('text moved between neighbouring fields', (fields, random) => {
    if (fields.length < 2) return fields;
    // Many schemes sort the fields first.
    const sorted = random.isOneIn(2) ? [...fields].sort(([left], [right]) => (left < right ? -1 : 1)) : fields;
    const at = random.below(sorted.length - 1);
    const [[name, value = ''], [nextName, nextValue = '']] = [sorted[at] as Field, sorted[at + 1] as Field];
    const texts = [name, value, nextName, nextValue].map(unescaped);
    const text = texts.join('');
    const cuts = [random.below(text.length + 1), random.below(text.length + 1), random.below(text.length + 1)].sort(
      (left, right) => left - right,
    ) as [number, number, number];
    const changed = random.pick<() => Field[]>([
      () => [[escaped(text.slice(0, cuts[0])), escaped(text.slice(cuts[0]))]],
      () => [[escaped(texts[0] as string), escaped(texts.slice(1).join(''))]],
      () => [
        [escaped(text.slice(0, cuts[0])), escaped(text.slice(cuts[0], cuts[1]))],
        [escaped(text.slice(cuts[1], cuts[2])), escaped(text.slice(cuts[2]))],
      ],
    ])();
    return sorted.toSpliced(at, 2, ...changed);
  }),
  changeFields('a field split into two', (fields, random) => {
    const at = random.below(fields.length);
    const [name, value = ''] = fields[at] as Field;
    const text = unescaped(value);
    const [first, second] = [random.below(text.length + 1), random.below(text.length + 1)].sort((a, b) => a - b) as [
      number,
      number,
    ];
    const pieces = [text.slice(0, first), text.slice(first, second), text.slice(second)].map(escaped) as [
      string,
      string,
      string,
    ];
    return fields.toSpliced(at, 1, [name, pieces[0]], [pieces[1], pieces[2]]);
  }),
  changeFields('separators of a form', (fields, random) => {
    const text = writeFields(fields);
    return fieldsOf(
      random.pick([`${text}&`, `&${text}`, `${text}=`, text.replace('&', '&&'), text.replace('&', ';'), `?${text}`]),
    );
  }),
  changeFields('fields moved into the query', (fields, random, request) => {
    const at = random.below(fields.length);
    const isOne = random.isOneIn(2);
    const moved = isOne ? [fields[at] as Field] : fields.slice(at);
    const rest = isOne ? fields.toSpliced(at, 1) : fields.slice(0, at);
    const written = random.isOneIn(2) ? writeFields(moved) : moved.map(([name, value = '']) => name + value).join('');
    const mark = random.pick(['', request.url.includes('?') ? '&' : '?']);
    request.url += mark + written;
    return rest;
  }),
  {
    name: 'parameters moved into the body',
    apply(request, random) {
      const [path = '', query = ''] = request.url.split(/\?(.*)/s);
      const text = textOf(request.body);
      if (query === '' || text === undefined || treeLike(text)) return false;
      const parameters = query.split('&');
      const at = random.below(parameters.length);
      const rest = parameters.slice(0, at).join('&');
      request.url = rest === '' ? path + random.pick(['', '?']) : `${path}?${rest}`;
      const moved = parameters.slice(at).join('&');
      request.body = bytesOf([moved, text].filter((part) => part !== '').join('&'));
      return true;
    },
  },
  {
    name: 'JSON in a field, or a field as the body',
    apply(request, random, { preset }) {
      const text = textOf(request.body);
      if (text === undefined || text === '') return false;
      const format = preset.payload;
      const name = typeof format === 'object' ? format.formField : random.pick(['payload', 'data', 'json']);
      if (!isForm(request)) {
        request.body = bytesOf(`${name}=${encodeURIComponent(text)}`);
        return true;
      }
      const [, value] = random.pick(fieldsOf(text));
      if (value === undefined) return false;
      request.body = bytesOf(unescaped(value));
      return true;
    },
  },
];

function treeLike(text: string): boolean {
  return text.startsWith('{') || text.startsWith('[');
}

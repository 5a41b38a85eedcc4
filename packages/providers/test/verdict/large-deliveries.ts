/** Deliveries that nobody signed, large in every part that a preset's scheme looks at. */

import type { Delivery, Provider } from '@countersign/core';
import type { GenuineDelivery } from './genuine-deliveries.ts';
import {
  type Filler,
  formFillers,
  jsonFillers,
  otherFillers,
  pathFillers,
  textFillers,
  tokenFillers,
  tokenIn,
} from './large-values.ts';

/** What grows: its sizes are those of its kind. */
export type GrowthKind = 'body' | 'list' | 'address' | 'header' | 'refused_body';

/** A delivery of any size. */
export interface Shape {
  readonly name: string;
  readonly kind: GrowthKind;
  readonly make: (size: number) => Delivery;
}

/** @param isWhole every filler at every place; otherwise some of them in turn, which differ from preset to preset */
export function shapesOf(genuine: GenuineDelivery, isWhole: boolean): readonly Shape[] {
  const turn = createTurn(genuine.name, isWhole);
  return [
    ...bodyShapes(genuine, turn),
    ...placeShapes(genuine, turn),
    ...headerShapes(genuine, turn),
    ...addressShapes(genuine, turn),
    ...handshakeShapes(genuine, turn),
    {
      name: 'a body of several megabytes',
      kind: 'refused_body',
      make: (size) => ({ ...genuine.delivery(), body: bytesOf('x many', (length) => 'x'.repeat(length), size) }),
    },
  ];
}

/** Some of a set of fillers: all of them, or so many, others each time. */
type Turn = <Value>(set: Readonly<Record<string, Value>>, most: number) => readonly (readonly [string, Value])[];

function createTurn(name: string, isWhole: boolean): Turn {
  let at = [...name].reduce((sum, letter) => sum * 31 + letter.charCodeAt(0), 7) % 1009;
  return (set, most) => {
    const entries = Object.entries(set);
    if (isWhole || entries.length <= most) return entries;
    return Array.from({ length: most }, () => entries[at++ % entries.length] as (typeof entries)[number]);
  };
}

const known = new Map<string, Uint8Array>();

/** Bytes that several presets are tried with are made once. */
function bytesOf(name: string, filler: Filler, size: number): Uint8Array {
  const key = `${name} ${size}`;
  const bytes = known.get(key) ?? new TextEncoder().encode(filler(size));
  known.set(key, bytes);
  return bytes;
}

/** The whole body is one large value. */
function bodyShapes({ preset, delivery, recorded }: GenuineDelivery, turn: Turn): Shape[] {
  const isForm = isFormPreset(preset) || recorded.headers['content-type']?.includes('form') === true;
  const shape = (group: string, [name, filler]: readonly [string, Filler]): Shape => ({
    name: `${group} of ${name}`,
    kind: 'body',
    make: (size) => ({ ...delivery(), body: bytesOf(`${group} ${name}`, filler, size) }),
  });
  const forms = turn(formFillers, isForm ? 99 : 2);
  return [
    ...turn(jsonFillers, isForm ? 2 : 8).map((entry) => shape('a body', entry)),
    ...forms.map((entry) => shape('a form', entry)),
    ...turn(otherFillers, 1).map((entry) => shape('other bytes', entry)),
    ...(isForm ? forms : []).map(
      ([name, filler]): Shape => ({
        name: `the genuine form before ${name}`,
        kind: 'body',
        make: (size) => ({ ...delivery(), body: encode(`${recorded.body}&${filler(size)}`) }),
      }),
    ),
  ];
}

/** The genuine body, large at one of the places that the preset names. */
function placeShapes({ preset, delivery, recorded }: GenuineDelivery, turn: Turn): Shape[] {
  const shapes: Shape[] = [];
  const add = (name: string, make: (size: number) => string, kind: GrowthKind = 'body') =>
    shapes.push({ name, kind, make: (size) => ({ ...delivery(), body: encode(make(size)) }) });
  const { json, form } = placesOf(preset);
  const field = typeof preset.payload === 'object' ? preset.payload.formField : undefined;
  const root = parse(field === undefined ? recorded.body : (new URLSearchParams(recorded.body).get(field) ?? ''));
  const wrap = (text: string) => (field === undefined ? text : `${field}=${encodeURIComponent(text)}`);
  const scale = field === undefined ? 1 : 1 / 3;
  if (root !== undefined) {
    for (const path of json) {
      const [before, after] = around(root, path.replace(/\.?\*.*$/, ''), path);
      const fill = ([name, filler]: readonly [string, Filler]) =>
        add(`${name} at ${path}`, (size) => wrap(before + filler(size * scale) + after));
      for (const entry of turn(jsonFillers, 2)) fill(entry);
      const genuineText = valueAt(root, path);
      if (typeof genuineText !== 'string') continue;
      const { before: scheme = '', token } = tokenIn(genuineText) ?? {};
      if (token === undefined) continue;
      for (const [name, filler] of Object.entries(tokenFillers))
        fill([`a token with ${name}`, (size) => JSON.stringify(scheme + filler(token)(size))]);
    }
    for (const path of listsOf(preset)) {
      const [before, after] = around(root, path, path);
      const [first] = listAt(root, path);
      const element = JSON.stringify(first ?? {});
      for (const [name, piece] of Object.entries({ genuine: element, empty: '{}', other: '1', null: 'null' })) {
        const list: Filler = (size) => `[${`${piece},`.repeat(size / (piece.length + 1))}${piece}]`;
        add(
          `many ${name} elements at ${path === '' ? 'the top' : path}`,
          (size) => wrap(before + list(size * scale) + after),
          'list',
        );
      }
    }
  }
  if (isFormPreset(preset)) {
    for (const name of form) {
      for (const [title, filler] of turn(textFillers, 4)) {
        const value = new URLSearchParams(recorded.body).get(name) ?? '';
        const others = new URLSearchParams(recorded.body);
        others.delete(name);
        const text = filler(value);
        add(`${title} in the field ${name}`, (size) => `${name}=${encodeURIComponent(text(size / 2))}&${others}`);
      }
      add(`the field ${name} again and again`, (size) => `${name}=a&`.repeat(size / (name.length + 3)) + recorded.body);
    }
  }
  const whole = tokenIn(recorded.body);
  if (whole !== undefined) {
    for (const [name, filler] of Object.entries(tokenFillers)) add(`a token with ${name}`, filler(whole.token));
  }
  return shapes;
}

/** Each header that is read, long; and many headers. */
function headerShapes({ preset, delivery, recorded }: GenuineDelivery, turn: Turn): Shape[] {
  const shapes: Shape[] = [];
  const add = (name: string, change: (size: number) => Delivery['headers']) =>
    shapes.push({ name, kind: 'header', make: (size) => ({ ...delivery(), headers: change(size) }) });
  const own = new Set([...placesOf(preset).header, ...recorded.authenticatedBy].map((name) => name.toLowerCase()));
  const every = {
    'content-length': '1',
    'content-encoding': 'identity',
    'content-type': 'text/plain',
    ...recorded.headers,
  };
  for (const header of new Set([...own, ...Object.keys(every)])) {
    const value = (every as Readonly<Record<string, string>>)[header] ?? '';
    for (const [name, filler] of turn(textFillers, own.has(header) ? 8 : 1)) {
      const text = filler(value);
      add(`${header}: ${name}`, (size) => ({ ...recorded.headers, [header]: text(size) }));
    }
    const found = tokenIn(value);
    if (found !== undefined) {
      for (const [name, filler] of Object.entries(tokenFillers)) {
        const text = filler(found.token);
        // Their size is that of the token; a header of more than 8 KiB is refused unread.
        add(`${header}: a token with ${name}`, (size) => ({
          ...recorded.headers,
          [header]: found.before + text(size * 0.95),
        }));
      }
    }
    if (!own.has(header)) continue;
    add(`${header} again and again, in a list`, (size) => ({
      ...recorded.headers,
      [header]: Array(Math.ceil(size / 16)).fill(value),
    }));
    add(`${header} again and again, in pairs`, (size) => [
      ...Object.entries(recorded.headers),
      ...Array.from({ length: size / 16 }, (): [string, string] => [header, value]),
    ]);
  }
  const others = (size: number) => Array.from({ length: size / 16 }, (_, at): [string, string] => [`x-${at}`, 'a']);
  add('many other headers, in a record', (size) => ({ ...Object.fromEntries(others(size)), ...recorded.headers }));
  add('many other headers, in pairs', (size) => [...others(size), ...Object.entries(recorded.headers)]);
  return shapes;
}

/** A long path, a long query, and each parameter that is read. */
function addressShapes({ preset, delivery, recorded }: GenuineDelivery, turn: Turn): Shape[] {
  const shapes: Shape[] = [];
  const add = (name: string, make: (size: number) => string, other: Partial<Delivery> = {}) =>
    shapes.push({ name, kind: 'address', make: (size) => ({ ...delivery(), ...other, url: make(size) }) });
  const { url = '/' } = recorded;
  const { query } = placesOf(preset);
  const isRead = recorded.publicUrl !== undefined || query.size > 0 || preset.scheme.kind === 'jwt';
  const join = url.includes('?') ? '&' : '?';
  for (const [name, filler] of turn(formFillers, isRead ? 99 : 1)) {
    add(`a query of ${name}`, (size) => url + join + filler(size));
    add(`a query of ${name} before the genuine one`, (size) => url.replace(/\?|$/, `?${filler(size)}&`));
  }
  for (const [name, filler] of turn(pathFillers, isRead ? 99 : 1))
    add(`a path of ${name}`, (size) => filler(size) + url);
  for (const name of query) {
    const others = url.includes('?') ? `&${url.slice(url.indexOf('?') + 1)}` : '';
    for (const [title, filler] of turn(textFillers, 8)) {
      const text = filler('');
      add(`${title} in the parameter ${name}`, (size) => `/?${name}=${encodeURIComponent(text(size / 2))}${others}`);
    }
    add(`the parameter ${name} again and again`, (size) => `/?${`${name}=a&`.repeat(size / (name.length + 3))}`);
  }
  // Beside a URL, an empty body is judged by how the URL ends.
  for (const mark of isRead ? ['{', '['] : [])
    add(`a query of ${mark} without a body`, (size) => url + join + mark.repeat(size), { body: new Uint8Array() });
  // Where an empty body counts, the query is the payload.
  for (const method of (preset.methods ?? []).filter((one) => one !== 'POST')) {
    for (const [name, filler] of turn(formFillers, 4))
      add(`by ${method}, a query of ${name}`, (size) => url + join + filler(size), { method, body: new Uint8Array() });
  }
  return shapes;
}

/** Requests that look like the sender's check of the address. */
function handshakeShapes({ preset, recorded }: GenuineDelivery, turn: Turn): Shape[] {
  const shapes: Shape[] = [];
  for (const { name, when } of preset.handshakes ?? []) {
    const headers: Record<string, string> = { ...(when.header !== undefined && { [when.header.toLowerCase()]: 'a' }) };
    if (when.withoutHeader === undefined) Object.assign(headers, recorded.headers);
    const given = Object.entries(when.query ?? {}).map(([key, value]) => [key, value === '*' ? 'a' : value] as const);
    const query = given.map(([key, value]) => `${key}=${encodeURIComponent(value)}`).join('&');
    const body = JSON.stringify(nested(when.json ?? {})).slice(0, -1);
    const comma = body === '{' ? '' : ',';
    const base = { method: when.method, headers, url: `/?${query}` };
    const add = (kind: GrowthKind, title: string, make: (size: number) => Partial<Delivery>) =>
      shapes.push({
        name: `the handshake ${name} with ${title}`,
        kind,
        make: (size) => ({ ...base, body: encode(`${body}}`), ...make(size) }),
      });
    for (const [title, filler] of turn(jsonFillers, 4))
      add('body', title, (size) => ({ body: encode(`${body}${comma}"more":${filler(size)}}`) }));
    for (const [title, filler] of turn(formFillers, 4)) {
      add('address', `a query of ${title}`, (size) => ({ url: `/?${query}&${filler(size)}` }));
      if (when.form !== undefined) add('body', `a form of ${title}`, (size) => ({ body: encode(filler(size)) }));
    }
    for (const [key] of given) {
      for (const [title, filler] of turn(textFillers, 3)) {
        const text = filler('a');
        const others = given
          .filter(([other]) => other !== key)
          .map(([other, value]) => `&${other}=${encodeURIComponent(value)}`);
        add('address', `${title} in ${key}`, (size) => ({
          url: `/?${key}=${encodeURIComponent(text(size / 2))}${others.join('')}`,
        }));
      }
    }
    for (const path of Object.keys(when.json ?? {})) {
      const [before, after] = around(nested(when.json ?? {}), path, path);
      for (const [title, filler] of turn(jsonFillers, 2))
        add('body', `${title} at ${path}`, (size) => ({ body: encode(before + filler(size) + after) }));
    }
  }
  return shapes;
}

interface Places {
  readonly json: ReadonlySet<string>;
  readonly form: ReadonlySet<string>;
  readonly query: ReadonlySet<string>;
  readonly header: ReadonlySet<string>;
}

/** Every place that a description names, in whatever part of it. */
function placesOf(preset: Provider): Places {
  const places = {
    json: new Set<string>(),
    form: new Set<string>(),
    query: new Set<string>(),
    header: new Set<string>(),
  };
  const { scheme, eventId, eventType, eventCreatedAt, batch, payload, handshakes } = preset;
  const walk = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    for (const [name, entry] of Object.entries(value)) {
      if (Object.hasOwn(places, name)) {
        for (const one of [entry].flat()) if (typeof one === 'string') places[name as keyof Places].add(one);
      }
      if (name === 'formField' && typeof entry === 'string') places.form.add(entry);
      walk(entry);
    }
  };
  walk([scheme.description, eventId, eventType, eventCreatedAt, batch, payload]);
  for (const { response: answer, value, verifyToken } of handshakes ?? []) walk([answer, value, verifyToken]);
  if (scheme.kind === 'http_signature')
    for (const name of ['signature', 'signature-input', 'content-digest']) places.header.add(name);
  return places;
}

/** The paths of lists whose elements are looked at, without the `*`. */
function listsOf(preset: Provider): readonly string[] {
  const { each } = preset.scheme.description as { readonly each?: string };
  const paths = [...placesOf(preset).json, each ?? '', preset.batch?.json ?? ''].filter((path) => path.includes('*'));
  return [...new Set(paths.map((path) => path.slice(0, path.indexOf('*')).replace(/\.$/, '')))];
}

function isFormPreset({ payload, scheme }: Provider): boolean {
  const isForm = payload === 'form' || payload === 'json_or_form' || typeof payload === 'object';
  return isForm || JSON.stringify(scheme.description).includes('ormOrQuery') || placesIn(scheme).length > 0;
}

function placesIn({ description }: Provider['scheme']): readonly string[] {
  const { signs = [] } = description as { readonly signs?: readonly unknown[] };
  return signs.flatMap((part) =>
    part === 'sorted_form' || (typeof part === 'object' && part !== null && 'form' in part) ? ['form'] : [],
  );
}

/** The text of a JSON document before and after the value at a path, which is made where it is missing. */
function around(root: unknown, path: string, whole: string): readonly [before: string, after: string] {
  if (path === '' && whole.startsWith('*')) return ['', ''];
  const mark = '\u0001here\u0001';
  let document = structuredClone(root);
  if (typeof document !== 'object' || document === null) document = {};
  let owner = document as Record<string, unknown>;
  const names = path.split('.');
  for (const name of names.slice(0, -1)) {
    if (typeof owner[name] !== 'object' || owner[name] === null) owner[name] = {};
    owner = owner[name] as Record<string, unknown>;
  }
  owner[names.at(-1) as string] = mark;
  const text = JSON.stringify(document);
  const marked = JSON.stringify(mark);
  const at = text.indexOf(marked);
  // An index into an array that has no such name: the mark is lost.
  if (at < 0) return [`{${JSON.stringify(names.at(-1))}:`, '}'];
  return [text.slice(0, at), text.slice(at + marked.length)];
}

function valueAt(root: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>((value, name) => (value as Record<string, unknown> | null | undefined)?.[name], root);
}

function listAt(root: unknown, path: string): readonly unknown[] {
  const list = path === '' ? root : valueAt(root, path);
  return Array.isArray(list) ? list : [];
}

function nested(values: Readonly<Record<string, string | number | boolean>>): object {
  const root: Record<string, unknown> = {};
  for (const [path, value] of Object.entries(values)) {
    let owner = root;
    const names = path.split('.');
    for (const name of names.slice(0, -1)) {
      owner[name] ??= {};
      owner = owner[name] as Record<string, unknown>;
    }
    owner[names.at(-1) as string] = value === '*' ? 'a' : value;
  }
  return root;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

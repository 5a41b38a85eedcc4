/** Other ways to write one text: hex, base64, lists, tokens, white space, escapes. */

import type { Random } from '../random.ts';

const base64Alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

const spellings: readonly ((text: string, random: Random) => string)[] = [
  (text) => text.toUpperCase(),
  (text) => text.toLowerCase(),
  (text, random) => changeAt(text, random.below(text.length), (letter) => swapCase(letter)),
  (text, random) => random.pick([' ', '\t', '  ']) + text,
  (text, random) => text + random.pick([' ', '\t', '\n', '\r\n', '\0', ',', ';', '=']),
  (text) => `"${text}"`,
  (text) => text.replace(/=+$/, ''),
  (text) => text.replaceAll('+', '-').replaceAll('/', '_'),
  (text) => text.replaceAll('-', '+').replaceAll('_', '/'),
  // The bits of the last character that stand for no byte.
  (text, random) => text.replace(/[A-Za-z0-9+/](?==*$)/, (letter) => neighbourOf(letter, random)),
  (text, random) => text.replace(/[\w-](?=\.|$)/, (letter) => neighbourOf(letter, random)),
  (text) => text.replace(/^[a-z0-9]+=/i, ''),
  (text, random) => `${random.pick(['sha256=', 'sha1=', 'v1=', 'v0=', '0x', 'Bearer '])}${text}`,
  (text) => text.replace(/^\S+ /, (scheme) => swapCase(scheme)),
  (text) => text.replace(' ', '  '),
  (text, random) => changeAt(text, random.below(text.length), () => random.pick(['a', '0', '.', ' ', '%41'])),
  (text, random) => changeAt(text, random.below(text.length), () => ''),
  (text) => `0${text}`,
  (text) => `+${text}`,
  (text) => `${text}.0`,
  (text) => text.replace(/Z$/, '+00:00'),
  (text) => text.replace(/Z$/, '.000Z'),
  (text) => text.replace(/^(\d{10})$/, '$1000'),
  (text) => text.replace(/^(\d{10})000$/, '$1'),
  (text, random) => text.replace(/\d+/, (digits) => String(Number(digits) + random.pick([-1, 1, 60, -3600]))),
];

/** The text written in another way; perhaps one that stands for something else. */
export function respell(text: string, random: Random): string {
  return text === '' ? text : random.pick(spellings)(text, random);
}

const separators = [',', ';', ' ', '&', ', '];

/** The items of a list in another order, repeated, left out, or with others among them. */
export function relist(text: string, random: Random): string {
  const present = separators.filter((separator) => text.includes(separator));
  const separator = present.length === 0 ? random.pick(separators) : random.pick(present);
  const items = text.split(separator);
  const one = random.pick(items);
  const between = random.isOneIn(4) ? random.pick([`${separator} `, ` ${separator}`, ...separators]) : separator;
  const other = random.pick([
    '',
    'potato',
    'v0=00',
    'v2=aaaa',
    'v1=potato',
    'sig9=:AAAA:',
    'x=1',
    'k|00',
    one.toUpperCase(),
  ]);
  const changed = random.pick<() => string[]>([
    () => random.shuffled(items),
    () => [...items, one],
    () => [one, ...items],
    () => [...items, other],
    () => [other, ...items],
    () => items.filter((item) => item !== one),
    () => [...items.slice(0, -1), `${items.at(-1)}${separator}`],
  ])();
  return changed.join(between);
}

/** One character of a token in base64url changed, or one of its parts written anew with white space in its JSON. */
export function retoken(text: string, random: Random): string {
  const found = /[\w-]+\.[\w-]*\.[\w-]+/.exec(text);
  if (found === null) return text;
  const parts = found[0].split('.');
  const at = random.below(parts.length);
  const part = parts[at] as string;
  parts[at] = random.pick<() => string>([
    () => `${part}=`,
    () => part.replace(/[\w-]$/, (letter) => neighbourOf(letter, random)),
    () => Buffer.from(Buffer.from(part, 'base64url').toString().replace('{', '{ ')).toString('base64url'),
    () => `${part}A`,
    () => '',
    () => `${part}\n`,
  ])();
  return text.replace(found[0], () => parts.join('.'));
}

/** One character written as another that a URL or form reads as the same, or nearly so. */
export function respellEscapes(text: string, random: Random): string {
  return random.pick<() => string>([
    () => text.replace(/%[0-9A-Fa-f]{2}/g, (found) => (random.isOneIn(2) ? found.toLowerCase() : found.toUpperCase())),
    () => text.replaceAll('+', '%20'),
    () => text.replaceAll('%20', '+'),
    () => escapeAt(text, random),
    () => text.replace(/%(2[DE]|5F|7E|[46][1-9A-F]|[57][0-9A])/i, (found) => decodeURIComponent(found)),
    () => text.replace(/%[0-9A-Fa-f]{2}/, (found) => `%25${found.slice(1)}`),
    () => text.replace('~', '%7E').replace("'", '%27'),
  ])();
}

function escapeAt(text: string, random: Random): string {
  const places = [...text.matchAll(/[A-Za-z0-9._~-]/g)].filter(({ index }) => !/%.?$/.test(text.slice(0, index)));
  if (places.length === 0) return text;
  const { index } = random.pick(places);
  const code = text.charCodeAt(index).toString(16);
  return changeAt(text, index, () => `%${random.isOneIn(2) ? code : code.toUpperCase()}`);
}

export function changeAt(text: string, at: number, change: (letter: string) => string): string {
  return text.slice(0, at) + change(text.charAt(at)) + text.slice(at + 1);
}

function swapCase(text: string): string {
  return text === text.toUpperCase() ? text.toLowerCase() : text.toUpperCase();
}

/** A character of base64 that differs in its last bits alone. */
function neighbourOf(letter: string, random: Random): string {
  const value = base64Alphabet.indexOf(letter);
  return value < 0 ? letter : base64Alphabet.charAt(value ^ random.between(1, 3));
}

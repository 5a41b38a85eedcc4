/** Values that are as long as asked for, of every kind that a parser could take more than linear time over. */

/** Makes a text of about so many characters. */
export type Filler = (size: number) => string;

const repeat =
  (piece: string): Filler =>
  (size) =>
    piece.repeat(Math.ceil(size / piece.length));
/** Numbered pieces, each different: `a0`, `a1`, ... */
const numbered =
  (pieceAt: (at: number) => string, separator: string): Filler =>
  (size) => {
    const pieces: string[] = [];
    for (let at = 0, length = 0; length < size; at++) {
      const piece = pieceAt(at);
      pieces.push(piece);
      length += piece.length + separator.length;
    }
    return pieces.join(separator);
  };

/** Text for a header, a field, a parameter or a string in JSON; `genuine` is what stands there in a genuine delivery. */
export const textFillers: Readonly<Record<string, (genuine: string) => Filler>> = {
  letters: () => repeat('a'),
  digits: () => repeat('1'),
  zeros: () => repeat('0'),
  'base64 letters': () => repeat('AAAA'),
  padding: () => repeat('='),
  spaces: () => (size) => `a${' '.repeat(size)}a`,
  tabs: () => (size) => `a${'\t'.repeat(size)}a`,
  commas: () => repeat(','),
  semicolons: () => repeat(';'),
  dots: () => repeat('.'),
  dashes: () => repeat('-'),
  quotes: () => repeat('"'),
  backslashes: () => repeat('\\'),
  brackets: () => repeat('('),
  colons: () => repeat(':'),
  slashes: () => repeat('/'),
  percent: () => repeat('%'),
  'pairs with commas': () => numbered((at) => `v${at}=a`, ','),
  'one pair again and again': () => repeat('v1=ab,'),
  'pairs with spaces': () => repeat('v1,AAAA '),
  'pairs with semicolons': () => repeat('t=1;v1=ab;'),
  'lists in brackets': () => repeat('a=("b";c "d");e=1, '),
  'quoted text without an end': () => (size) => `"${'a\\"'.repeat(size / 3)}`,
  'the genuine value with commas': (genuine) => repeat(`${genuine || 'a'},`),
  'the genuine value with commas and spaces': (genuine) => repeat(`${genuine || 'a'}, `),
  'the genuine value with spaces': (genuine) => repeat(`${genuine || 'a'} `),
  'the genuine value with dots': (genuine) => repeat(`${genuine || 'a'}.`),
  'the genuine value before spaces': (genuine) => (size) => genuine + ' '.repeat(size),
  'the genuine value before letters': (genuine) => (size) => genuine + 'A'.repeat(size),
  'not ASCII': () => repeat('é'),
};

/** A JSON value. */
export const jsonFillers: Readonly<Record<string, Filler>> = {
  'a long text': (size) => `"${'a'.repeat(size)}"`,
  'a text of base64': (size) => `"${'AAAA'.repeat(size / 4)}"`,
  'a text of escapes': (size) => `"${'\\u0061'.repeat(size / 6)}"`,
  'a text of quotes': (size) => `"${'\\"'.repeat(size / 2)}"`,
  'a text of line breaks': (size) => `"${'\\n'.repeat(size / 2)}"`,
  'a text of blanks': (size) => `"a${' '.repeat(size)}a"`,
  'a text beyond ASCII': (size) => `"${'é'.repeat(size / 2)}"`,
  'a text of half characters': (size) => `"${'\\ud800'.repeat(size / 6)}"`,
  'a text of dots': (size) => `"${'.'.repeat(size)}"`,
  'many numbers': (size) => `[${'1,'.repeat(size / 2)}1]`,
  'many texts': (size) => `[${'"a",'.repeat(size / 4)}"a"]`,
  'many objects': (size) => `[${'{},'.repeat(size / 3)}{}]`,
  'many objects with a field': (size) => `[${'{"id":"a"},'.repeat(size / 11)}{}]`,
  'many lists': (size) => `[${'[],'.repeat(size / 3)}[]]`,
  'lists in lists': (size) => '['.repeat(size / 2) + ']'.repeat(size / 2),
  'objects in objects': (size) => `${'{"a":'.repeat(size / 6)}1${'}'.repeat(size / 6)}`,
  'many names': (size) => `{${numbered((at) => `"k${at}":1`, ',')(size)}}`,
  'many numbers as names': (size) => `{${numbered((at) => `"${at * 7919}":1`, ',')(size)}}`,
  'one name again and again': (size) => `{${'"a":1,'.repeat(size / 6)}"a":1}`,
  '__proto__ again and again': (size) => `{${'"__proto__":1,'.repeat(size / 14)}"a":1}`,
  'a long number': repeat('1'),
  'a long fraction': (size) => `0.${'1'.repeat(size)}`,
  'white space': (size) => `${' '.repeat(size)}1`,
};

/** A form, or a query: fields that come before or after the genuine ones. */
export const formFillers: Readonly<Record<string, Filler>> = {
  'many short names': numbered((at) => `${at.toString(36)}=1`, '&'),
  'many names without values': numbered((at) => at.toString(36), '&'),
  'one name again and again': repeat('a=1&'),
  'one name with different values': numbered((at) => `a=${at}`, '&'),
  '999 fields': (size) => Array.from({ length: 999 }, (_, at) => `f${at}=${'x'.repeat(size / 999)}`).join('&'),
  '999 long names': (size) => Array.from({ length: 999 }, (_, at) => `${'x'.repeat(size / 999)}${at}=1`).join('&'),
  '999 times one name': (size) => Array.from({ length: 999 }, (_, at) => `f=${'x'.repeat(size / 999)}${at}`).join('&'),
  ampersands: repeat('&'),
  'equals signs': repeat('='),
  'ampersands and equals signs': repeat('&='),
  percent: repeat('%'),
  escapes: repeat('%41'),
  'escapes of half characters': repeat('%C3'),
  'escaped colons': repeat('%3A'),
  pluses: repeat('+'),
  'a long value': (size) => `a=${'b'.repeat(size)}`,
  'a long name': (size) => `${'b'.repeat(size)}=a`,
  semicolons: repeat('a=1;'),
  apostrophes: repeat("'"),
  'not ASCII': repeat('é'),
};

/** What may stand between the host and the query of a request target. */
export const pathFillers: Readonly<Record<string, Filler>> = {
  'many slashes': repeat('/'),
  'slashes before a letter': (size) => `${'/'.repeat(size)}a`,
  'many folders': repeat('/a'),
  'dots and slashes': repeat('/../a'),
  'many colons': (size) => `/${':1'.repeat(size / 2)}`,
  'many at signs': (size) => `/${'@'.repeat(size)}`,
  'many question marks': (size) => `/${'?'.repeat(size)}`,
  'many number signs': (size) => `/${'#'.repeat(size)}`,
  'many brackets': (size) => `/${'[{'.repeat(size / 2)}`,
  'a long host': (size) => `https://${'a.'.repeat(size / 2)}example.com/`,
  'a long name of a user': (size) => `https://${'a:'.repeat(size / 2)}@example.com/`,
  'a long port': (size) => `https://example.com:${'1'.repeat(size)}/`,
  'a long address': (size) => `https://[${'1:'.repeat(size / 2)}]/`,
};

/** Bodies that are neither JSON nor a form. */
export const otherFillers: Readonly<Record<string, Filler>> = {
  'NUL bytes': repeat('\0'),
  'a byte order mark again and again': repeat('\ufeff'),
  'angle brackets': repeat('<a>'),
  dots: repeat('.'),
  'base64url with two dots': (size) => `${'A'.repeat(size / 3)}.${'A'.repeat(size / 3)}.${'A'.repeat(size / 3)}`,
  'line breaks': repeat('\r\n'),
};

const base64Url = (text: string | Buffer) => Buffer.from(text).toString('base64url');

/** DER with so many bytes: sequences in sequences, or many small ones side by side. */
function deepDer(size: number): Buffer {
  let inner = Buffer.alloc(0);
  const parts: Buffer[] = [];
  let length = 0;
  while (length + 4 < size) {
    const head = Buffer.from([0x30, 0x82, length >> 8, length & 0xff]);
    parts.push(head);
    length += 4;
  }
  inner = Buffer.concat(parts.reverse());
  return inner;
}

/** Tokens whose parts are large: `token` is a genuine one, whose algorithm stays. */
export const tokenFillers: Readonly<Record<string, (token: string) => Filler>> = {
  'a long header': (token) => withHeader(token, (size) => ({ x: 'a'.repeat(size * 0.7) })),
  'a header of many names': (token) =>
    withHeader(token, (size) => Object.fromEntries(Array.from({ length: size / 12 }, (_, at) => [`k${at}`, 1]))),
  'a header of lists in lists': (token) =>
    withText(token, (size) => `,"x":${'['.repeat(size * 0.36)}${']'.repeat(size * 0.36)}`),
  'a long kid': (token) => withHeader(token, (size) => ({ kid: 'k'.repeat(size * 0.7) })),
  'many certificates': (token) =>
    withHeader(token, (size) => ({ x5c: Array.from({ length: size / 12 }, () => 'MAAA') })),
  'a certificate of sequences in sequences': (token) =>
    withHeader(token, (size) => ({ x5c: [deepDer(size * 0.5).toString('base64')] })),
  'a certificate of small sequences': (token) =>
    withHeader(token, (size) => ({ x5c: [Buffer.alloc(Math.floor(size * 0.25) * 2, '\x30\x00').toString('base64')] })),
  'six long certificates': (token) =>
    withHeader(token, (size) => ({
      x5c: Array.from({ length: 6 }, () => deepDer(size * 0.08).toString('base64')),
    })),
  'a long payload': (token) => (size) => {
    const [first, , third] = token.split('.');
    return `${first}.${'A'.repeat(size)}.${third}`;
  },
  'a payload of many names': (token) => (size) => {
    const [first, , third] = token.split('.');
    const names = Object.fromEntries(Array.from({ length: size / 12 }, (_, at) => [`k${at}`, 1]));
    return `${first}.${base64Url(JSON.stringify(names))}.${third}`;
  },
  'a long signature': (token) => (size) => token + 'A'.repeat(size),
  'many dots': (token) => (size) => token + '.'.repeat(size),
};

function withHeader(token: string, more: (size: number) => object): Filler {
  const [first = '', second, third] = token.split('.');
  const header = JSON.parse(Buffer.from(first, 'base64url').toString()) as object;
  return (size) => `${base64Url(JSON.stringify({ ...header, ...more(size) }))}.${second}.${third}`;
}

function withText(token: string, more: (size: number) => string): Filler {
  const [first = '', second, third] = token.split('.');
  const header = Buffer.from(first, 'base64url').toString().trim().slice(0, -1);
  return (size) => `${base64Url(`${header}${more(size)}}`)}.${second}.${third}`;
}

/** The token inside a value such as `Bearer eyJ...`; undefined where there is none. */
export function tokenIn(value: string): { readonly before: string; readonly token: string } | undefined {
  const found = /^(\w+ )?(eyJ[\w-]+\.[\w-]*\.[\w-]+)$/.exec(value);
  return found === null ? undefined : { before: found[1] ?? '', token: found[2] as string };
}

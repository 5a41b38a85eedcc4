/** JSON text as other serializers write it. Numbers, the order of names and repeated names are kept. */

/** The spacing of one serializer. */
interface Spacing {
  readonly item: string;
  readonly colon: string;
  readonly indent?: string;
}

const compact: Spacing = { item: ',', colon: ':' };

/** By frequency: JavaScript and most others, JavaScript indented, Python, PHP indented, and the rest. */
const spacings: readonly Spacing[] = [
  compact,
  { item: ',', colon: ': ', indent: '  ' },
  { item: ', ', colon: ': ' },
  { item: ',', colon: ': ', indent: '    ' },
  { item: ',', colon: ': ', indent: '\t' },
  { item: ',', colon: ': ' },
  { item: ', ', colon: ':' },
];

/** The string escapes of one serializer; undefined keeps the text unchanged. */
type StringStyle = ((value: string) => string) | undefined;

const escapeOf = (sign: string) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`;
const upperEscapeOf = (sign: string) => `\\u${sign.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`;
const plain: (value: string) => string = JSON.stringify;
const withAscii = (text: string) => text.replace(/[\u0080-\uffff]/g, escapeOf);
const withSlashes = (text: string) => text.replaceAll('/', '\\/');

const stringStyles: readonly StringStyle[] = [
  undefined,
  plain,
  // Python.
  (value) => withAscii(plain(value)),
  // PHP, and PHP with JSON_UNESCAPED_UNICODE.
  (value) => withSlashes(withAscii(plain(value))),
  (value) => withSlashes(plain(value)),
  // Go and Rails; Gson; with everything else escaped too.
  (value) => plain(value).replace(/[<>&\u2028\u2029]/g, escapeOf),
  (value) => plain(value).replace(/[<>&='\u2028\u2029]/g, escapeOf),
  (value) => plain(value).replace(/[<>&\u0080-\uffff]/g, escapeOf),
  // System.Text.Json of .NET, and others that write capital letters.
  (value) =>
    plain(value)
      .replaceAll('\\"', '\\u0022')
      .replace(/[<>&'+`\u0080-\uffff]/g, upperEscapeOf),
  (value) => plain(value).replace(/[\u0080-\uffff]/g, upperEscapeOf),
];

const maxDepth = 64;
const maxSubsets = 16;
const maxNumbers = 12;

/** Other texts of the same JSON, the most likely first; none if the text is not JSON. */
export function* jsonTexts(text: string): Generator<string> {
  const tokens = tokensOf(text);
  if (tokens === undefined) return;
  const written = new Set<string>();
  const styled: (readonly string[])[] = [];
  for (const style of stringStyles) {
    const restyled = style === undefined ? tokens : tokens.map((token) => restyle(token, style));
    const key = restyled.join('');
    if (!written.has(key)) styled.push(restyled);
    written.add(key);
  }
  // Small differences come first: each spacing with its usual strings, then the rarer ways to write them.
  for (const ending of ['', '\n']) {
    for (const one of styled) {
      for (const spacing of spacings) {
        const other = write(one, spacing);
        if (other !== undefined && other + ending !== text) yield other + ending;
      }
    }
  }
  for (const one of [...someEscaped(tokens), ...otherNumbers(tokens)]) {
    for (const spacing of spacings.slice(0, 3)) yield write(one, spacing) ?? '';
  }
}

/** If a sender escapes only some characters: each combination that occurs. */
function* someEscaped(tokens: readonly string[]): Generator<readonly string[]> {
  const signs = [
    ...new Set(
      tokens
        .map(unquote)
        .join('')
        .match(/[\u0080-\uffff]/g) ?? [],
    ),
  ];
  const count = 2 ** signs.length;
  if (count > maxSubsets) return;
  for (let chosen = 1; chosen < count - 1; chosen++) {
    const escaped = new Set(signs.filter((_, index) => (chosen >> index) % 2 === 1));
    yield tokens.map((token) =>
      restyle(token, (value) =>
        plain(value).replace(/[\u0080-\uffff]/g, (sign) => (escaped.has(sign) ? escapeOf(sign) : sign)),
      ),
    );
  }
}

/** Numbers with the zeros that parsing removes: `475.50`, `10.0`. */
function* otherNumbers(tokens: readonly string[]): Generator<readonly string[]> {
  const places = tokens.flatMap((token, at) => (/^-?\d+(?:\.\d)?$/.test(token) ? [at] : [])).slice(0, maxNumbers);
  const zerosOf = (token: string) => (token.includes('.') ? ['0'] : ['.0', '.00']);
  const change = (chosen: readonly number[], zeros: (token: string) => string) =>
    tokens.map((token, at) => (chosen.includes(at) ? token + zeros(token) : token));
  const fractions = places.filter((at) => tokens[at]?.includes('.'));
  if (fractions.length > 1) yield change(fractions, () => '0');
  for (const place of places) for (const zeros of zerosOf(tokens[place] as string)) yield change([place], () => zeros);
}

function tokensOf(text: string): readonly string[] | undefined {
  try {
    JSON.parse(text);
  } catch {
    return undefined;
  }
  const tokens = text.match(/"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g) ?? [];
  const first = tokens[0];
  return first === '{' || first === '[' ? tokens : undefined;
}

function restyle(token: string, style: (value: string) => string): string {
  return token.startsWith('"') ? style(unquote(token)) : token;
}

function unquote(token: string): string {
  return token.startsWith('"') ? (JSON.parse(token) as string) : '';
}

/** Undefined beyond a depth at which indentation would take more space than the text. */
function write(tokens: readonly string[], { item, colon, indent }: Spacing): string | undefined {
  let text = '';
  let depth = 0;
  const breakLine = () => (indent === undefined ? '' : `\n${indent.repeat(depth)}`);
  for (const [at, token] of tokens.entries()) {
    const next = tokens[at + 1];
    if (token === '{' || token === '[') {
      const isEmpty = next === '}' || next === ']';
      if (++depth > maxDepth && indent !== undefined) return undefined;
      text += isEmpty ? token : token + breakLine();
    } else if (token === '}' || token === ']') {
      depth--;
      const before = tokens[at - 1];
      text += before === '{' || before === '[' ? token : breakLine() + token;
    } else if (token === ',') text += item + breakLine();
    else text += token === ':' ? colon : token;
  }
  return text;
}

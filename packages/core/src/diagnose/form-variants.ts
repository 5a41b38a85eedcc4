/** Forms as other encoders write them, and forms rebuilt from a parser's output. */

/** A form in other spellings; none if the text is not a form. */
export function* formTexts(text: string): Generator<string> {
  if (!/^[^\s={}[\]"]+=/.test(text) || text.startsWith('<')) return;
  const whole = text.indexOf('=');
  // A single field may contain & and = once it is decoded.
  const single: readonly (readonly [string, string])[] = [[text.slice(0, whole), text.slice(whole + 1)]];
  const split = text.split('&').map((pair) => {
    const at = pair.indexOf('=');
    return at < 0 ? ([pair, ''] as const) : ([pair.slice(0, at), pair.slice(at + 1)] as const);
  });
  const parsed = [...new URLSearchParams(text)];
  for (const fields of [split, parsed, single]) {
    for (const encode of encoders) {
      const other = writeForm(fields, encode);
      if (other !== text) yield other;
    }
  }
}

/** A form rebuilt from a parsed one that was written as JSON; none if the text is not a flat object of strings. */
export function* formsOfJson(text: string): Generator<string> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return;
  const fields = Object.entries(value).flatMap(([name, entry]) =>
    [entry].flat().map((one): readonly [string, unknown] => [name, one]),
  );
  // A lone surrogate cannot be escaped.
  const isField = ([name, entry]: readonly [string, unknown]) =>
    typeof entry === 'string' && !/\p{Surrogate}/u.test(name + entry);
  if (fields.length === 0 || !fields.every(isField)) return;
  for (const encode of encoders) yield writeForm(fields as readonly (readonly [string, string])[], encode);
}

/** The whole form around the content of one of its fields. */
export function* formsAround(content: string, fields: readonly string[]): Generator<string> {
  for (const field of fields) for (const encode of encoders) yield writeForm([[field, content]], encode);
}

type Encoder = (text: string) => string;

/** Characters that `encodeURIComponent` keeps and others escape. */
const escapeMarks = (marks: RegExp) => (text: string) =>
  encodeURIComponent(text).replace(marks, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
const withPlus = (encode: Encoder) => (text: string) => encode(text).replaceAll('%20', '+');
const inLowerCase = (encode: Encoder) => (text: string) =>
  encode(text).replace(/%[0-9A-F]{2}/g, (one) => one.toLowerCase());

const form: Encoder = (text) => new URLSearchParams([['', text]]).toString().slice(1);
const encoders: readonly Encoder[] = [
  form,
  encodeURIComponent,
  // RFC 3986, Python's quote_plus, PHP's urlencode.
  escapeMarks(/[!'()*]/g),
  withPlus(escapeMarks(/[!'()*]/g)),
  withPlus(escapeMarks(/[!'()*~]/g)),
  withPlus(encodeURIComponent),
  inLowerCase(form),
  inLowerCase(encodeURIComponent),
  inLowerCase(withPlus(escapeMarks(/[!'()*]/g))),
];

function writeForm(fields: readonly (readonly [string, string])[], encode: Encoder): string {
  return fields.map(([name, value]) => `${encode(name)}=${encode(value)}`).join('&');
}

/** Reads and writes the part of ASN.1's distinguished encoding (X.690) that keys, signatures and certificates need. */

/** One element: its tag, its content, and its encoded bytes. */
export interface DerElement {
  readonly tag: number;
  readonly content: Uint8Array;
  /** Tag, length and content together. */
  readonly whole: Uint8Array;
}

/** Tags by their X.680 names. */
export const tags = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  objectIdentifier: 0x06,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const;

/** The elements that exactly fill some bytes; undefined if a length is not in its shortest form or exceeds them. */
export function readElements(bytes: Uint8Array): readonly DerElement[] | undefined {
  const elements: DerElement[] = [];
  let at = 0;
  while (at < bytes.length) {
    const tag = bytes[at] as number;
    let length = bytes[at + 1];
    let from = at + 2;
    // Tags of more than one byte and the indefinite length do not occur in these structures.
    if (length === undefined || (tag & 31) === 31 || length === 0x80) return undefined;
    if (length > 0x80) {
      const count = length - 0x80;
      if (count > 3 || from + count > bytes.length) return undefined;
      length = 0;
      for (let index = 0; index < count; index++) length = length * 256 + (bytes[from + index] as number);
      const isShortest = length >= 0x80 && length >= 256 ** (count - 1);
      if (!isShortest) return undefined;
      from += count;
    }
    const to = from + length;
    if (to > bytes.length) return undefined;
    elements.push({ tag, content: bytes.subarray(from, to), whole: bytes.subarray(at, to) });
    at = to;
  }
  return elements;
}

/** The elements inside the one element that fills some bytes; undefined if it has another tag. */
export function readSequence(bytes: Uint8Array, tag: number = tags.sequence): readonly DerElement[] | undefined {
  const elements = readElements(bytes);
  const only = elements?.[0];
  return elements?.length === 1 && only?.tag === tag ? readElements(only.content) : undefined;
}

/** A positive INTEGER as bytes without leading zeros; undefined if it is negative, zero or not in shortest form. */
export function readPositiveInteger(element: DerElement | undefined): Uint8Array | undefined {
  if (element?.tag !== tags.integer) return undefined;
  const { content } = element;
  const [first = 0x80, second = 0x80] = content;
  if (first >= 0x80 || (first === 0 && (content.length === 1 || second < 0x80))) return undefined;
  return first === 0 ? content.subarray(1) : content;
}

/** The bytes of a BIT STRING of whole bytes. */
export function readBitString(element: DerElement | undefined): Uint8Array | undefined {
  if (element?.tag !== tags.bitString || element.content[0] !== 0) return undefined;
  return element.content.subarray(1);
}

/** An OBJECT IDENTIFIER in dotted form. */
export function readObjectIdentifier(element: DerElement | undefined): string | undefined {
  if (element?.tag !== tags.objectIdentifier || element.content.length === 0) return undefined;
  const numbers: number[] = [];
  let held = 0;
  for (const byte of element.content) {
    held = held * 128 + (byte & 127);
    if (held > Number.MAX_SAFE_INTEGER / 128) return undefined;
    if (byte < 128) {
      numbers.push(held);
      held = 0;
    }
  }
  const [first = 0, ...rest] = numbers;
  return [Math.min(Math.floor(first / 40), 2), first - Math.min(Math.floor(first / 40), 2) * 40, ...rest].join('.');
}

/** Encodes an element from a tag and the parts of its content. */
export function writeElement(tag: number, ...contents: readonly Uint8Array[]): Uint8Array {
  const length = contents.reduce((sum, content) => sum + content.length, 0);
  const lengthBytes: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) lengthBytes.unshift(rest % 256);
  const head = length < 0x80 ? [tag, length] : [tag, 0x80 + lengthBytes.length, ...lengthBytes];
  const bytes = new Uint8Array(head.length + length);
  bytes.set(head);
  let at = head.length;
  for (const content of contents) {
    bytes.set(content, at);
    at += content.length;
  }
  return bytes;
}

/** A positive INTEGER. */
export function writePositiveInteger(bytes: Uint8Array): Uint8Array {
  let from = 0;
  while (bytes[from] === 0 && from < bytes.length - 1) from++;
  const digits = bytes.subarray(from);
  return (digits[0] ?? 0) < 0x80
    ? writeElement(tags.integer, digits)
    : writeElement(tags.integer, new Uint8Array(1), digits);
}

/** An OBJECT IDENTIFIER from its dotted form. */
export function writeObjectIdentifier(dotted: string): Uint8Array {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  const bytes: number[] = [];
  for (const number of [first * 40 + second, ...rest]) {
    const digits = [number % 128];
    for (let left = Math.floor(number / 128); left > 0; left = Math.floor(left / 128)) {
      digits.unshift((left % 128) + 128);
    }
    bytes.push(...digits);
  }
  return writeElement(tags.objectIdentifier, new Uint8Array(bytes));
}

/** The text that a handshake may sign for a stranger, and the check that it can never be a delivery of the same sender. */

import { type HashName, hashSizes } from '../crypto/hmac.ts';
import { WebhookError } from '../errors.ts';
import type { HmacDescription } from '../schemes/hmac-description.ts';
import type { Scheme } from '../schemes/scheme.ts';
import type { SignedPart } from '../schemes/signed-text/signed-part.ts';
import type { PayloadFormat } from './payload-format.ts';

/** The characters of a value and their number. */
export interface HandshakeGrammar {
  /**
   * `digits`: 0 to 9. `lower_hex`: also a to f. `hex`: in either case. `alphanumeric`: ASCII letters and digits. `base64url`: also - and _.
   * `token`: letters and digits with + / = - and _.
   */
  readonly characters: 'digits' | 'lower_hex' | 'hex' | 'alphanumeric' | 'base64url' | 'token';
  /** At least 1. */
  readonly minLength: number;
  /** At most 256. */
  readonly maxLength: number;
}

/** The known facts about the body of a delivery. */
interface DeliveryForm {
  readonly payload?: PayloadFormat | undefined;
  readonly methods?: readonly string[] | undefined;
}

const classes: Readonly<Record<HandshakeGrammar['characters'], RegExp>> = {
  digits: /^[0-9]*$/,
  lower_hex: /^[0-9a-f]*$/,
  hex: /^[0-9A-Fa-f]*$/,
  alphanumeric: /^[0-9A-Za-z]*$/,
  base64url: /^[0-9A-Za-z_-]*$/,
  token: /^[0-9A-Za-z+/=_-]*$/,
};

/** True if a handshake may sign a value. */
export function fitsGrammar(value: string, { characters, minLength, maxLength }: HandshakeGrammar): boolean {
  return value.length >= minLength && value.length <= maxLength && classes[characters].test(value);
}

/**
 * Checks a grammar, and that no genuine delivery matches it: such a delivery would be refused, since a stranger could have requested its
 * signature.
 *
 * @throws options_invalid with the reason
 */
export function requireDisjoint(
  grammar: HandshakeGrammar | undefined,
  scheme: Scheme,
  delivery: DeliveryForm,
  at: string,
): void {
  const refuse = (hint: string) => new WebhookError('options_invalid', { at, hint });
  const { characters, minLength, maxLength } = grammar ?? {};
  const isSound =
    Object.hasOwn(classes, characters ?? '') &&
    Number.isInteger(minLength) &&
    Number.isInteger(maxLength) &&
    (minLength as number) >= 1 &&
    (maxLength as number) <= 256 &&
    (minLength as number) <= (maxLength as number);
  if (grammar === undefined || !isSound) {
    throw refuse(
      'macOf signs text from strangers. Limit it with grammar: { characters, minLength, maxLength }, of 1 to 256 characters.',
    );
  }
  if (scheme.kind !== 'hmac')
    throw refuse('macOf needs a scheme made with hmac(): other schemes have no MAC to answer with.');
  const { description } = scheme;
  // Anyone who has H(secret, token) can extend it to H(secret, token, padding, anything).
  if (description.construction === 'secret_prefix') {
    throw refuse(
      'macOf must not be used with a plain hash of secret and text: the answer could be lengthened to a signature of a delivery.',
    );
  }
  const fits = (text: string) => classes[grammar.characters].test(text);
  let [least, most] = [0, 0];
  for (const part of description.signs) {
    const lengths = lengthsOf(part, description, delivery, fits);
    if (lengths === undefined) return;
    least += lengths.least;
    most += lengths.most;
  }
  if (least > grammar.maxLength || most < grammar.minLength) return;
  throw refuse(
    'The text it signs for a stranger could be the signed text of a delivery, so anyone could have a delivery signed. Narrow grammar, or add something that distinguishes deliveries (minLength of a form field, a fixed text).',
  );
}

/** Minimum and maximum length of a part that consists only of the grammar's characters. */
interface Lengths {
  readonly least: number;
  readonly most: number;
}

const any: Lengths = { least: 0, most: Infinity };
const some: Lengths = { least: 1, most: Infinity };
const none: Lengths = { least: 0, most: 0 };

/** @returns undefined if no part consists only of the grammar's characters */
function lengthsOf(
  part: SignedPart,
  { timestamp }: HmacDescription,
  delivery: DeliveryForm,
  fits: (text: string) => boolean,
): Lengths | undefined {
  if (part === 'timestamp') return fits(timestamp?.unit === 'iso8601' ? ':' : '0') ? some : undefined;
  if (part === 'url') return fits(':') ? some : undefined;
  if (part === 'method') return fits('P') ? some : undefined;
  if (part === 'body') return bodyLengths(delivery, fits);
  if (part === 'sorted_form') return any;
  if (typeof part === 'string') return some;
  if ('text' in part) {
    const { length } = part.text;
    return [...part.text].every(fits) ? { least: length, most: length } : undefined;
  }
  if ('bodyDigest' in part) return digestLengths(part.bodyDigest, part.encoding, fits);
  if ('form' in part) {
    const ofField = { least: part.minLength ?? 0, most: Number.POSITIVE_INFINITY };
    const ofBody = part.orBody === true ? bodyLengths(delivery, fits) : undefined;
    return ofBody === undefined ? ofField : { least: Math.min(ofField.least, ofBody.least), most: ofField.most };
  }
  return 'header' in part ? some : any;
}

function digestLengths(
  hash: HashName,
  encoding: 'hex' | 'base64',
  fits: (text: string) => boolean,
): Lengths | undefined {
  const { output } = hashSizes[hash];
  const length = encoding === 'hex' ? 2 * output : 4 * Math.ceil(output / 3);
  const isPadded = encoding === 'base64' && output % 3 !== 0;
  return fits(isPadded ? '=' : '0') ? { least: length, most: length } : undefined;
}

/** An event in JSON is an object or an array, and a form has names and values, or is empty; methods other than POST may have no body. */
function bodyLengths(
  { payload = 'json', methods = ['POST'] }: DeliveryForm,
  fits: (text: string) => boolean,
): Lengths | undefined {
  const mark = payload === 'json' ? '{' : payload === 'text' || payload === 'bytes' ? '' : '=';
  if (fits(mark)) return any;
  const mayBeEmpty = payload === 'form' || payload === 'json_or_form' || methods.some((method) => method !== 'POST');
  return mayBeEmpty ? none : undefined;
}

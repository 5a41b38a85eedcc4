/** What a sender asks of an address before or beside deliveries, described as data: how it is recognised and answered. */

import { parseJson } from '../delivery/body.ts';
import type { Delivery, DeliveryHead } from '../delivery/delivery.ts';
import { parseForm, queryValues } from '../delivery/form-fields.ts';
import { findHeader } from '../delivery/header-fields.ts';
import { textOf, valueAt } from '../delivery/value-path.ts';
import { encodeBase64, encodeHex, isPrintableAscii } from '../encoding.ts';
import { WebhookError } from '../errors.ts';
import type { HandlerAnswer } from '../response.ts';
import { fitsGrammar, type HandshakeGrammar } from './handshake-grammar.ts';

/** A text of the request, or a fixed one. */
export type HandshakeValue =
  | { readonly query: string }
  | { readonly header: string }
  | { readonly json: string }
  | { readonly text: string };

/**
 * A text of the answer: a value as it is, or its MAC by the scheme's own hash. The secret is the one that signed the request,
 * or the newest active one where it was not signed.
 *
 * A stranger chooses what is signed here, so `grammar` says exactly what may be; nothing that fits it is accepted as a delivery.
 */
export type HandshakeText =
  | HandshakeValue
  | {
      readonly macOf: HandshakeValue;
      readonly grammar: HandshakeGrammar;
      readonly encoding: 'hex' | 'base64';
      readonly prefix?: string;
    };

/** One kind of request that is no event, and its answer. */
export interface Handshake {
  /** The sender's own word for it where there is one. Reported in the outcome. */
  readonly name: string;
  /** How it is recognised: all that is given has to hold. `'*'` stands for any value that is not empty. */
  readonly when: {
    readonly method: 'GET' | 'HEAD' | 'POST';
    readonly query?: Readonly<Record<string, string>>;
    readonly header?: string;
    /** A header that is absent, such as the one with the signature. */
    readonly withoutHeader?: string;
    /** The fields of a form body: these and no other. `'*'` stands for digits. */
    readonly form?: Readonly<Record<string, string>>;
    /** Values by their paths in a JSON body. */
    readonly json?: Readonly<Record<string, string | number | boolean>>;
    /** Paths at which a JSON body holds nothing. */
    readonly absent?: readonly string[];
  };
  /** Whether the request has to be verified like a delivery first. One that is not is answered to anybody who asks. */
  readonly signed: boolean;
  /** A value of the request that has to equal the receiver's `handshakes.verifyToken`. */
  readonly verifyToken?: HandshakeValue;
  /** What the request brings, for the app: a challenge, a new secret, an address to confirm. */
  readonly value?: HandshakeValue;
  /** The app has to decide by the receiver's `handshakes.accept`, since more than an echo depends on it. */
  readonly asksApp?: boolean;
  readonly answer: {
    /** Default 200. */
    readonly status?: number;
    readonly headers?: Readonly<Record<string, HandshakeText>>;
    /** A text, or the fields of a JSON object. */
    readonly body?: HandshakeText | { readonly object: Readonly<Record<string, HandshakeText | number>> };
  };
  /** What is to be known of it, for docs. */
  readonly note?: string;
}

/** What `handshakes.accept` is told. */
export interface HandshakeRequest {
  readonly provider: string;
  /** Which handshake of the provider it is. */
  readonly name: string;
  /** Whether the sender's signature was verified. Where not, anybody may have sent it. */
  readonly signed: boolean;
  /** What it brings; undefined where the description names nothing. */
  readonly value: string | undefined;
  /** The parsed JSON body; undefined where there is none. */
  readonly payload: unknown;
}

/** Computes the MAC of a text. */
export type MacOf = (text: string) => Promise<Uint8Array>;

/** Longest value that is repeated to whoever asks, in characters. */
const maxValueLength = 1024;
/** Longest body that is read and parsed before it is verified. */
export const maxUnverifiedBytes = 16_384;

/** Whether the head of a request leaves open that it is this handshake; without a body, what stands in one is passed over. */
export function mayBe({ when }: Handshake, head: DeliveryHead): boolean {
  if ((head.method ?? 'POST') !== when.method) return false;
  for (const [name, wanted] of Object.entries(when.query ?? {})) {
    const value = queryValue(head, name);
    if (value === undefined || (wanted !== '*' && value !== wanted)) return false;
  }
  if (when.withoutHeader !== undefined && isThere(head, when.withoutHeader)) return false;
  return when.header === undefined || headerValue(head, when.header) !== undefined;
}

/** The handshake that a request is, among those that are signed or those that are not. */
export function findHandshake(
  handshakes: readonly Handshake[] | undefined,
  delivery: Delivery,
  signed: boolean,
): Handshake | undefined {
  return handshakes?.find((handshake) => {
    if (handshake.signed !== signed || !mayBe(handshake, delivery)) return false;
    const { json, absent, form } = handshake.when;
    if (json === undefined && absent === undefined && form === undefined) return true;
    if (!signed && delivery.body.byteLength > maxUnverifiedBytes) return false;
    if (form !== undefined && !isForm(delivery.body, form)) return false;
    if (json === undefined && absent === undefined) return true;
    const body = parseJson(delivery.body);
    if (typeof body !== 'object' || body === null) return false;
    const isThere = ([path, wanted]: [string, string | number | boolean]) =>
      wanted === '*' ? textOf(valueAt(body, path)) !== undefined : valueAt(body, path) === wanted;
    return (
      Object.entries(json ?? {}).every(isThere) && (absent ?? []).every((path) => valueAt(body, path) === undefined)
    );
  });
}

/** A text of a request. @throws header_malformed where it is missing, too long or not plain text */
export function handshakeValue(source: HandshakeValue, delivery: Delivery): string {
  if ('text' in source) return source.text;
  const [value, at] =
    'query' in source
      ? [queryValue(delivery, source.query), `query ${source.query}`]
      : 'header' in source
        ? [headerValue(delivery, source.header), source.header.toLowerCase()]
        : [textOf(valueAt(parseJson(delivery.body), source.json)), `body ${source.json}`];
  if (value === undefined || value.length > maxValueLength || !isPrintableAscii(value)) {
    throw new WebhookError('header_malformed', { at, hint: 'It is no value that a handshake would repeat.' });
  }
  return value;
}

/** The answer that a description asks for. @throws header_malformed */
export async function answerHandshake(
  { answer }: Handshake,
  delivery: Delivery,
  macOf: MacOf | undefined,
): Promise<HandlerAnswer> {
  const textFor = async (text: HandshakeText): Promise<string> => {
    if (!('macOf' in text)) return handshakeValue(text, delivery);
    const value = handshakeValue(text.macOf, delivery);
    if (!fitsGrammar(value, text.grammar)) {
      throw new WebhookError('header_malformed', {
        at: 'handshake',
        hint: 'The value to sign is not of the form that this sender uses, and signing anything else would help a forger.',
      });
    }
    if (macOf === undefined) throw new WebhookError('options_invalid', { at: 'provider.handshakes' });
    const mac = await macOf(value);
    return (text.prefix ?? '') + (text.encoding === 'hex' ? encodeHex(mac) : encodeBase64(mac));
  };
  const headers: Record<string, string> = {};
  for (const [name, text] of Object.entries(answer.headers ?? {})) headers[name] = await textFor(text);
  const { status = 200, body } = answer;
  if (body === undefined) return { status, headers };
  if (!('object' in body)) {
    // It repeats what a stranger wrote: a browser must not take it for a page.
    const plain = { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' };
    return { status, headers: { ...plain, ...headers }, body: await textFor(body) };
  }
  const object: Record<string, string | number> = {};
  for (const [name, text] of Object.entries(body.object)) {
    object[name] = typeof text === 'number' ? text : await textFor(text);
  }
  return { status, headers, body: object };
}

/** What the handshakes of a provider sign for strangers. */
export function signedGrammars(handshakes: readonly Handshake[] | undefined): readonly HandshakeGrammar[] {
  return (handshakes ?? []).flatMap(({ answer }) =>
    textsOf(answer).flatMap((text) => (typeof text === 'object' && 'macOf' in text ? [text.grammar] : [])),
  );
}

function textsOf({ headers = {}, body }: Handshake['answer']): readonly (HandshakeText | number)[] {
  const ofBody = body === undefined ? [] : 'object' in body ? Object.values(body.object) : [body];
  return [...Object.values(headers), ...ofBody];
}

/** @throws options_invalid for a handshake that would answer everything, or that nothing can match */
export function requireHandshakes(handshakes: readonly Handshake[] | undefined): void {
  for (const { name, when, signed, answer } of handshakes ?? []) {
    const refuse = (hint: string) => new WebhookError('options_invalid', { at: `provider.handshakes ${name}`, hint });
    if (typeof name !== 'string' || name === '') throw refuse('It has no name.');
    if (!['GET', 'HEAD', 'POST'].includes(when?.method)) throw refuse('when.method takes GET, HEAD or POST.');
    if (typeof signed !== 'boolean') throw refuse('Say whether it is signed.');
    if (answer === undefined) throw refuse('It has no answer.');
    const isOpen =
      when.query === undefined && when.header === undefined && when.json === undefined && when.form === undefined;
    if (isOpen && when.method === 'POST') throw refuse('It would take every delivery for a handshake.');
  }
}

function isForm(body: Uint8Array, wanted: Readonly<Record<string, string>>): boolean {
  const fields = [...(parseForm(body) ?? [])];
  const names = Object.keys(wanted);
  return (
    fields.length === names.length &&
    names.every((name) => {
      const value = fields.find(([given]) => given === name)?.[1];
      return value !== undefined && (wanted[name] === '*' ? /^\d{1,32}$/.test(value) : value === wanted[name]);
    })
  );
}

/** Also where it is repeated or too long: then it is there all the more. */
function isThere(head: DeliveryHead, name: string): boolean {
  try {
    return findHeader(head.headers, name.toLowerCase()) !== undefined;
  } catch {
    return true;
  }
}

function queryValue({ url = '' }: DeliveryHead, name: string): string | undefined {
  const values = queryValues(url, name);
  return values.length === 1 && values[0] !== '' ? values[0] : undefined;
}

function headerValue(head: DeliveryHead, name: string): string | undefined {
  try {
    return findHeader(head.headers, name.toLowerCase());
  } catch {
    return undefined;
  }
}

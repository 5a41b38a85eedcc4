/** Random descriptions whose handshake signs, with genuine deliveries of each and the text that they sign, worked out once more. */

import { createHash } from 'node:crypto';
import type {
  Handshake,
  HandshakeGrammar,
  HmacDescription,
  PayloadFormat,
  SignedPart,
} from '@countersign/core/describe';
import { bytesOf, type ChangedRequest } from './changed-request.ts';
import { alphabets, fits } from './handshake-values.ts';
import type { Random } from './random.ts';

/** What `defineProvider` and `hmac` are given. */
export interface RandomDescription {
  readonly scheme: HmacDescription;
  readonly payload: PayloadFormat;
  readonly methods: readonly string[];
  readonly grammar: HandshakeGrammar;
  readonly handshakes: readonly Handshake[];
}

export const origin = 'https://example.com';
const units = ['seconds', 'milliseconds', 'iso8601'] as const;
const times = { seconds: '1795251600', milliseconds: '1795251600000', iso8601: '2026-11-21T09:00:00Z' };

export function describeRandomly(random: Random): RandomDescription {
  const count = random.pick([1, 1, 2, 2, 3, 4]);
  const unit = random.pick(units);
  const signs: SignedPart[] = [];
  for (let part = 0; part < count; part++) {
    if (part > 0 && random.isOneIn(2)) signs.push({ text: random.pick(['.', ':', 'abc', '0', '=', 'a-b']) });
    signs.push(randomPart(random));
  }
  if (random.isOneIn(4)) signs.unshift({ text: random.pick(['v0:', 'abc', '00', 'f']) });
  const minLength = random.pick([1, 1, 2, 4, 8, 20, 64]);
  const grammar: HandshakeGrammar = {
    characters: random.pick(Object.keys(alphabets) as HandshakeGrammar['characters'][]),
    minLength,
    maxLength: Math.min(256, minLength + random.pick([0, 1, 3, 10, 12, 31, 63, 200, 255])),
  };
  return {
    scheme: {
      hash: 'SHA-256',
      signature: { header: 'x-sig', encoding: 'hex' },
      timestamp: { header: 'x-time', unit },
      id: { header: 'x-id' },
      nonce: { header: 'x-nonce' },
      signs,
      ...(random.isOneIn(3) && { ambiguous: true }),
    },
    payload: random.pick<PayloadFormat>(['json', 'json', 'form', 'json_or_form', 'text', 'bytes', { formField: 'f' }]),
    methods: random.pick([['POST'], ['POST'], ['POST', 'GET'], ['PUT', 'DELETE']]),
    grammar,
    handshakes: [
      {
        name: 'asked',
        when: { method: 'GET', query: { challenge: '*' } },
        signed: false,
        response: { body: { macOf: { query: 'challenge' }, grammar, encoding: 'hex' } },
      },
    ],
  };
}

function randomPart(random: Random): SignedPart {
  const minLength = random.pick([undefined, undefined, 1, 5, 33, 64]);
  return random.pick<() => SignedPart>([
    () => 'body',
    () => 'body',
    () => 'timestamp',
    () => 'id',
    () => 'nonce',
    () => 'method',
    () => 'url',
    () => 'sorted_form',
    () => ({ header: 'x-other' }),
    () => ({ json: 'a', ...(random.isOneIn(3) && { otherwise: '' }), ...(random.isOneIn(3) && { free: true }) }),
    () => ({
      form: 'f',
      ...(minLength !== undefined && { minLength }),
      ...(random.isOneIn(2) && { payload: true }),
      ...(random.isOneIn(3) && { orBody: true }),
    }),
    () => ({
      bodyDigest: random.pick(['SHA-1', 'SHA-256', 'SHA-384'] as const),
      encoding: random.pick(['hex', 'base64'] as const),
    }),
    () => ({ sortedFormOrQueryDigest: { query: 'digest', hash: 'SHA-256' } }),
    () => ({
      name: 'a computed text',
      covers: ['body'],
      layout: { assign: '', end: random.pick(['', '', '.']) },
      pairCount: 1,
      compute: ({ body }) => [
        {
          name: '',
          value: Buffer.from(body)
            .toString('latin1')
            .replace(/[^a-z0-9]/gi, ''),
        },
      ],
    }),
  ])();
}

/**
 * A delivery as a sender of this description could send it, made to fit the grammar as far as the format of its body allows: JSON
 * is an object or array, a form has fields with names, a time is a time.
 *
 * Undefined where no delivery has all the parts, such as a field of a form in a JSON body.
 */
export function genuineRequest(description: RandomDescription, random: Random): ChangedRequest | undefined {
  const { scheme, grammar, methods } = description;
  const alphabet = alphabets[grammar.characters];
  const some = () => random.text(alphabet, random.pick([1, 1, 1, 2, 3, grammar.minLength, random.between(1, 12)]));
  const method = random.pick(methods);
  const isEmpty = method !== 'POST' && random.isOneIn(2);
  const body = isEmpty ? '' : genuineBody(description, some, random);
  if (body === undefined) return undefined;
  return {
    method,
    url: random.pick(['/', '/?a=b']),
    headers: [
      ['x-time', times[scheme.timestamp?.unit ?? 'seconds']],
      ['x-id', some()],
      ['x-nonce', some()],
      ['x-other', some()],
    ],
    body: bytesOf(body),
  };
}

function genuineBody(
  { scheme, payload, grammar }: RandomDescription,
  some: () => string,
  random: Random,
): string | undefined {
  const { signs } = scheme;
  const field = signs.find((part) => typeof part === 'object' && 'form' in part) as
    | { readonly minLength?: number; readonly orBody?: boolean }
    | undefined;
  const readsJson = signs.some((part) => typeof part === 'object' && 'json' in part);
  const readsForm = signs.some(
    (part) => part === 'sorted_form' || (typeof part === 'object' && 'sortedFormOrQueryDigest' in part),
  );
  const json = () =>
    random.pick([
      JSON.stringify({ a: random.pick([some(), 7, true]) }),
      ...(readsJson && !signs.some((part) => typeof part === 'object' && 'json' in part && part.otherwise !== undefined)
        ? []
        : ['{}', '[]']),
    ]);
  const value = () => {
    const least = field?.minLength ?? 0;
    return random.text(
      alphabets[grammar.characters],
      random.pick([least, least, least + 1, Math.max(least, grammar.minLength)]),
    );
  };
  const form = () => {
    const own = field === undefined ? [] : [`f=${encodeURIComponent(value())}`];
    // A form without fields is sent where fields are what is signed, and hardly elsewhere.
    const isBare = random.pick([true, true, false]) && (field !== undefined || readsForm);
    return isBare
      ? own.join('&')
      : [...own, `${encodeURIComponent(some())}=${random.pick(['', encodeURIComponent(some())])}`].join('&');
  };
  if (readsJson) return payload === 'form' || field !== undefined ? undefined : json();
  if (payload === 'json')
    return field === undefined ? (readsForm ? undefined : json()) : field.orBody === true ? json() : undefined;
  if (payload === 'json_or_form') return random.isOneIn(2) && field === undefined && !readsForm ? json() : form();
  if (typeof payload === 'object') {
    if (random.isOneIn(2) && (field === undefined || field.orBody === true) && !readsForm) return json();
    return `f=${encodeURIComponent(json())}`;
  }
  if (payload === 'form' || field !== undefined || readsForm) return form();
  return random.pick(['', some(), some(), json()]);
}

/** The signed text of a delivery, by the words of the documentation; undefined where a part is not there. */
export function signedTextOf(
  { scheme }: RandomDescription,
  { method, url, headers, body }: ChangedRequest,
): string | undefined {
  const text = Buffer.from(body).toString();
  const header = (name: string) => headers.find(([given]) => given === name)?.[1];
  const fields = [...new URLSearchParams(text)];
  let signed = '';
  for (const part of scheme.signs) {
    const value = textOfPart(part);
    if (value === undefined) return undefined;
    signed += value;
  }
  return signed;

  function textOfPart(part: SignedPart): string | undefined {
    if (part === 'body') return text;
    if (part === 'timestamp') return header('x-time');
    if (part === 'id') return header('x-id');
    if (part === 'nonce') return header('x-nonce');
    if (part === 'method') return method;
    if (part === 'url') return origin + url;
    if (part === 'sorted_form' || (typeof part === 'object' && 'sortedFormOrQueryDigest' in part)) return sortedForm();
    if (typeof part === 'string') return undefined;
    if ('text' in part) return part.text;
    if ('header' in part) return header(part.header);
    if ('bodyDigest' in part) return createHash(part.bodyDigest.replace('-', '')).update(body).digest(part.encoding);
    if ('compute' in part) return text.replace(/[^a-z0-9]/gi, '') + part.layout.end;
    if ('form' in part) {
      if (part.orBody === true && !text.startsWith('f=')) return text;
      const values = fields.filter(([name]) => name === part.form).map(([, one]) => one);
      return values.length === 1 && (values[0] as string).length >= (part.minLength ?? 0) ? values[0] : undefined;
    }
    return jsonValue(part);
  }

  function jsonValue(part: { readonly json: string; readonly otherwise?: string }): string | undefined {
    try {
      const found = (JSON.parse(text) as Record<string, unknown>)[part.json];
      return found === undefined || found === '' ? part.otherwise : String(found);
    } catch {
      return part.otherwise;
    }
  }

  function sortedForm(): string {
    const names = [...new Set(fields.map(([name]) => name))].sort();
    return names
      .map((name) =>
        [...new Set(fields.filter(([given]) => given === name).map(([, value]) => name + value))].sort().join(''),
      )
      .join('');
  }
}

/** A genuine delivery whose signed text the handshake would sign for anybody, if one is found. */
export function findOverlap(description: RandomDescription, tries: number, random: Random): ChangedRequest | undefined {
  for (let count = 0; count < tries; count++) {
    const request = genuineRequest(description, random);
    const text = request === undefined ? undefined : signedTextOf(description, request);
    if (text !== undefined && fits(text, description.grammar)) return request;
  }
  return undefined;
}

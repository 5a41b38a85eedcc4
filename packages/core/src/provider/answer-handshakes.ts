/** Recognizes and answers the handshakes of a provider: its token, its MACs, and the app's own decision. */

import { crypto } from '#crypto';
import { parseJson } from '../delivery/body.ts';
import type { Delivery, DeliveryHead } from '../delivery/delivery.ts';
import { parseForm, queryValues } from '../delivery/form-fields.ts';
import { findHeader } from '../delivery/header-fields.ts';
import { textOf, valueAt } from '../delivery/value-path.ts';
import { encodeBase64, encodeHex, encodeUtf8, isPrintableAscii } from '../encoding.ts';
import { WebhookError } from '../errors.ts';
import { optionError, requireNames } from '../options/option-values.ts';
import type { HandlerResponse } from '../response.ts';
import { isPromiseLike, withTimeout } from '../with-timeout.ts';
import {
  type Handshake,
  type HandshakeOptions,
  type HandshakeProtocol,
  type HandshakeRequest,
  type Handshakes,
  type HandshakeText,
  type HandshakeValue,
  handshakesKey,
  signedGrammars,
} from './handshake.ts';
import { fitsGrammar } from './handshake-grammar.ts';

/** Computes the MAC of a text. */
type MacOf = (text: string) => Promise<Uint8Array>;

const protocol: HandshakeProtocol = {
  checkOptions(options) {
    requireNames(options, { verifyToken: null, accept: null }, 'handshakes');
    const { verifyToken, accept } = options;
    if (verifyToken !== undefined && (typeof verifyToken !== 'string' || verifyToken.trim() === '')) {
      throw optionError('handshakes.verifyToken', 'Expected a non-empty string.');
    }
    if (accept !== undefined && typeof accept !== 'function')
      throw optionError('handshakes.accept', 'Expected a function.');
  },
  doubts: (list, options) =>
    list.flatMap(({ name, verifyToken, asksApp }) => {
      const warn = (option: string) => [
        `its handshake ${name} is refused until you set handshakes: { ${option} }. The sender uses it when the URL is entered.`,
      ];
      if (verifyToken !== undefined && options.verifyToken === undefined) return warn('verifyToken');
      return asksApp === true && options.accept === undefined ? warn('accept') : [];
    }),
  reservedBy(list) {
    const grammars = signedGrammars(list);
    return grammars.length === 0 ? undefined : (text) => grammars.some((grammar) => fitsGrammar(text, grammar));
  },
  mayAsk: (list, head) => list.some((handshake) => !handshake.signed && mayBe(handshake, head)),
  get maxUnverifiedBytes() {
    return maxUnverifiedBytes;
  },
  find: findHandshake,
  async answer(handshake, delivery, { provider, options, timeoutSeconds, mac }, now, secretId) {
    if (handshake.verifyToken !== undefined) requireToken(handshake, delivery, options.verifyToken);
    const macOf = mac === undefined ? undefined : (text: string) => mac(text, delivery, now, secretId);
    const response = await answerHandshake(handshake, delivery, macOf);
    await askApp(handshake, delivery, provider, options.accept, timeoutSeconds);
    return response;
  },
};

/**
 * The handshakes of a sender, for {@link defineProvider}: its URL checks before or between deliveries. The list stays
 * plain data for docs and tools; the code that recognizes and answers them is included, so that senders without
 * handshakes do not carry it.
 *
 * @example
 * const provider = defineProvider({
 *   name: 'acme',
 *   scheme,
 *   handshakes: handshakes([
 *     {
 *       name: 'challenge',
 *       when: { method: 'GET', query: { challenge: '*' } },
 *       signed: false,
 *       response: { body: { query: 'challenge' } },
 *     },
 *   ]),
 * });
 */
export function handshakes(list: readonly Handshake[]): Handshakes {
  return Object.defineProperty([...list], handshakesKey, { value: protocol }) as unknown as Handshakes;
}

/** Maximum length of a value that is echoed to anyone, in characters. */
const maxValueLength = 1024;
/** Maximum size of a body that is read and parsed before it is verified. */
const maxUnverifiedBytes = 16_384;

/** True if the request may still be this handshake according to its head; without a body, conditions on the body are skipped. */
function mayBe({ when }: Handshake, head: DeliveryHead): boolean {
  if ((head.method ?? 'POST') !== when.method) return false;
  for (const [name, wanted] of Object.entries(when.query ?? {})) {
    const value = queryValue(head, name);
    if (value === undefined || (wanted !== '*' && value !== wanted)) return false;
  }
  if (when.withoutHeader !== undefined && isThere(head, when.withoutHeader)) return false;
  return when.header === undefined || headerValue(head, when.header) !== undefined;
}

/** The matching handshake, among either the signed or the unsigned ones. */
function findHandshake(handshakes: readonly Handshake[], delivery: Delivery, signed: boolean): Handshake | undefined {
  return handshakes.find((handshake) => {
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

/** A text of a request. @throws header_malformed if it is missing, too long or not plain text */
function handshakeValue(source: HandshakeValue, delivery: Delivery): string {
  if ('text' in source) return source.text;
  const [value, at] =
    'query' in source
      ? [queryValue(delivery, source.query), `query ${source.query}`]
      : 'header' in source
        ? [headerValue(delivery, source.header), source.header.toLowerCase()]
        : [textOf(valueAt(parseJson(delivery.body), source.json)), `body ${source.json}`];
  if (value === undefined || value.length > maxValueLength || !isPrintableAscii(value)) {
    throw new WebhookError('header_malformed', {
      at,
      hint: 'The value does not have the form that a handshake may repeat.',
    });
  }
  return value;
}

/** The response that a description defines. @throws header_malformed */
async function answerHandshake(
  { response }: Handshake,
  delivery: Delivery,
  macOf: MacOf | undefined,
): Promise<HandlerResponse> {
  const textFor = async (text: HandshakeText): Promise<string> => {
    if (!('macOf' in text)) return handshakeValue(text, delivery);
    const value = handshakeValue(text.macOf, delivery);
    if (!fitsGrammar(value, text.grammar)) {
      throw new WebhookError('header_malformed', {
        at: 'handshake',
        hint: 'The value to sign does not have the form that this sender uses, and signing anything else would help a forger.',
      });
    }
    if (macOf === undefined) throw new WebhookError('options_invalid', { at: 'provider.handshakes' });
    const mac = await macOf(value);
    return (text.prefix ?? '') + (text.encoding === 'hex' ? encodeHex(mac) : encodeBase64(mac));
  };
  const headers: Record<string, string> = {};
  for (const [name, text] of Object.entries(response.headers ?? {})) headers[name] = await textFor(text);
  const { status = 200, body } = response;
  if (body === undefined) return { status, headers };
  if (!('object' in body)) {
    // It echoes a stranger's text: a browser must not treat it as a page.
    const plain = { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' };
    return { status, headers: { ...plain, ...headers }, body: await textFor(body) };
  }
  const object: Record<string, string | number> = {};
  for (const [name, text] of Object.entries(body.object)) {
    object[name] = typeof text === 'number' ? text : await textFor(text);
  }
  return { status, headers, body: object };
}

function requireToken({ verifyToken, name }: Handshake, delivery: Delivery, expected: string | undefined): void {
  if (expected === undefined) {
    throw new WebhookError('options_invalid', {
      at: 'handshakes.verifyToken',
      hint: `The sender uses the handshake ${name}. Pass the token that you entered there as handshakes: { verifyToken }.`,
    });
  }
  const given = handshakeValue(verifyToken as NonNullable<typeof verifyToken>, delivery);
  if (!crypto.equalBytes(encodeUtf8(given), encodeUtf8(expected))) {
    throw new WebhookError('signature_mismatch', { at: 'handshake', hint: 'Its token is not handshakes.verifyToken.' });
  }
}

async function askApp(
  handshake: Handshake,
  delivery: Delivery,
  provider: string,
  accept: HandshakeOptions['accept'],
  seconds: number,
): Promise<void> {
  const { name, signed, value, asksApp = false } = handshake;
  if (accept === undefined) {
    if (!asksApp) return;
    throw new WebhookError('options_invalid', {
      at: 'handshakes.accept',
      hint: `The sender uses the handshake ${name}, which the app must decide about. Set handshakes: { accept: (handshake) => true or false }.`,
    });
  }
  const request: HandshakeRequest = {
    provider,
    name,
    signed,
    value: value === undefined ? undefined : handshakeValue(value, delivery),
    payload: delivery.body.byteLength === 0 ? undefined : parseJson(delivery.body),
  };
  let isAccepted: unknown;
  try {
    const given = accept(request);
    const late = () => new Error(`handshakes.accept gave no answer within ${seconds} s.`);
    isAccepted = isPromiseLike(given) ? await withTimeout(given, seconds, late) : given;
  } catch (cause) {
    throw new WebhookError('options_invalid', {
      at: 'handshakes.accept',
      hint: 'handshakes.accept threw, or gave no answer in time; see cause.',
      cause,
    });
  }
  if (isAccepted !== true) {
    throw new WebhookError('signature_mismatch', { at: 'handshake', hint: 'handshakes.accept did not return true.' });
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

/** Repeated or too long also counts as present. */
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

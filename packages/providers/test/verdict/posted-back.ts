/** Makes deliveries of what a handshake answered: the text in every place that is signed, the answer as its signature. */

import type { SharedTokenDescription, SignatureSource, SignedPart } from '@countersign/core/describe';
import { bytesOf, type ChangedRequest, changeable, copyOf, setHeader, textOf } from './changed-request.ts';
import { type Subject, subjectOf } from './changes/change.ts';
import { escaped, fieldsOf, unescaped, writeFields } from './changes/form-changes.ts';
import { carrierOf, cutsOf } from './changes/signed-part-changes.ts';
import type { Random } from './random.ts';
import type { Sample } from './samples.ts';

/** @param answers what was answered when the text was given */
export function* postedBack(
  sample: Sample,
  text: string,
  answers: readonly string[],
  random: Random,
): Generator<ChangedRequest> {
  const subject = subjectOf(sample);
  for (const request of withText(sample, subject, text, random)) yield* withSignatures(request, subject, answers);
}

/** The text as the body, as a field of one, and as each part of what is signed. */
function* withText(sample: Sample, subject: Subject, text: string, random: Random): Generator<ChangedRequest> {
  const genuine = changeable(sample.delivery());
  const withBody = (body: string, method = genuine.method) => ({ ...copyOf(genuine), method, body: bytesOf(body) });
  yield withBody(text);
  yield withBody(JSON.stringify(text));
  for (const name of formNamesOf(subject)) {
    yield withBody(`${name}=${escaped(text)}`);
    // A form is as good with its escapes left out, where none is needed.
    if (/^[\w.~/+=-]*$/.test(text)) yield withBody(`${name}=${text}`);
  }
  const at = random.below(text.length + 1);
  yield withBody(`${escaped(text.slice(0, at))}=${escaped(text.slice(at))}`);
  for (const method of subject.preset.methods ?? []) yield withBody(text, method);
  const parts = (subject.text?.signs ?? []).filter((part) => !(typeof part === 'object' && 'text' in part));
  for (const part of parts) {
    const alone = copyOf(genuine);
    const isWritten = write(alone, part, text, subject, random);
    if (!isWritten) continue;
    yield alone;
    const others = copyOf(alone);
    for (const other of parts) if (other !== part) write(others, other, '', subject, random);
    yield others;
  }
  // Cut so that the pieces and what stands between them are the text.
  const signs = subject.text?.signs ?? [];
  const [first, second] = parts;
  if (first === undefined || second === undefined) return;
  const between = signs.slice(signs.indexOf(first) + 1, signs.indexOf(second));
  const separator = between.map((part) => (typeof part === 'object' && 'text' in part ? part.text : '')).join('');
  const cuts = cutsOf(text, separator);
  if (cuts.length === 0) return;
  const cut = random.pick(cuts);
  const halves = copyOf(genuine);
  for (const other of parts.slice(2)) write(halves, other, '', subject, random);
  if (
    write(halves, first, text.slice(0, cut), subject, random) &&
    write(halves, second, text.slice(cut + separator.length), subject, random)
  ) {
    yield halves;
  }
}

function write(request: ChangedRequest, part: SignedPart, text: string, subject: Subject, random: Random): boolean {
  return carrierOf(part, subject, random, 0)?.write(request, text) ?? false;
}

function formNamesOf({ preset, text, signatures }: Subject): string[] {
  const names = [...(text?.signs ?? []), ...signatures, preset.payload].flatMap((part) => {
    if (typeof part !== 'object' || part === null) return [];
    if ('form' in part) return [part.form];
    return 'formField' in part ? [part.formField] : [];
  });
  return [...new Set([...names, 'payload'])];
}

/** Each answer as the signature, or token, in its place and encoding. */
function* withSignatures(
  request: ChangedRequest,
  subject: Subject,
  answers: readonly string[],
): Generator<ChangedRequest> {
  if (subject.text === undefined) {
    for (const answer of answers) yield* withToken(request, subject, answer);
    return;
  }
  for (const answer of answers) {
    for (const source of subject.signatures) {
      for (const bytes of bytesIn(answer)) {
        const signed = copyOf(request);
        if (putSignature(signed, source, bytes, answer)) yield signed;
      }
    }
  }
}

/** The bytes that an answer may stand for: behind its prefix, as hex and as base64. */
function bytesIn(answer: string): Buffer[] {
  const pieces = [answer, ...[...answer.matchAll(/[|=,:]/g)].map(({ index }) => answer.slice(index + 1))];
  const found = new Map<string, Buffer>();
  for (const piece of pieces) {
    const readings = [
      ...(/^(?:[0-9a-f]{2})+$/i.test(piece) ? [Buffer.from(piece, 'hex')] : []),
      ...(/^[A-Za-z0-9+/_-]+=*$/.test(piece) ? [Buffer.from(piece, 'base64')] : []),
    ];
    for (const bytes of readings) if (bytes.length >= 16 && bytes.length <= 64) found.set(bytes.toString('hex'), bytes);
  }
  return [...found.values()];
}

function putSignature(request: ChangedRequest, source: SignatureSource, bytes: Buffer, answer: string): boolean {
  const { prefix = '', key, assign = '=', encoding } = source;
  const [name] = [key].flat();
  // A name before the answer, such as a public key, is what the sender's own list has too.
  const label = name ?? /^(\w+)\|/.exec(answer)?.[1];
  const text = (label === undefined || key === undefined ? '' : label + assign) + prefix + bytes.toString(encoding);
  if ('header' in source) {
    const at = source.header.toLowerCase();
    const time = request.headers.find(([given]) => given.toLowerCase() === at)?.[1].match(/(?:^|,)(t=\d+),/)?.[1];
    setHeader(request, at, time === undefined ? text : `${time},${text}`);
    return true;
  }
  if ('form' in source) {
    const fields = fieldsOf(textOf(request.body) ?? '').filter(([given]) => unescaped(given) !== source.form);
    request.body = bytesOf(writeFields([...fields, [source.form, encodeURIComponent(text)]]));
    return true;
  }
  return false;
}

/** Tokens of schemes that sign no text: in a header, in the query, in the body. */
function* withToken(request: ChangedRequest, { preset }: Subject, answer: string): Generator<ChangedRequest> {
  const { token } = preset.scheme.description as Partial<SharedTokenDescription> & { readonly header?: string };
  const { header } = preset.scheme.description as { readonly header?: string };
  if (header !== undefined) {
    const signed = copyOf(request);
    setHeader(signed, header.toLowerCase(), answer);
    yield signed;
  }
  if (token === undefined) return;
  const signed = copyOf(request);
  if (typeof token !== 'object') signed.body = bytesOf(answer);
  else if ('header' in token) {
    const before = token.scheme === undefined ? '' : `${token.scheme} `;
    for (const name of [token.header].flat()) setHeader(signed, name.toLowerCase(), before + answer);
  } else if ('query' in token)
    signed.url = `${signed.url.split('?', 1)[0]}?${new URLSearchParams({ [token.query]: answer })}`;
  else
    signed.body = bytesOf(
      (textOf(signed.body) ?? '').replace(/"clientState":"[^"]*"/g, `"clientState":${JSON.stringify(answer)}`),
    );
  yield signed;
}

/** Genuine deliveries in every form, and bodies that an endpoint need not accept but must survive. */

import { gzipSync } from 'node:zlib';
import type { SignedDelivery } from '../signing/signing-options.ts';
import type { EndpointCase } from './endpoint-case.ts';
import { withoutOwnBytes } from './left-out-reasons.ts';
import type { WebhookContractOptions } from './webhook-contract-options.ts';

export const deliveryCases: readonly EndpointCase[] = [
  {
    id: 'genuine',
    title: 'a genuine delivery is accepted and takes effect once',
    titleWithoutEffects: 'a genuine delivery is accepted',
    meaning:
      'The endpoint does not verify the signed bytes. Is the secret the one given here, is the body read as bytes, is the URL the public one?',
    async run(subject, rule = 'accepted') {
      const id = subject.newId();
      const answer = await subject.send(await subject.sign(id));
      return { checks: [{ answer, rule }], effects: { id, expected: [1] } };
    },
  },
  {
    id: 'genuine_odd_json',
    title: 'a genuine delivery with odd whitespace, escapes and numbers is accepted',
    meaning:
      'The signature is not checked over the received bytes: the body is parsed and serialised again first. Give the verifier the raw body.',
    leftOut: withoutOwnBytes,
    async run(subject, rule = 'accepted') {
      const id = subject.newId();
      const plain = await subject.sign(id);
      const body = writtenOddly(subject.options, Buffer.from(plain.body).toString());
      // A text is treated as JSON, but it may be a form.
      const headers = { ...subject.options.headers, 'content-type': plain.headers['content-type'] as string };
      const answer = await subject.send(await subject.sign(id, { body, headers }));
      return { checks: [{ answer, rule }], effects: { id, expected: [1] } };
    },
  },
  {
    id: 'genuine_chunked',
    title: 'a genuine delivery in pieces, without a length, is accepted',
    meaning: 'The endpoint does not read a body of unannounced length, or treats the first chunk as the whole body.',
    async run(subject, rule = 'accepted') {
      const id = subject.newId();
      const delivery = await subject.sign(id);
      const third = Math.ceil(delivery.body.length / 3);
      const pieces = [0, 1, 2].map((at) => delivery.body.slice(at * third, (at + 1) * third));
      const answer = await subject.send(delivery, { pieces: pieces.filter(({ length }) => length > 0) });
      return { checks: [{ answer, rule }], effects: { id, expected: [1] } };
    },
  },
  {
    id: 'rotated_secret',
    title: 'a delivery signed with the secret that is being replaced is accepted',
    meaning: 'The endpoint knows only one secret, and refuses genuine deliveries whenever a secret is rotated.',
    leftOut: ({ previousSecret }) => (previousSecret === undefined ? 'No previousSecret was given.' : undefined),
    async run(subject, rule = 'accepted') {
      const id = subject.newId();
      const secret = subject.options.previousSecret as string;
      return {
        checks: [{ answer: await subject.send(await subject.sign(id, { secret })), rule }],
        effects: { id, expected: [1] },
      };
    },
  },
  {
    id: 'oversize',
    title: 'a body far above the limit is refused, and is not read to its end',
    meaning:
      'The endpoint reads any amount of data, so anyone can fill its memory. Limit the number of bytes before the signature is checked.',
    async run(subject, rule = 'not_2xx') {
      const id = subject.newId();
      const { maxBodyBytes = 1_048_576 } = subject.options;
      const forged = await subject.forge(id);
      const body = Buffer.alloc(maxBodyBytes * 2 + 1, 'x');
      return { checks: [{ answer: await subject.send(forged, { body }), rule }], effects: { id, expected: [0] } };
    },
  },
  {
    id: 'empty_body',
    title: 'an empty body is refused, and crashes nothing',
    meaning: 'The endpoint treats an empty body as an event, or crashes on one.',
    needsSignature: true,
    async run(subject, rule = 'refused') {
      const id = subject.newId();
      const delivery = await subject.sign(id);
      return { checks: [{ answer: await subject.send(delivery, { body: '' }), rule }], effects: { id, expected: [0] } };
    },
  },
  {
    id: 'non_utf8_body',
    title: 'a signed body that is not text is refused, and crashes nothing',
    meaning: 'The endpoint decodes a body without a check, so the handled bytes differ from the signed ones.',
    needsSignature: true,
    leftOut: withoutOwnBytes,
    async run(subject, rule = 'refused') {
      const id = subject.newId();
      const delivery = await subject.sign(id, { body: Uint8Array.of(0x7b, 0xff, 0xfe, 0x00, 0x7d) });
      return { checks: [{ answer: await subject.send(delivery), rule }], effects: { id, expected: [0] } };
    },
  },
  {
    id: 'gzip',
    title: 'a compressed body is refused or handled once, and crashes nothing',
    meaning: 'The endpoint crashes on a compressed body.',
    async run(subject, rule) {
      const id = subject.newId();
      const delivery = await subject.sign(id);
      const packed: SignedDelivery = { ...delivery, body: gzipSync(delivery.body) };
      const headers = [...Object.entries(packed.headers), ['content-encoding', 'gzip'] as const];
      const answer = await subject.send(packed, { headers });
      const fitting = answer.status >= 200 && answer.status < 300 ? 'accepted' : 'refused';
      return { checks: [{ answer, rule: rule ?? fitting }], effects: { id, expected: [0, 1] } };
    },
  },
];

/** The JSON of an event written differently, in a form field if the sender posts forms. */
function writtenOddly({ provider: { payload } }: WebhookContractOptions, body: string): string {
  const field = typeof payload === 'object' ? payload.formField : undefined;
  const json = field === undefined ? null : new URLSearchParams(body).get(field);
  if (field !== undefined && json !== null) return String(new URLSearchParams({ [field]: oddJson(json) }));
  return oddJson(body);
}

function oddJson(json: string): string {
  return json
    .trimEnd()
    .replace(/\}$/, (end) => `  ,\r\n\t"contract_note" : "caf\\u00e9 \\/ \u6771\u4eac" , "n":1.50e1${end} \n`);
}

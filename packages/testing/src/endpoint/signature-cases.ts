/** Deliveries that are forged, old or malformed: all are refused, none crashes the endpoint, none takes effect. */

import type { SignedDelivery } from '../signing/signing-options.ts';
import { isAccepted } from './answers.ts';
import type { EndpointCase } from './endpoint-case.ts';
import type { EndpointSubject } from './endpoint-subject.ts';
import { signatureHeaderOf, withoutBody, withoutHeader, withoutTime } from './left-out-reasons.ts';
import type { StatusRule } from './webhook-contract-options.ts';

const day = 86_400;

export const signatureCases: readonly EndpointCase[] = [
  {
    id: 'tampered_body',
    title: 'a body that was changed after it was signed is refused',
    meaning: 'The signature is not checked over the body.',
    needsSignature: true,
    leftOut: withoutBody,
    run: (subject, rule) => refused(subject, rule, (delivery) => ({ ...delivery, body: changed(delivery.body) })),
  },
  {
    id: 'tampered_signature',
    title: 'a signature that differs in one place is refused',
    meaning: 'The signature is not compared completely.',
    needsSignature: true,
    leftOut: withoutHeader,
    run: (subject, rule) => refused(subject, rule, (delivery) => withSignature(subject, delivery, swapLast)),
  },
  {
    id: 'missing_signature',
    title: 'a delivery without its signature is refused',
    meaning: 'The endpoint fails open: without a header nothing is checked. Refuse requests without the header.',
    closerMeaning: (_, earlier) =>
      earlier.get('wrong_secret')?.statuses.every(isAccepted) === true
        ? 'The endpoint checks no signature at all: it accepts a forged delivery, and one without a signature. Verify each delivery before doing anything with it.'
        : undefined,
    leftOut: withoutHeader,
    run: (subject, rule) =>
      refused(subject, rule, (delivery) => {
        const { [signatureHeaderOf(subject.options.provider) as string]: _, ...headers } = delivery.headers;
        return { ...delivery, headers };
      }),
  },
  {
    id: 'malformed_signature',
    title: 'a header without a valid signature is refused, and crashes nothing',
    meaning:
      'The endpoint parses the header without checking its form. Treat anything that does not parse as a wrong signature.',
    needsSignature: true,
    closerMeaning: ({ statuses }) =>
      statuses.some(isAccepted)
        ? 'The endpoint accepts a header without a valid signature. Refuse anything that does not parse, as a wrong signature.'
        : undefined,
    leftOut: withoutHeader,
    run: (subject, rule) =>
      refusedEach(subject, rule, {
        'with a comma': () => ',',
        'with an equals sign': () => '=',
        'with letters that are not a signature': () => 'not-a-signature',
        'with letters beyond ASCII': (value) => value.replace(/.{2}$/, '\u00e9\u00e9'),
        'with nothing after its key': (value) => value.replace(/[\w+/-]{8,}=*:?$/, ''),
      }),
  },
  {
    id: 'short_signature',
    title: 'a signature that is too short or too long is refused, and crashes nothing',
    meaning:
      'The endpoint compares without checking the lengths: timingSafeEqual throws if they differ. Compare the lengths first.',
    needsSignature: true,
    closerMeaning: ({ statuses }) =>
      statuses.some(isAccepted) ? 'The endpoint accepts a part of the signature. Compare all of it.' : undefined,
    leftOut: withoutHeader,
    run: (subject, rule) =>
      refusedEach(subject, rule, {
        'with the last two letters cut off': (value) => value.slice(0, -2),
        'with the second half cut off': (value) => value.slice(0, -20),
        'with two letters more': (value) => `${value}00`,
      }),
  },
  {
    id: 'wrong_secret',
    title: 'a delivery signed with another secret is refused',
    meaning: 'The endpoint does not check the signature against its own secret.',
    async run(subject, rule = 'refused') {
      const id = subject.newId();
      const answer = await subject.send(await subject.forge(id));
      return { checks: [{ answer, rule }], effects: { id, expected: [0] } };
    },
  },
  {
    id: 'stale',
    title: 'a delivery signed long ago is refused',
    meaning:
      'There is no replay window: anyone who has seen one delivery can send it again forever. Check the signed timestamp.',
    needsSignature: true,
    leftOut: withoutTime,
    run: (subject, rule) => signedAt(subject, rule, -1),
  },
  {
    id: 'future',
    title: 'a delivery signed for the future is refused',
    meaning: 'The replay window has no limit in the future. Check the distance in both directions.',
    needsSignature: true,
    leftOut: withoutTime,
    run: (subject, rule) => signedAt(subject, rule, 1),
  },
  {
    id: 'repeated_header',
    title: 'a second signature header, from someone else, crashes nothing and changes nothing',
    meaning: 'The endpoint crashes on a repeated header, or handles the event once for each.',
    closerMeaning({ statuses, effects = 0, effectsBefore = 0 }) {
      if (effects <= 1) return undefined;
      return effectsBefore > 1 || effects > statuses.filter(isAccepted).length
        ? 'The endpoint handles the event for each line of the header. Refuse a repeated signature header.'
        : 'The endpoint handled the event once for each of the two deliveries, so the header is not the cause. Remember the ids of handled events.';
    },
    leftOut: withoutHeader,
    async run(subject, rule) {
      const name = signatureHeaderOf(subject.options.provider) as string;
      const id = subject.newId();
      const [genuine, forged] = [await subject.sign(id), await subject.forge(id)];
      const others = Object.entries(genuine.headers).filter(([header]) => header !== name);
      const lines = [genuine, forged].map(({ headers }) => [name, headers[name] as string] as const);
      const checks = [];
      let effectsBefore: number | undefined;
      for (const order of [lines, lines.toReversed()]) {
        const answer = await subject.send(genuine, { headers: [...others, ...order] });
        // Refusing both is safest; accepting the genuine one is allowed too.
        const fitting = answer.status >= 200 && answer.status < 300 ? 'accepted' : 'refused';
        const what = order === lines ? 'the genuine first' : 'the forged first';
        checks.push({ what, answer, rule: rule ?? (fitting as StatusRule) });
        if (order === lines) effectsBefore = await subject.effects(id);
      }
      return { checks, effects: { id, expected: [0, 1] }, effectsBefore };
    },
  },
];

async function refused(
  subject: EndpointSubject,
  rule: StatusRule = 'refused',
  change: (delivery: SignedDelivery) => SignedDelivery,
) {
  const id = subject.newId();
  const answer = await subject.send(change(await subject.sign(id)));
  return { checks: [{ answer, rule }], effects: { id, expected: [0] } };
}

async function refusedEach(
  subject: EndpointSubject,
  rule: StatusRule = 'refused',
  changes: Readonly<Record<string, (value: string) => string>>,
) {
  const id = subject.newId();
  const checks = [];
  for (const [what, change] of Object.entries(changes)) {
    const answer = await subject.send(withSignature(subject, await subject.sign(id), change));
    checks.push({ what, answer, rule });
  }
  return { checks, effects: { id, expected: [0] } };
}

async function signedAt(subject: EndpointSubject, rule: StatusRule = 'refused', direction: 1 | -1) {
  const { toleranceSeconds: given = subject.options.provider.toleranceSeconds ?? 300 } = subject.options;
  const { past, future } = typeof given === 'number' ? { past: given, future: given } : given;
  const id = subject.newId();
  const checks = [];
  // Further out than a clock may be wrong, and far out.
  const allowed = direction < 0 ? past : future;
  for (const seconds of [allowed + 120, allowed + 30 * day]) {
    const delivery = await subject.sign(id, { at: new Date(Date.now() + direction * seconds * 1000) });
    checks.push({
      what: direction < 0 ? `signed ${seconds} s ago` : `signed for ${seconds} s ahead`,
      answer: await subject.send(delivery),
      rule,
    });
  }
  return { checks, effects: { id, expected: [0] } };
}

function withSignature(subject: EndpointSubject, delivery: SignedDelivery, change: (value: string) => string) {
  const name = signatureHeaderOf(subject.options.provider) as string;
  return { ...delivery, headers: { ...delivery.headers, [name]: change(delivery.headers[name] as string) } };
}

/** Another letter in the fifth place from the end, which is valid in both base64 and hex. */
function swapLast(value: string): string {
  const at = value.length - 5;
  return value.slice(0, at) + (value[at] === 'a' ? 'b' : 'a') + value.slice(at + 1);
}

/** One more digit or letter, so that JSON stays JSON. */
function changed(body: Uint8Array): Uint8Array {
  const bytes = Buffer.from(body);
  const at = bytes.findLastIndex((byte) => (byte >= 0x30 && byte <= 0x39) || (byte >= 0x61 && byte <= 0x7a));
  if (at < 0) return Buffer.concat([bytes, Buffer.from(' ')]);
  bytes[at] = bytes[at] === 0x61 ? 0x62 : bytes[at] === 0x30 ? 0x31 : (bytes[at] as number) <= 0x39 ? 0x30 : 0x61;
  return bytes;
}
